//! What differs between the two dialects, and the text of an expression with
//! its precedence. Nothing here knows rules.

use jiff::civil::Date;

/// Whose SQL is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// DuckDB 1.3 or later: whole numbers of 128 bits.
    DuckDb,
    /// Spark 3.5 or later: whole numbers of 38 digits, so that what needs the
    /// 39th digit is unknown there already.
    Spark,
}

/// How tightly the outermost operator of a text binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bind {
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Tight,
}

/// An expression as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) bind: Bind,
}

/// Lines longer than this are broken.
const WIDTH: usize = 88;

impl Sql {
    pub(super) fn new(bind: Bind, text: impl Into<String>) -> Sql {
        Sql { text: text.into(), bind }
    }

    pub(super) fn tight(text: impl Into<String>) -> Sql {
        Sql::new(Bind::Tight, text)
    }

    /// The text, in parentheses unless it binds tighter than its surroundings.
    pub(super) fn above(&self, around: Bind) -> String {
        if self.bind > around { self.text.clone() } else { format!("({})", self.text) }
    }

    pub(super) fn binary(bind: Bind, left: &Sql, symbol: &str, right: &Sql) -> Sql {
        Sql::new(bind, format!("{} {symbol} {}", left.above(bind), right.above(bind)))
    }

    pub(super) fn compare(left: &Sql, symbol: &str, right: &Sql) -> Sql {
        Sql::binary(Bind::Compare, left, symbol, right)
    }

    pub(super) fn negated(&self) -> Sql {
        Sql::new(Bind::Not, format!("NOT {}", self.above(Bind::Product)))
    }

    /// Parts joined by `AND` or `OR`; long ones stand on lines of their own.
    pub(super) fn joined(bind: Bind, symbol: &str, parts: &[Sql]) -> Sql {
        if let [only] = parts {
            return only.clone();
        }
        let parts: Vec<String> = parts.iter().map(|part| part.above(bind)).collect();
        let length: usize = parts.iter().map(|part| part.chars().count() + 5).sum();
        let broken = length > WIDTH || parts.iter().any(|part| part.contains('\n'));
        let separator = if broken { format!("\n{symbol} ") } else { format!(" {symbol} ") };
        Sql::new(bind, parts.join(&separator))
    }

    /// `CASE WHEN … THEN … ELSE … END`.
    pub(super) fn case(branches: &[(Sql, Sql)], otherwise: Option<&Sql>) -> Sql {
        let mut lines: Vec<String> = branches
            .iter()
            .map(|(when, then)| {
                format!("WHEN {} THEN {}", indented(&when.text), indented(&then.text))
            })
            .collect();
        lines.extend(otherwise.map(|otherwise| format!("ELSE {}", indented(&otherwise.text))));
        let length: usize = lines.iter().map(|line| line.chars().count() + 1).sum();
        let broken = length > WIDTH || lines.iter().any(|line| line.contains('\n'));
        Sql::tight(if broken {
            format!("CASE\n  {}\nEND", lines.join("\n  "))
        } else {
            format!("CASE {} END", lines.join(" "))
        })
    }
}

/// Further lines moved to the right.
pub(super) fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

/// Words that need quotes as names in one dialect or the other.
const RESERVED: [&str; 44] = [
    "all", "and", "any", "as", "asc", "between", "by", "case", "cast", "check", "column", "cross",
    "current", "date", "desc", "distinct", "else", "end", "exists", "false", "for", "from",
    "group", "having", "in", "interval", "is", "join", "left", "like", "limit", "not", "null",
    "offset", "on", "or", "order", "select", "then", "to", "true", "user", "when", "where",
];

impl Dialect {
    /// Both.
    pub const ALL: [Dialect; 2] = [Dialect::DuckDb, Dialect::Spark];

    /// A name, quoted where it has to be.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if plain && !RESERVED.contains(&name) {
            return name.to_owned();
        }
        match self {
            Dialect::DuckDb => format!("\"{}\"", name.replace('"', "\"\"")),
            Dialect::Spark => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A text literal.
    #[must_use]
    pub fn text(self, text: &str) -> String {
        match self {
            Dialect::DuckDb => {
                let lines: Vec<String> = text
                    .split('\n')
                    .map(|line| format!("'{}'", line.replace('\'', "''")))
                    .collect();
                match lines.as_slice() {
                    [only] => only.clone(),
                    lines => format!("({})", lines.join(" || chr(10) || ")),
                }
            }
            Dialect::Spark => {
                let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n");
                format!("'{escaped}'")
            }
        }
    }

    /// Texts separated by commas.
    pub(super) fn texts<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> String {
        let texts: Vec<String> = texts.into_iter().map(|text| self.text(text)).collect();
        texts.join(", ")
    }

    /// A list of texts.
    pub(super) fn list<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> String {
        match self {
            Dialect::DuckDb => format!("[{}]", self.texts(texts)),
            Dialect::Spark => format!("array({})", self.texts(texts)),
        }
    }

    /// A day literal.
    pub(super) fn day(self, day: Date) -> Sql {
        if day.year() >= 1 {
            return Sql::tight(format!("DATE '{day}'"));
        }
        let days = super::super::dated::days_of(day);
        self.plus_days(&Sql::tight("DATE '1970-01-01'"), &days.to_string())
    }

    /// Days from 1970-01-01 to a date.
    pub(super) fn days(self, date: &Sql) -> Sql {
        match self {
            Dialect::DuckDb => {
                Sql::new(Bind::Sum, format!("{} - DATE '1970-01-01'", date.above(Bind::Sum)))
            }
            Dialect::Spark => Sql::tight(format!("unix_date({})", date.text)),
        }
    }

    /// Days from one date to another.
    pub(super) fn days_between(self, later: &Sql, earlier: &Sql) -> Sql {
        match self {
            Dialect::DuckDb => Sql::binary(Bind::Sum, later, "-", earlier),
            Dialect::Spark => Sql::tight(format!("datediff({}, {})", later.text, earlier.text)),
        }
    }

    /// A date moved by a number of days that is an integer.
    pub(super) fn plus_days(self, date: &Sql, days: &str) -> Sql {
        match self {
            Dialect::DuckDb => match days.strip_prefix('-') {
                Some(days) => Sql::new(Bind::Sum, format!("{} - {days}", date.above(Bind::Sum))),
                None => Sql::new(Bind::Sum, format!("{} + {days}", date.above(Bind::Sum))),
            },
            Dialect::Spark => Sql::tight(format!("date_add({}, {days})", date.text)),
        }
    }

    /// A date moved by calendar months that are an integer; both dialects
    /// stop at the end of a shorter month.
    pub(super) fn plus_months(self, date: &Sql, months: &str) -> Sql {
        Sql::tight(match self {
            Dialect::DuckDb => {
                format!("CAST({} + to_months({months}) AS DATE)", date.above(Bind::Sum))
            }
            Dialect::Spark => format!("add_months({}, {months})", date.text),
        })
    }

    /// The type of exact whole numbers.
    pub(super) fn wide(self) -> &'static str {
        match self {
            Dialect::DuckDb => "HUGEINT",
            Dialect::Spark => "DECIMAL(38, 0)",
        }
    }

    /// The largest magnitude of [`Dialect::wide`] both signs have.
    pub(super) fn limit(self) -> u128 {
        match self {
            Dialect::DuckDb => i128::MAX.unsigned_abs(),
            Dialect::Spark => 10_u128.pow(38) - 1,
        }
    }

    pub(super) fn cast(self, text: &Sql, kind: &str) -> Sql {
        Sql::tight(format!("CAST({} AS {kind})", text.text))
    }

    /// The value in a narrower type, unknown where it does not fit.
    pub(super) fn cast_or_unknown(self, text: &Sql, kind: &str) -> Sql {
        Sql::tight(format!("TRY_CAST({} AS {kind})", text.text))
    }

    pub(super) fn widened(self, text: &Sql) -> Sql {
        self.cast(text, self.wide())
    }

    /// A wide literal.
    pub(super) fn integer(self, value: i128) -> Sql {
        let digits = value.to_string();
        if value.unsigned_abs() > u128::from(u64::MAX >> 1) {
            return match self {
                Dialect::Spark if value.unsigned_abs() > self.limit() => self.unknown(self.wide()),
                _ => Sql::tight(format!("CAST('{digits}' AS {})", self.wide())),
            };
        }
        if value < 0 { Sql::new(Bind::Product, digits) } else { Sql::tight(digits) }
    }

    /// The value of a type that is unknown.
    pub(super) fn unknown(self, kind: &str) -> Sql {
        Sql::tight(format!("CAST(NULL AS {kind})"))
    }

    /// Arithmetic that may leave the wide type: unknown where it does.
    pub(super) fn checked(self, left: &Sql, symbol: char, right: &Sql) -> Sql {
        let bind = if symbol == '*' { Bind::Product } else { Bind::Sum };
        let plain = Sql::binary(bind, left, &symbol.to_string(), right);
        match (self, symbol) {
            (Dialect::DuckDb, _) => Sql::tight(format!("TRY({})", plain.text)),
            (Dialect::Spark, '*') => {
                Sql::tight(format!("try_multiply({}, {})", left.text, right.text))
            }
            (Dialect::Spark, '-') => {
                Sql::tight(format!("try_subtract({}, {})", left.text, right.text))
            }
            (Dialect::Spark, _) => Sql::tight(format!("try_add({}, {})", left.text, right.text)),
        }
    }

    /// The largest whole number not above a quotient with a positive divisor.
    pub(super) fn floored(self, num: &Sql, den: &Sql) -> Sql {
        let (n, d) = (num.above(Bind::Product), den.above(Bind::Product));
        match self {
            Dialect::DuckDb => Sql::new(
                Bind::Sum,
                format!("{n} // {d} - CASE WHEN {n} % {d} < 0 THEN 1 ELSE 0 END"),
            ),
            Dialect::Spark => {
                let (n, d) = (&num.text, &den.text);
                let whole = format!("try_divide(try_subtract({n}, pmod({n}, {d})), {d})");
                self.widened(&Sql::tight(whole))
            }
        }
    }

    /// The rows of a list that pass; `x` is the row.
    pub(super) fn filtered(self, list: &str, test: &str) -> String {
        match self {
            Dialect::DuckDb => format!("list_filter({list}, lambda x: {test})"),
            Dialect::Spark => format!("filter({list}, x -> {test})"),
        }
    }

    /// How many rows of a list pass.
    pub(super) fn count_where(self, list: &str, test: &str) -> String {
        match self {
            Dialect::DuckDb => format!("len({})", self.filtered(list, test)),
            Dialect::Spark => format!("size({})", self.filtered(list, test)),
        }
    }

    /// Whether some row of a list passes; unknown without a list.
    pub(super) fn some_where(self, list: &str, test: &str) -> Sql {
        match self {
            Dialect::DuckDb => {
                Sql::new(Bind::Compare, format!("{} > 0", self.count_where(list, test)))
            }
            Dialect::Spark => Sql::tight(format!("exists({list}, x -> {test})")),
        }
    }
}
