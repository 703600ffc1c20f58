//! The functions of the rule language. Each is documented in
//! `docs/rule-language.md` with an example that a test runs.

use std::ops::Range;

use jiff::civil::Date;

use super::{Checker, CodeTree, ManualClause, Typed};
use crate::{
    catalogue::types::FieldType,
    domain::{FEN, IndustryCode, Number, RegionCode},
    rules::{
        dated::days_of,
        ir::{Atom, FieldRef, Mask, Num, NumId, Span, TextTest},
        parse::{Expr, ExprKind},
    },
};

/// Every function with its form, for messages and documentation.
pub const FUNCTIONS: [(&str, &str); 27] = [
    ("yuan", "yuan(3600)"),
    ("wan", "wan(5000)"),
    ("yi", "yi(1)"),
    ("date", "date(\"2026-01-31\")"),
    ("add_days", "add_days(graduated_on, 30)"),
    ("add_months", "add_months(graduated_on, 6)"),
    ("add_years", "add_years(graduated_on, 2)"),
    ("age", "age(birth_date)"),
    ("years_since", "years_since(established_on)"),
    ("months_since", "months_since(unemployed_since)"),
    ("days_since", "days_since(established_on)"),
    ("year", "year(graduated_on)"),
    ("month", "month(birth_date)"),
    ("years", "years(3)"),
    ("months", "months(6)"),
    ("days", "days(30)"),
    ("within", "within(hukou_region, \"330100\")"),
    ("industry_in", "industry_in(industry, [\"C\", \"65\"])"),
    ("holds", "holds(certificates, \"high_tech\")"),
    ("had", "had(incidents, \"major_safety\", years(1))"),
    ("count", "count(children)"),
    ("sum", "sum(benefits, \"skill_upgrade_subsidy\", years(1))"),
    ("param", "param(\"minimum_living_line_urban\", hukou_region)"),
    ("min", "min(wan(5), revenue * 0.1)"),
    ("max", "max(yuan(0), revenue - wan(1))"),
    ("floor", "floor(revenue / wan(10))"),
    ("manual", "manual(\"…\")"),
];

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &str, args: &[Expr], span: &Range<usize>) -> Typed {
        match (name, args) {
            ("yuan", [value]) => self.money_literal(value, FEN),
            ("wan", [value]) => self.money_literal(value, FEN * 10_000),
            ("yi", [value]) => self.money_literal(value, FEN * 100_000_000),
            ("date", [value]) => self.date_literal(value),
            ("add_days", [date, count]) => self.moved(date, count, |_, count| count, true),
            ("add_months", [date, count]) => self.moved(date, count, |_, count| count, false),
            ("add_years", [date, count]) => self.moved(
                date,
                count,
                |checker, count| {
                    let twelve = checker.graph.literal(Number::whole(12));
                    checker.product(count, twelve)
                },
                false,
            ),
            ("age" | "years_since", [date]) => self.of_date(date, Num::Years),
            ("months_since", [date]) => self.of_date(date, Num::Months),
            ("days_since", [date]) => {
                let as_of = self.graph.intern_num(Num::AsOf);
                self.of_date(date, |id| Num::Sub(as_of, id))
            }
            ("year", [date]) => self.of_date(date, Num::Year),
            ("month", [date]) => self.of_date(date, Num::Month),
            ("years", [count]) => self.period(count, |n| n.checked_mul(12).map(Span::Months)),
            ("months", [count]) => self.period(count, |n| Some(Span::Months(n))),
            ("days", [count]) => self.period(count, |n| Some(Span::Days(n))),
            ("within", [region, code]) => self.within(region, code),
            ("industry_in", [industry, codes]) => self.industry_in(industry, codes),
            ("holds", [facts, codes]) => self.holds(facts, codes),
            ("had", [facts, codes, period @ ..]) if period.len() < 2 => {
                self.had(facts, codes, period)
            }
            ("count", [list]) => self.count_members(list),
            ("count", [facts, codes, period @ ..]) if period.len() < 2 => {
                self.over_facts(facts, codes, period, Num::CountFacts, 0)
            }
            ("sum", [facts, codes, period @ ..]) if period.len() < 2 => {
                self.over_facts(facts, codes, period, Num::SumFacts, 1)
            }
            ("param", [name, region]) => self.param(name, region),
            ("min", [a, b]) => self.extreme(a, b, Num::Min, span),
            ("max", [a, b]) => self.extreme(a, b, Num::Max, span),
            ("floor", [value]) => match self.expr(value) {
                Typed::Number(id, money) => {
                    Typed::Number(self.graph.intern_num(Num::Floor(id)), money)
                }
                other => self.needs("a number", &other, &value.span),
            },
            ("manual", [question]) => self.manual_clause(question),
            _ => self.unknown_call(name, span),
        }
    }

    fn holds(&mut self, facts: &Expr, codes: &Expr) -> Typed {
        let Some((field, mask)) = self.facts(facts, codes) else { return Typed::Broken };
        Typed::Truth(self.graph.intern_atom(Atom::Holds(field, mask)))
    }

    fn had(&mut self, facts: &Expr, codes: &Expr, period: &[Expr]) -> Typed {
        let found = self.facts(facts, codes);
        let Ok(window) = self.window(period) else { return Typed::Broken };
        let Some((field, mask)) = found else { return Typed::Broken };
        Typed::Truth(self.graph.intern_atom(Atom::Had(field, mask, window)))
    }

    fn unknown_call(&mut self, name: &str, span: &Range<usize>) -> Typed {
        if let Some((_, form)) = FUNCTIONS.iter().find(|(known, _)| *known == name) {
            return self.broken(
                span,
                "wrong_arguments",
                format!("`{name}` has other arguments"),
                &format!("write it like `{form}`"),
            );
        }
        let known: Vec<&str> = FUNCTIONS.iter().map(|(known, _)| *known).collect();
        self.broken(
            span,
            "unknown_function",
            format!("there is no function `{name}`"),
            &format!("functions are: {}", known.join(", ")),
        )
    }

    pub(super) fn method(
        &mut self,
        of: &Expr,
        name: &str,
        args: &[Expr],
        span: &Range<usize>,
    ) -> Typed {
        if let ("contains", [needle]) = (name, args)
            && let ExprKind::Text(text) = &needle.kind
        {
            return match self.expr(of) {
                Typed::Text(field) => {
                    let atom = Atom::Text(field, TextTest::Contains, text.clone());
                    Typed::Truth(self.graph.intern_atom(atom))
                }
                other => self.needs("text", &other, &of.span),
            };
        }
        self.broken(
            span,
            "unknown_function",
            format!("there is no method `{name}`"),
            "text knows `.contains(\"…\")`, relations know `.exists`, `.all` and `.filter`",
        )
    }

    fn needs(&mut self, what: &str, got: &Typed, span: &Range<usize>) -> Typed {
        if matches!(got, Typed::Broken) {
            return Typed::Broken;
        }
        let message = format!("{what} is needed here, this is {}", got.name());
        self.broken(span, "wrong_type", message, "see docs/rule-language.md")
    }

    fn product(&mut self, a: NumId, b: NumId) -> NumId {
        if let (Num::Literal(an, ad), Num::Literal(bn, bd)) = (self.graph.num(a), self.graph.num(b))
            && let Some(product) = Number::ratio(*an, *ad)
                .zip(Number::ratio(*bn, *bd))
                .and_then(|(a, b)| a.checked_mul(b))
        {
            return self.graph.literal(product);
        }
        self.graph.intern_num(Num::Mul(a, b))
    }

    fn money_literal(&mut self, value: &Expr, fen: i64) -> Typed {
        match self.expr(value) {
            Typed::Number(id, 0) => {
                let unit = self.graph.literal(Number::whole(fen));
                Typed::Number(self.product(id, unit), 1)
            }
            other => self.needs("a bare number", &other, &value.span),
        }
    }

    fn date_literal(&mut self, value: &Expr) -> Typed {
        let ExprKind::Text(text) = &value.kind else {
            let help = "write `date(\"2026-01-31\")`";
            return self.broken(&value.span, "wrong_type", "a quoted day is needed".into(), help);
        };
        match text.parse::<Date>() {
            Ok(day) => {
                let days = Number::whole(i64::from(days_of(day)));
                Typed::Date(self.graph.literal(days))
            }
            Err(_) => self.broken(
                &value.span,
                "bad_date",
                format!("`{text}` is no calendar day"),
                "write year-month-day, for example `date(\"2026-01-31\")`",
            ),
        }
    }

    fn moved(
        &mut self,
        date: &Expr,
        count: &Expr,
        months: impl FnOnce(&mut Self, NumId) -> NumId,
        days: bool,
    ) -> Typed {
        let (day, by) = (self.expr(date), self.expr(count));
        let Typed::Date(day) = day else { return self.needs("a date", &day, &date.span) };
        let Typed::Number(by, 0) = by else { return self.needs("a number", &by, &count.span) };
        let by = months(self, by);
        let num = if days { Num::Add(day, by) } else { Num::AddMonths(day, by) };
        Typed::Date(self.graph.intern_num(num))
    }

    fn of_date(&mut self, date: &Expr, make: impl FnOnce(NumId) -> Num) -> Typed {
        match self.expr(date) {
            Typed::Date(id) => Typed::Number(self.graph.intern_num(make(id)), 0),
            other => self.needs("a date", &other, &date.span),
        }
    }

    fn period(&mut self, count: &Expr, make: impl FnOnce(i32) -> Option<Span>) -> Typed {
        if let ExprKind::Number(value) = &count.kind
            && value.1 == 1
            && let Ok(count) = i32::try_from(value.0)
            && (1..=1_200).contains(&count)
            && let Some(span) = make(count)
        {
            return Typed::Period(span);
        }
        self.broken(
            &count.span,
            "bad_period",
            "a period is a whole number between 1 and 1200".to_owned(),
            "write for example `years(3)`, `months(6)` or `days(30)`",
        )
    }

    fn window(&mut self, period: &[Expr]) -> Result<Option<Span>, ()> {
        let Some(period) = period.first() else { return Ok(None) };
        match self.expr(period) {
            Typed::Period(span) => Ok(Some(span)),
            other => {
                self.needs("a period such as `years(3)`", &other, &period.span);
                Err(())
            }
        }
    }

    fn within(&mut self, region: &Expr, code: &Expr) -> Typed {
        let field = match self.expr(region) {
            Typed::Region(field) => field,
            other => return self.needs("a region field", &other, &region.span),
        };
        let ExprKind::Text(text) = &code.kind else {
            let help = "write `within(hukou_region, \"330100\")`";
            return self.broken(&code.span, "wrong_type", "a quoted region is needed".into(), help);
        };
        if let Some(zone) = self.lookup.regions.zone_index(text) {
            return self.in_zone(field, zone, text, &code.span);
        }
        let index = RegionCode::parse(text).ok().and_then(|code| self.lookup.regions.index(code));
        match index {
            Some(index) => Typed::Truth(self.graph.intern_atom(Atom::Within(field, index))),
            None => self.broken(
                &code.span,
                "unknown_region",
                format!("`{text}` is no region"),
                "use a six-digit code of GB/T 2260 or a zone of regions.csv",
            ),
        }
    }

    fn in_zone(&mut self, field: FieldRef, zone: u16, text: &str, span: &Range<usize>) -> Typed {
        let catalogue = self.lookup.catalogue;
        let kind = catalogue.by_id(field.field).subject;
        let zones = catalogue
            .fields_of(kind)
            .find(|field| field.kind == FieldType::Set && field.holds_zones());
        match zones {
            Some(zones) => {
                let reference = FieldRef { scope: field.scope, field: zones.id };
                Typed::Truth(self.graph.intern_atom(Atom::Has(reference, vec![zone])))
            }
            None => self.broken(
                span,
                "unknown_region",
                format!("`{text}` is a zone, and {kind} has no field of zones"),
                "use a six-digit region, or add a set field of zones to the catalogue",
            ),
        }
    }

    fn industry_in(&mut self, industry: &Expr, codes: &Expr) -> Typed {
        let field = match self.expr(industry) {
            Typed::Industry(field) => field,
            Typed::Set(field) if self.lookup.catalogue.by_id(field.field).holds_industries() => {
                field
            }
            other => return self.needs("an industry field", &other, &industry.span),
        };
        let items = match self.expr(codes) {
            Typed::List(items) => items,
            Typed::Code(CodeTree::Literal(text, at), _) => vec![(text, at)],
            other => return self.needs("a list of industry codes", &other, &codes.span),
        };
        let mut ranges = Vec::new();
        for (text, at) in items {
            let range =
                IndustryCode::parse(&text).ok().and_then(|code| self.lookup.industries.range(code));
            match range {
                Some(range) => ranges.push((*range.start(), *range.end())),
                None => {
                    let message = format!("`{text}` is no industry of GB/T 4754");
                    self.fault(
                        &at,
                        "unknown_code",
                        message,
                        "write for example \"C\", \"39\" or \"3911\"",
                    );
                }
            }
        }
        ranges.sort_unstable();
        Typed::Truth(self.graph.intern_atom(Atom::Industry(field, ranges)))
    }

    fn facts(&mut self, facts: &Expr, codes: &Expr) -> Option<(FieldRef, Mask)> {
        let typed = self.expr(facts);
        let Typed::Facts(field) = typed else {
            self.needs("a facts field", &typed, &facts.span);
            return None;
        };
        let items = match self.expr(codes) {
            Typed::List(items) => items,
            Typed::Code(CodeTree::Literal(text, at), _) => vec![(text, at)],
            other => {
                self.needs("a quoted code or a list of them", &other, &codes.span);
                return None;
            }
        };
        let catalogued = self.lookup.catalogue.by_id(field.field);
        let list = catalogued.codes.clone()?;
        let mask = self.mask(&list, &items)?;
        for (code, at) in &items {
            let given = |code| catalogued.sources_giving(code).next().is_some();
            if !list.position(code).is_some_and(given) {
                self.fault(
                    at,
                    "code_of_no_table",
                    format!(
                        "no table gives `{code}` to `{}`: it would always be unknown",
                        catalogued.name
                    ),
                    "ask for what tables tell, or map the code in a source of the field",
                );
                return None;
            }
        }
        Some((field, mask))
    }

    fn over_facts(
        &mut self,
        facts: &Expr,
        codes: &Expr,
        period: &[Expr],
        make: fn(FieldRef, Mask, Option<Span>) -> Num,
        money: i8,
    ) -> Typed {
        let found = self.facts(facts, codes);
        let Ok(window) = self.window(period) else { return Typed::Broken };
        let Some((field, mask)) = found else { return Typed::Broken };
        Typed::Number(self.graph.intern_num(make(field, mask, window)), money)
    }

    fn count_members(&mut self, list: &Expr) -> Typed {
        match self.expr(list) {
            Typed::Members(relation, filter) => {
                Typed::Number(self.graph.intern_num(Num::CountMembers(relation, filter)), 0)
            }
            other => self.needs("a relation", &other, &list.span),
        }
    }

    fn param(&mut self, name: &Expr, region: &Expr) -> Typed {
        let field = match self.expr(region) {
            Typed::Region(field) => field,
            other => return self.needs("a region field", &other, &region.span),
        };
        let ExprKind::Text(text) = &name.kind else {
            let help = "write `param(\"minimum_wage\", residence_region)`";
            return self.broken(&name.span, "wrong_type", "a quoted name is needed".into(), help);
        };
        let Some(entry) = self.lookup.catalogue.parameter(text) else {
            return self.broken(
                &name.span,
                "unknown_parameter",
                format!("`{text}` is no parameter"),
                "declare it under `parameters` of the catalogue",
            );
        };
        let decimal = entry.kind == FieldType::Decimal;
        let money = i8::from(entry.kind == FieldType::Money);
        let num = Num::Param { name: text.clone(), region: field, decimal };
        Typed::Number(self.graph.intern_num(num), money)
    }

    fn extreme(
        &mut self,
        a: &Expr,
        b: &Expr,
        make: fn(NumId, NumId) -> Num,
        span: &Range<usize>,
    ) -> Typed {
        match (self.expr(a), self.expr(b)) {
            (Typed::Number(a, ma), Typed::Number(b, mb)) if ma == mb => {
                Typed::Number(self.graph.intern_num(make(a, b)), ma)
            }
            (Typed::Date(a), Typed::Date(b)) => Typed::Date(self.graph.intern_num(make(a, b))),
            (Typed::Broken, _) | (_, Typed::Broken) => Typed::Broken,
            (a, b) => self.broken(
                span,
                "unit_mismatch",
                format!("{} and {} have different units", a.name(), b.name()),
                "give both the same unit, for example `yuan(…)`",
            ),
        }
    }

    fn manual_clause(&mut self, question: &Expr) -> Typed {
        let ExprKind::Text(text) = &question.kind else {
            let help = "write `manual(\"…\")` with the question a person answers";
            return self.broken(
                &question.span,
                "wrong_type",
                "a quoted question is needed".into(),
                help,
            );
        };
        let number = u32::try_from(self.manuals.len()).unwrap_or(u32::MAX);
        self.manuals.push(ManualClause { question: text.clone() });
        Typed::Truth(self.graph.manual(number))
    }
}
