//! Random expressions of the rule language, typed, printed as text so that
//! the parser and the checker take part.

use jiff::{ToSpan, civil::Date};

use crate::{
    draw::Draw,
    reference::{LISTS, Pools},
};

/// Draws expressions for one audience.
pub(crate) struct Writer<'a> {
    pub(crate) draw: &'a mut Draw,
    pub(crate) pools: &'a Pools,
    pub(crate) as_of: Date,
    /// Relations of the audience.
    pub(crate) relations: &'a [&'a str],
    /// Whether `unit.` may be read.
    pub(crate) unit: bool,
    /// The variable of the list around, if any.
    pub(crate) variable: Option<&'static str>,
    /// Whether a clause that a person judges may stand here.
    pub(crate) manual: bool,
}

impl Writer<'_> {
    /// A condition of a depth.
    pub(crate) fn truth(&mut self, depth: usize) -> String {
        if depth == 0 || self.draw.percent(25) {
            return self.leaf(depth);
        }
        match self.draw.below(10) {
            0..=2 => format!("({} && {})", self.truth(depth - 1), self.truth(depth - 1)),
            3..=5 => format!("({} || {})", self.truth(depth - 1), self.truth(depth - 1)),
            6 => format!("!({})", self.strict(depth - 1)),
            7 => {
                let (condition, then) = (self.strict(depth - 1), self.strict(depth - 1));
                format!("({condition} ? {then} : {})", self.strict(depth - 1))
            }
            8 => {
                let symbol = *self.draw.pick(&["==", "!="]);
                format!("(({}) {symbol} ({}))", self.strict(depth - 1), self.strict(depth - 1))
            }
            _ => self.leaf(depth),
        }
    }

    /// A condition without clauses that a person judges.
    fn strict(&mut self, depth: usize) -> String {
        let manual = std::mem::replace(&mut self.manual, false);
        let text = self.truth(depth);
        self.manual = manual;
        text
    }

    fn leaf(&mut self, depth: usize) -> String {
        let depth = depth.saturating_sub(1);
        match self.draw.below(24) {
            0 => self.name(&["flag_a", "flag_b", "is_old"]),
            1..=3 => self.compare(|writer| writer.number(depth), None),
            4..=6 => self.compare(|writer| writer.money(depth), None),
            7..=9 => self.compare(|writer| writer.date(depth), None),
            10 => self.code_test(),
            11 => {
                let levels = (self.name(&["level_a", "class"]), self.name(&["level_a", "level_b"]));
                match levels.0.contains("class") {
                    true => self.code_test(),
                    false => format!("{} {} {}", levels.0, self.draw.pick(&["==", "!="]), levels.1),
                }
            }
            12 | 13 => self.place(),
            14 | 15 => self.industry(),
            16 => self.set(),
            17 => self.text(),
            18 | 19 => {
                let (field, codes) = self.facts();
                format!("holds({field}, {codes})")
            }
            20 => {
                let (field, codes) = self.facts();
                format!("had({field}, {codes}{})", self.period())
            }
            21 | 22 if self.variable.is_none() => self.each(depth),
            23 if self.manual => "manual(\"请核实\")".to_owned(),
            _ => self.compare(|writer| writer.near(), None),
        }
    }

    /// A name of the subject, of the unit or of the member around.
    fn name(&mut self, names: &[&str]) -> String {
        let name = *self.draw.pick(names);
        let mut prefixes = vec![String::new()];
        if let Some(variable) = self.variable {
            prefixes = vec![String::new(), format!("{variable}."), format!("{variable}.")];
        }
        if self.unit {
            prefixes.push("unit.".to_owned());
        }
        format!("{}{name}", self.draw.pick(&prefixes))
    }

    fn compare(&mut self, side: impl Fn(&mut Self) -> String, symbol: Option<&str>) -> String {
        let symbols = ["==", "!=", "<", "<=", ">", ">="];
        let symbol = symbol.unwrap_or_else(|| *self.draw.pick(&symbols));
        format!("({} {symbol} {})", side(self), side(self))
    }

    /// Numbers that dossiers are likely to meet exactly.
    fn near(&mut self) -> String {
        match self.draw.below(9) {
            8 => self.huge(),
            6 | 7 => {
                let count = self.name(&["staff_count", "rank_number", "order"]);
                let divisor = *self.draw.pick(&["3", "(-2)", "2.5"]);
                match self.draw.percent(70) {
                    true => format!("floor({count} / {divisor})"),
                    false => format!("month(add_months(born_on, {count} / {divisor}))"),
                }
            }
            0 => self.name(&["staff_count", "rank_number", "order"]),
            1 => {
                let date = self.name(&["born_on", "begun_on", "ended_on"]);
                match self.draw.percent(50) {
                    true => format!("month({date})"),
                    false => format!("year({date}) - {}", self.as_of.year()),
                }
            }
            2 => {
                let date = self.name(&["born_on", "begun_on"]);
                format!("{}({date})", self.draw.pick(&["age", "years_since", "months_since"]))
            }
            _ => self.draw.between(-2, 14).to_string(),
        }
    }

    /// Products that may leave 128 bits.
    fn huge(&mut self) -> String {
        let factors: Vec<String> = (0..2 + self.draw.below(2))
            .map(|_| match self.draw.percent(75) {
                true => self.name(&["large_number"]),
                false => self.number_leaf(),
            })
            .collect();
        let product = factors.join(" * ");
        match self.draw.below(3) {
            0 => format!("({product} + large_number * large_number)"),
            1 => format!("({product}) / large_number"),
            _ => product,
        }
    }

    fn number(&mut self, depth: usize) -> String {
        if depth == 0 || self.draw.percent(35) {
            return self.number_leaf();
        }
        let depth = depth - 1;
        match self.draw.below(12) {
            0..=3 => {
                let symbol = *self.draw.pick(&["+", "-", "*", "/"]);
                format!("({} {symbol} {})", self.number(depth), self.number(depth))
            }
            4 | 5 => format!("({} / {})", self.money(depth), self.money(depth)),
            6 => {
                let call = *self.draw.pick(&["min", "max"]);
                format!("{call}({}, {})", self.number(depth), self.number(depth))
            }
            7 => format!("floor({})", self.number(depth)),
            8 => {
                let condition = self.strict(depth);
                format!("({condition} ? {} : {})", self.number(depth), self.number(depth))
            }
            9 => format!("(-({}))", self.number(depth)),
            _ => {
                let calls = ["age", "months_since", "days_since", "year", "month", "month"];
                format!("{}({})", self.draw.pick(&calls), self.date(depth))
            }
        }
    }

    fn number_leaf(&mut self) -> String {
        match self.draw.below(11) {
            0 | 1 => self.name(&["staff_count", "rank_number", "order"]),
            2 => self.name(&["large_number"]),
            3 => self.name(&["ratio_a", "ratio_b"]),
            4 => self.name(&["margin"]),
            5 => (*self.draw.pick(&["0.05", "0.5", "1.0", "0.055", "0.333333", "2.5"])).to_owned(),
            6 => {
                let (field, codes) = self.facts();
                format!("count({field}, {codes}{})", self.period())
            }
            7 if self.variable.is_none() => self.count(),
            7 => format!("count({})", self.draw.pick(self.relations)),
            8 => format!("param(\"{}\", {})", self.draw.pick(&["rate", "years"]), self.region()),
            9 => format!("days_since({})", self.name(&["born_on", "begun_on", "ended_on"])),
            _ => self.draw.between(-2, 14).to_string(),
        }
    }

    fn money(&mut self, depth: usize) -> String {
        if depth == 0 || self.draw.percent(40) {
            return self.money_leaf();
        }
        let depth = depth - 1;
        match self.draw.below(8) {
            0 | 1 => {
                let symbol = *self.draw.pick(&["+", "-"]);
                format!("({} {symbol} {})", self.money(depth), self.money(depth))
            }
            2 => format!("({} * {})", self.money(depth), self.number(depth)),
            3 => format!("({} / {})", self.money(depth), self.number(depth)),
            4 => {
                let call = *self.draw.pick(&["min", "max"]);
                format!("{call}({}, {})", self.money(depth), self.money(depth))
            }
            5 => format!("floor({})", self.money(depth)),
            _ => {
                let condition = self.strict(depth);
                format!("({condition} ? {} : {})", self.money(depth), self.money(depth))
            }
        }
    }

    fn money_leaf(&mut self) -> String {
        match self.draw.below(8) {
            0..=2 => self.name(&["revenue", "cost", "profit", "balance"]),
            3 => {
                let (field, codes) = self.facts();
                format!("sum({field}, {codes}{})", self.period())
            }
            4 => format!("param(\"line\", {})", self.region()),
            5 => format!("wan({})", self.draw.between(0, 3)),
            _ => {
                format!("yuan({})", self.draw.pick(&["0", "100", "300", "0.01", "36.5", "1000000"]))
            }
        }
    }

    fn date(&mut self, depth: usize) -> String {
        if depth == 0 || self.draw.percent(45) {
            return self.date_leaf();
        }
        let depth = depth - 1;
        match self.draw.below(8) {
            0 | 1 => format!("add_months({}, {})", self.date(depth), self.draw.between(-30, 30)),
            2 => format!("add_years({}, {})", self.date(depth), self.draw.between(-4, 8)),
            3 => format!("add_days({}, {})", self.date(depth), self.draw.between(-40, 400)),
            4 => {
                let call = *self.draw.pick(&["add_days", "add_months", "add_years"]);
                format!("{call}({}, {})", self.date(depth), self.number(depth))
            }
            5 => {
                let call = *self.draw.pick(&["min", "max"]);
                format!("{call}({}, {})", self.date(depth), self.date(depth))
            }
            6 => {
                let condition = self.strict(depth);
                format!("({condition} ? {} : {})", self.date(depth), self.date(depth))
            }
            _ => self.date_leaf(),
        }
    }

    fn date_leaf(&mut self) -> String {
        match self.draw.below(10) {
            0 => "as_of".to_owned(),
            1 | 2 => format!("date(\"{}\")", some_day(self.draw, self.as_of)),
            3 => self.name(&["settled_on"]),
            4 if self.unit => format!("unit.{}", self.draw.pick(&["since", "until"])),
            4 | 5 => match self.variable {
                Some(variable) => format!("{variable}.{}", self.draw.pick(&["since", "until"])),
                None => self.name(&["ended_on"]),
            },
            _ => self.name(&["born_on", "begun_on", "ended_on"]),
        }
    }

    fn code_test(&mut self) -> String {
        let list = self.draw.below(2);
        let name = match LISTS[list] {
            "grade" => self.name(&["level_a", "level_b", "class"]),
            _ => self.name(&["colour"]),
        };
        match self.draw.below(3) {
            0 => format!("{name} in {}", self.codes(list)),
            1 if list == 0 => {
                let symbol = *self.draw.pick(&["<", "<=", ">", ">="]);
                // Only the first code is sure to have a rank.
                format!("{name} {symbol} \"g0\"")
            }
            _ => {
                let code = self.draw.pick(&self.pools.codes[list]).clone();
                format!("{name} {} \"{code}\"", self.draw.pick(&["==", "!="]))
            }
        }
    }

    fn codes(&mut self, list: usize) -> String {
        let codes: Vec<String> = (0..1 + self.draw.below(3))
            .map(|_| format!("\"{}\"", self.draw.pick(&self.pools.codes[list])))
            .collect();
        format!("[{}]", codes.join(", "))
    }

    fn region(&mut self) -> String {
        self.name(&["home_region", "work_region"])
    }

    fn place(&mut self) -> String {
        let region = self.region();
        match self.draw.below(8) {
            0 => format!("{region} {} {}", self.draw.pick(&["==", "!="]), self.region()),
            1 if !self.pools.zones.is_empty() => {
                format!("within({region}, \"{}\")", self.draw.pick(&self.pools.zones))
            }
            _ => format!("within({region}, \"{}\")", self.draw.pick(&self.pools.regions)),
        }
    }

    fn industry(&mut self) -> String {
        let field = self.name(&["industry", "industries"]);
        let codes: Vec<String> = (0..1 + self.draw.below(3))
            .map(|_| format!("\"{}\"", self.draw.pick(&self.pools.industries)))
            .collect();
        format!("industry_in({field}, [{}])", codes.join(", "))
    }

    fn set(&mut self) -> String {
        if self.draw.percent(40) && !self.pools.zones.is_empty() {
            let zone = self.draw.pick(&self.pools.zones).clone();
            return format!("\"{zone}\" in {}", self.name(&["zones"]));
        }
        let code = self.draw.pick(&self.pools.codes[1]).clone();
        format!("\"{code}\" in {}", self.name(&["colours"]))
    }

    fn text(&mut self) -> String {
        let title = self.name(&["title"]);
        let word = *self.draw.pick(&WORDS);
        match self.draw.below(3) {
            0 => format!("{title} == \"{word}\""),
            1 => format!("{title} in [\"{word}\", \"{}\"]", self.draw.pick(&WORDS)),
            _ => {
                format!("{title}.contains(\"{}\")", self.draw.pick(&["科技", "'", "a_", "%", "司"]))
            }
        }
    }

    fn facts(&mut self) -> (String, String) {
        let field = self.name(&["awards", "listings"]);
        let list = usize::from(field.ends_with("listings"));
        let codes = match self.draw.percent(50) {
            true => self.codes(list),
            false => format!("\"{}\"", self.draw.pick(&self.pools.codes[list])),
        };
        (field, codes)
    }

    fn period(&mut self) -> String {
        match self.draw.below(7) {
            0..=2 => String::new(),
            3 | 4 => format!(", years({})", self.draw.between(1, 5)),
            5 => format!(", months({})", self.draw.between(1, 40)),
            _ => format!(", days({})", self.draw.between(1, 500)),
        }
    }

    fn each(&mut self, depth: usize) -> String {
        let relation = *self.draw.pick(self.relations);
        let call = *self.draw.pick(&["exists", "all"]);
        format!("{relation}.{call}(c, {})", self.body(depth))
    }

    fn count(&mut self) -> String {
        let relation = *self.draw.pick(self.relations);
        match self.draw.percent(30) {
            true => format!("count({relation})"),
            false => format!("count({relation}.filter(c, {}))", self.body(1)),
        }
    }

    fn body(&mut self, depth: usize) -> String {
        self.variable = Some("c");
        let text = self.strict(depth);
        self.variable = None;
        text
    }
}

/// Titles, with characters that mean something to SQL.
pub(crate) const WORDS: [&str; 5] = ["杭州某科技有限公司", "O'Neill", "a_b%", "科技", "某公司"];

/// A day near a boundary: exact years or months before the day judged, ends
/// of months, leap days, and far-away days.
pub(crate) fn some_day(draw: &mut Draw, as_of: Date) -> Date {
    let fixed = [
        jiff::civil::date(2000, 2, 29),
        jiff::civil::date(2004, 2, 29),
        jiff::civil::date(2023, 2, 28),
        jiff::civil::date(2023, 3, 1),
        jiff::civil::date(2022, 8, 31),
        jiff::civil::date(1949, 9, 30),
        jiff::civil::date(1900, 1, 1),
        jiff::civil::date(9999, 12, 31),
    ];
    match draw.below(6) {
        0 => *draw.pick(&fixed),
        1 | 2 => {
            let years = draw.between(-1, 62);
            let day = as_of.saturating_sub(years.years());
            day.saturating_add(draw.between(-1, 1).days())
        }
        3 => {
            let day = as_of.saturating_sub(draw.between(-2, 40).months());
            day.saturating_add(draw.between(-2, 2).days())
        }
        4 => as_of.saturating_sub(draw.between(0, 30).months()).last_of_month(),
        _ => as_of.saturating_sub(draw.between(-400, 4_000).days()),
    }
}
