//! Truth nodes and numbers as SQL expressions. Three-valued AND, OR and NOT
//! are SQL's own; everything else says in cases what an unknown makes of it.
//!
//! Left out: dates (`date.rs`), dated facts (`facts.rs`), places and
//! industries (`place.rs`), and the joins an expression needs (`query.rs`).

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::{
    dialect::{Bind, Dialect, Sql},
    number::{Quotient, symbol},
    steps::Steps,
};
use crate::{
    catalogue::{Field, RelationId, types::FieldType},
    domain::{DECIMAL_ONE, Tri},
    rules::{
        dated::Dated,
        ir::{Atom, FieldRef, Mask, Node, NodeId, Num, NumId, Op, Scope, TextTest},
        scalar::Manual,
    },
};

/// Members of a relation, counted by the truth of a body (or merely counted).
pub(super) type Counted = (RelationId, Option<NodeId>);

/// Largest magnitude of a stored whole number.
const STORED: u128 = 1 << 63;

/// Prints expressions of one program on its day.
#[derive(Clone, Copy)]
pub(super) struct Printer<'a> {
    pub(super) dated: &'a Dated<'a>,
    pub(super) dialect: Dialect,
    /// What stands before the names of counts: an alias with its point, or the
    /// subject's with the beginning of a column.
    pub(super) counted: &'a FxHashMap<Counted, String>,
    pub(super) steps: &'a RefCell<Steps>,
    pub(super) manual: Manual,
}

impl<'a> Printer<'a> {
    pub(super) fn node(&self, id: NodeId) -> Sql {
        let key = (id, self.manual == Manual::Met);
        if let Some(known) = self.steps.borrow().nodes.get(&key) {
            return known.clone();
        }
        let sql = self.truth(id);
        self.steps.borrow_mut().nodes.insert(key, sql.clone());
        sql
    }

    /// A text that is going to be repeated.
    pub(super) fn shared(&self, sql: Sql) -> Sql {
        self.steps.borrow_mut().share(sql)
    }

    fn truth(&self, id: NodeId) -> Sql {
        match self.dated.program.graph.node(id) {
            Node::Const(Tri::True) => Sql::tight("TRUE"),
            Node::Const(Tri::False) => Sql::tight("FALSE"),
            Node::Const(Tri::Unknown) => self.unknown(),
            Node::Atom(atom) => self.atom(self.dated.program.graph.atom(*atom)),
            Node::Manual(_) => match self.manual {
                Manual::Open => self.unknown(),
                Manual::Met => Sql::tight("TRUE"),
            },
            Node::Not(inner) => self.node(*inner).negated(),
            Node::And(parts) => Sql::joined(Bind::And, "AND", &self.nodes(parts)),
            Node::Or(parts) => Sql::joined(Bind::Or, "OR", &self.nodes(parts)),
            Node::Choose(condition, then, otherwise) => {
                let condition = self.shared(self.node(*condition));
                let then = self.shared(self.node(*then));
                let otherwise = self.shared(self.node(*otherwise));
                let equal = Sql::compare(&then, "=", &otherwise);
                let opposite = condition.negated();
                Sql::case(&[(condition, then.clone()), (opposite, otherwise), (equal, then)], None)
            }
            Node::AtLeast(count, parts) => {
                let parts: Vec<Sql> =
                    self.nodes(parts).into_iter().map(|part| self.shared(part)).collect();
                at_least(*count, &parts)
            }
        }
    }

    fn nodes(&self, ids: &[NodeId]) -> Vec<Sql> {
        ids.iter().map(|id| self.node(*id)).collect()
    }

    pub(super) fn unknown(&self) -> Sql {
        self.dialect.unknown("BOOLEAN")
    }

    pub(super) fn field(&self, field: FieldRef) -> &'a Field {
        self.dated.reference.catalogue.by_id(field.field)
    }

    /// The column of a field, whatever its period.
    pub(super) fn column(&self, field: FieldRef, suffix: &str) -> Sql {
        let alias = match field.scope {
            Scope::Subject => "s",
            Scope::Unit => "u",
            Scope::Member => "m",
        };
        let name = format!("{}{suffix}", self.field(field).name);
        Sql::tight(format!("{alias}.{}", self.dialect.name(&name)))
    }

    /// The column of a field of the period asked for; one of another period
    /// is unknown, of the SQL type named.
    pub(super) fn cell(&self, field: FieldRef, kind: &str) -> Result<Sql, Sql> {
        if self.dated.is_current(field.field) {
            return Ok(self.column(field, ""));
        }
        let unknown = self.dialect.unknown(kind).text;
        let name = &self.field(field).name;
        Err(Sql::tight(format!("{unknown} /* {name} is of another period */")))
    }

    /// A test of a cell, unknown where the cell is.
    pub(super) fn tested(&self, field: FieldRef, test: impl FnOnce(&Sql) -> Sql) -> Sql {
        match self.cell(field, "BOOLEAN") {
            Ok(column) => test(&column),
            Err(unknown) => unknown,
        }
    }

    fn atom(&self, atom: &Atom) -> Sql {
        match atom {
            Atom::Compare(op, left, right) => self.compare(*op, *left, *right),
            Atom::Flag(field) => self.tested(*field, Clone::clone),
            Atom::Code(field, yes, open) => {
                self.tested(*field, |c| self.code(*field, c, yes, open))
            }
            Atom::Within(field, outer) => self.tested(*field, |column| self.within(column, *outer)),
            Atom::Industry(field, ranges) => {
                self.tested(*field, |column| self.industry(*field, column, ranges))
            }
            Atom::Has(field, members) => {
                self.tested(*field, |column| self.has(*field, column, members))
            }
            Atom::Text(field, test, text) => self.tested(*field, |column| {
                let text = self.dialect.text(text);
                match test {
                    TextTest::Equals => Sql::compare(column, "=", &Sql::tight(text)),
                    TextTest::Contains => Sql::tight(format!("contains({}, {text})", column.text)),
                }
            }),
            Atom::Same(left, right) => self
                .tested(*left, |left| self.tested(*right, |right| Sql::compare(left, "=", right))),
            Atom::Holds(field, mask) => self.holds(*field, mask),
            Atom::Had(field, mask, span) => self.had(*field, mask, *span),
            Atom::Exists(relation, body) => self.exists((*relation, Some(*body))),
            Atom::All(relation, body) => self.all((*relation, Some(*body))),
        }
    }

    fn code(&self, field: FieldRef, column: &Sql, yes: &Mask, open: &Mask) -> Sql {
        let entries = self.field(field).codes.as_ref().map_or(&[][..], |list| &list.entries);
        let named = |wanted: &dyn Fn(u8) -> bool| -> Vec<&str> {
            let entries = (0_u8..=u8::MAX).zip(entries);
            entries.filter(|(at, _)| wanted(*at)).map(|(_, entry)| entry.code.as_str()).collect()
        };
        let (inside, outside) =
            (named(&|at| yes.contains(at)), named(&|at| !yes.contains(at) && !open.contains(at)));
        let plain = if inside.is_empty() {
            known(column, "FALSE")
        } else if open.is_empty() && !outside.is_empty() && outside.len() < inside.len() {
            self.one_of(column, &outside, true)
        } else {
            self.one_of(column, &inside, false)
        };
        if open.is_empty() {
            return plain;
        }
        let open = self.one_of(column, &named(&|at| open.contains(at)), false);
        Sql::case(&[(open, self.unknown())], Some(&plain))
    }

    fn one_of(&self, column: &Sql, codes: &[&str], not: bool) -> Sql {
        if let [only] = codes {
            let symbol = if not { "<>" } else { "=" };
            return Sql::compare(column, symbol, &Sql::tight(self.dialect.text(only)));
        }
        let not = if not { "NOT " } else { "" };
        let codes = self.dialect.texts(codes.iter().copied());
        Sql::new(Bind::Compare, format!("{} {not}IN ({codes})", column.text))
    }

    fn has(&self, field: FieldRef, column: &Sql, members: &[u16]) -> Sql {
        let entry = self.field(field);
        let names: Vec<&str> = members
            .iter()
            .filter_map(|member| {
                if entry.holds_zones() {
                    let zone = self.dated.reference.regions.zone_at(*member);
                    return zone.map(|zone| zone.id.as_str());
                }
                let position = u8::try_from(*member).ok()?;
                entry.codes.as_ref()?.entry(position).map(|entry| entry.code.as_str())
            })
            .collect();
        let column = &column.text;
        Sql::tight(match (self.dialect, names.as_slice()) {
            (Dialect::DuckDb, [only]) => {
                format!("list_contains({column}, {})", self.dialect.text(only))
            }
            (Dialect::Spark, [only]) => {
                format!("array_contains({column}, {})", self.dialect.text(only))
            }
            (Dialect::DuckDb, _) => format!("list_has_any({column}, {})", self.dialect.list(names)),
            (Dialect::Spark, _) => {
                format!("arrays_overlap({column}, {})", self.dialect.list(names))
            }
        })
    }

    /// What stands before the counts of members, and whether the list is
    /// complete and every member decided.
    fn members(&self, counted: Counted) -> (String, Sql) {
        let before = self.counted.get(&counted).cloned().unwrap_or_default();
        let relation = self.dated.reference.catalogue.relation_by_id(counted.0);
        let complete = self.dialect.name(&format!("{}__complete", relation.entry.name));
        let decided =
            Sql::new(Bind::And, format!("s.{complete} AND coalesce({before}open, 0) = 0"));
        (before, decided)
    }

    fn exists(&self, counted: Counted) -> Sql {
        let (before, decided) = self.members(counted);
        let found = Sql::new(Bind::Compare, format!("{before}yes > 0"));
        Sql::case(&[(found, Sql::tight("TRUE")), (decided, Sql::tight("FALSE"))], None)
    }

    fn all(&self, counted: Counted) -> Sql {
        let (before, decided) = self.members(counted);
        let found = Sql::new(Bind::Compare, format!("{before}no > 0"));
        Sql::case(&[(found, Sql::tight("FALSE")), (decided, Sql::tight("TRUE"))], None)
    }

    fn compare(&self, op: Op, left: NumId, right: NumId) -> Sql {
        if let Some(unknown) = self.hopeless(left).or_else(|| self.hopeless(right)) {
            return unknown;
        }
        if let Some(text) = self.compare_dates(op, left, right) {
            return text;
        }
        if let (Some(left), Some(right)) = (self.plain(left, right), self.plain(right, left)) {
            return Sql::compare(&left, symbol(op), &right);
        }
        self.number(left).compare(op, &self.number(right), self.dialect)
    }

    /// Calculations with a value of another period are unknown as a whole.
    fn hopeless(&self, id: NumId) -> Option<Sql> {
        match self.dated.program.graph.num(id) {
            Num::Field(field) | Num::Decimal(field) => self.cell(*field, "BOOLEAN").err(),
            Num::Add(a, b)
            | Num::Sub(a, b)
            | Num::Mul(a, b)
            | Num::Div(a, b)
            | Num::Min(a, b)
            | Num::Max(a, b)
            | Num::AddMonths(a, b) => self.hopeless(*a).or_else(|| self.hopeless(*b)),
            Num::Floor(a) | Num::Years(a) | Num::Months(a) | Num::Year(a) | Num::Month(a) => {
                self.hopeless(*a)
            }
            _ => None,
        }
    }

    /// A side of a comparison that needs no arithmetic: a column, or a literal
    /// that has the type of the column on the other side.
    fn plain(&self, side: NumId, other: NumId) -> Option<Sql> {
        let graph = &self.dated.program.graph;
        let decimal = |num: &Num| matches!(num, Num::Decimal(_));
        match (graph.num(side), graph.num(other)) {
            (Num::Field(field), Num::Field(_)) => self.cell(*field, "BIGINT").ok(),
            (Num::Decimal(field), Num::Decimal(_)) => self.cell(*field, "DECIMAL").ok(),
            (Num::Field(field), Num::Literal(_, 1)) => self.cell(*field, "BIGINT").ok(),
            (Num::Literal(value, 1), Num::Field(_)) => {
                i64::try_from(*value).ok().map(|_| self.dialect.integer(*value))
            }
            (Num::Decimal(field), Num::Literal(num, den)) => {
                decimal_text(*num, *den)?;
                self.cell(*field, "DECIMAL").ok()
            }
            (Num::Literal(num, den), other) if decimal(other) => {
                decimal_text(*num, *den).map(Sql::tight)
            }
            _ => None,
        }
    }

    pub(super) fn number(&self, id: NumId) -> Quotient {
        if let Some(known) = self.steps.borrow().numbers.get(&id) {
            return known.clone();
        }
        let number = self.quotient(id).each(|part| self.shared(part));
        self.steps.borrow_mut().numbers.insert(id, number.clone());
        number
    }

    fn quotient(&self, id: NumId) -> Quotient {
        let dialect = self.dialect;
        if let Some(date) = self.native_date(id) {
            return Quotient::over(dialect.widened(&dialect.days(&date)), 1 << 32, 1);
        }
        match self.dated.program.graph.num(id) {
            Num::Field(field) => match self.cell(*field, dialect.wide()) {
                Ok(column) => Quotient::over(dialect.widened(&column), STORED, 1),
                Err(unknown) => Quotient::over(unknown, 0, 1),
            },
            Num::Decimal(field) => {
                let text = match self.cell(*field, dialect.wide()) {
                    Ok(column) => {
                        dialect.widened(&Sql::tight(format!("{} * 1000000", column.text)))
                    }
                    Err(unknown) => unknown,
                };
                Quotient::over(text, STORED, i128::from(DECIMAL_ONE))
            }
            Num::Literal(num, den) => Quotient::literal(*num, *den),
            Num::Add(a, b) => self.number(*a).plus(&self.number(*b), dialect),
            Num::Sub(a, b) => match self.date_pair(*a, *b) {
                Some((a, b)) => {
                    let days = dialect.days_between(&a, &b);
                    Quotient::over(dialect.widened(&days), 1 << 33, 1)
                }
                None => self.number(*a).minus(&self.number(*b), dialect),
            },
            Num::Mul(a, b) => self.number(*a).times(&self.number(*b), dialect),
            Num::Div(a, b) => self.number(*a).by(&self.number(*b), dialect),
            Num::Min(a, b) => self.number(*a).extreme(Op::Less, &self.number(*b), dialect),
            Num::Max(a, b) => self.number(*a).extreme(Op::Greater, &self.number(*b), dialect),
            Num::Floor(a) => self.number(*a).floor(dialect),
            Num::Choose(condition, then, otherwise) => {
                let open = Printer { manual: Manual::Open, ..*self };
                let condition = self.shared(open.node(*condition));
                let (then, otherwise) = (self.number(*then), self.number(*otherwise));
                Quotient::choose(&condition, &then, &otherwise, dialect)
            }
            Num::Years(date) => self.years(*date),
            Num::Months(date) => self.months(*date),
            Num::Year(date) => self.calendar("year", *date),
            Num::Month(date) => self.calendar("month", *date),
            Num::Param { name, region, decimal } => self.parameter(name, *region, *decimal),
            Num::CountFacts(field, mask, span) => self.count_facts(*field, mask, *span),
            Num::SumFacts(field, mask, span) => self.sum_facts(*field, mask, *span),
            Num::CountMembers(relation, filter) => {
                let (before, decided) = self.members((*relation, *filter));
                let count = Sql::tight(format!("coalesce({before}yes, 0)"));
                let count = Sql::case(&[(decided, count)], None);
                Quotient::over(dialect.widened(&count), STORED, 1)
            }
            // Always dates; printed above.
            Num::AsOf | Num::AddMonths(..) | Num::Since(_) | Num::Until(_) => {
                Quotient::unknown(dialect)
            }
        }
    }

    pub(super) fn is_date(&self, field: FieldRef) -> bool {
        self.field(field).kind == FieldType::Date
    }
}

/// A truth value where the column is known.
fn known(column: &Sql, value: &str) -> Sql {
    let there = Sql::new(Bind::Compare, format!("{} IS NOT NULL", column.text));
    Sql::case(&[(there, Sql::tight(value))], None)
}

/// At least so many parts: the true ones are enough, or the false ones too many.
pub(super) fn at_least(count: usize, parts: &[Sql]) -> Sql {
    let sum = |cases: Vec<Sql>| {
        let cases: Vec<String> = cases.into_iter().map(|case| case.text).collect();
        cases.join(" + ")
    };
    let (one, zero) = (Sql::tight("1"), Sql::tight("0"));
    let sure = sum(parts
        .iter()
        .map(|part| Sql::case(&[(part.clone(), one.clone())], Some(&zero)))
        .collect());
    let possible = sum(parts
        .iter()
        .map(|part| Sql::case(&[(part.negated(), zero.clone())], Some(&one)))
        .collect());
    let enough = Sql::new(Bind::Compare, format!("{sure} >= {count}"));
    let too_few = Sql::new(Bind::Compare, format!("{possible} < {count}"));
    Sql::case(&[(enough, Sql::tight("TRUE")), (too_few, Sql::tight("FALSE"))], None)
}

/// A quotient as a decimal literal, where it is one of moderate length.
fn decimal_text(num: i128, den: i128) -> Option<String> {
    let places = (1_u32..=12).find(|places| 10_i128.pow(*places) % den == 0)?;
    let one = 10_i128.pow(places);
    let scaled =
        num.checked_mul(one / den).filter(|scaled| scaled.unsigned_abs() < 10_u128.pow(24))?;
    let sign = if scaled < 0 { "-" } else { "" };
    let scaled = scaled.unsigned_abs();
    let one = one.unsigned_abs();
    let width = usize::try_from(places).ok()?;
    Some(format!("{sign}{}.{:0width$}", scaled / one, scaled % one))
}
