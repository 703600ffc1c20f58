//! Says an expression in Chinese, with the labels of the catalogue. Generated,
//! so that the words people read and the rule that decides cannot drift apart.

use crate::{
    catalogue::{Field, RelationId, types::FieldType},
    domain::{DECIMAL_ONE, FEN, Number},
    reference::Reference,
    rules::{
        dated::{date_of, describe},
        ir::{Atom, FieldRef, Graph, Mask, Node, NodeId, Num, NumId, Op, Scope, TextTest},
        program::{Compiled, CompiledKind, Program},
    },
};

/// Renders nodes of one program.
#[derive(Debug, Clone, Copy)]
pub struct Render<'a> {
    program: &'a Program,
    reference: &'a Reference,
}

/// What a number stands for, as far as the expression tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Money,
    Date,
    Share,
    Plain,
}

impl<'a> Render<'a> {
    /// A renderer.
    #[must_use]
    pub fn new(program: &'a Program, reference: &'a Reference) -> Render<'a> {
        Render { program, reference }
    }

    /// A condition in one line: the words of the policy, those of the members
    /// for a group, otherwise the rule.
    #[must_use]
    pub fn words(&self, condition: &Compiled) -> String {
        let members = |separator: &str| {
            let members = condition.kind.members().iter();
            members.map(|member| self.words(member)).collect::<Vec<_>>().join(separator)
        };
        match (&condition.quote, &condition.kind) {
            (Some(quote), _) => quote.clone(),
            (None, CompiledKind::Manual(question)) => question.clone(),
            (None, CompiledKind::When(_)) => self.node(condition.node),
            (None, CompiledKind::Any(_)) => members("，或者"),
            (None, CompiledKind::All(_)) => members("，并且"),
            (None, CompiledKind::AtLeast(count, _)) => {
                format!("至少{count}项：{}", members("、"))
            }
        }
    }

    fn graph(&self) -> &'a Graph {
        &self.program.graph
    }

    /// A whole node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> String {
        match self.graph().node(id) {
            Node::Const(value) => match value.known() {
                Some(true) => "总是成立".to_owned(),
                Some(false) => "不成立".to_owned(),
                None => "无法判断".to_owned(),
            },
            Node::Atom(atom) => self.atom(self.graph().atom(*atom)),
            Node::Manual(number) => {
                let clause = self.program.manuals.get(*number as usize);
                format!("（人工认定）{}", clause.map_or("", |clause| clause.question.as_str()))
            }
            Node::Not(inner) => match self.graph().node(*inner) {
                Node::Atom(atom) => self.negated(self.graph().atom(*atom)),
                _ => format!("并非（{}）", self.node(*inner)),
            },
            Node::And(parts) => self.joined(parts, "且"),
            Node::Or(parts) => self.joined(parts, "或"),
            Node::Choose(condition, then, otherwise) => format!(
                "若{}，则{}；否则{}",
                self.node(*condition),
                self.node(*then),
                self.node(*otherwise)
            ),
            Node::AtLeast(count, parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.node(*part)).collect();
                format!("以下{}项中至少满足{count}项：{}", parts.len(), parts.join("；"))
            }
        }
    }

    fn joined(&self, parts: &[NodeId], word: &str) -> String {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match self.graph().node(*part) {
                Node::And(_) | Node::Or(_) | Node::Choose(..) => {
                    format!("（{}）", self.node(*part))
                }
                _ => self.node(*part),
            })
            .collect();
        parts.join(&format!("，{word}"))
    }

    fn negated(&self, atom: &Atom) -> String {
        match atom {
            Atom::Flag(field) => format!("非{}", self.label(*field)),
            Atom::Holds(field, mask) => {
                format!("{}中无有效的{}", self.label(*field), self.codes(*field, mask))
            }
            Atom::Had(field, mask, span) => {
                let when =
                    span.map_or("从未".to_owned(), |span| format!("近{}内未", describe(span)));
                format!("{when}出现{}（{}）", self.codes(*field, mask), self.label(*field))
            }
            Atom::Industry(field, ranges) => {
                format!("{}不属于{}", self.label(*field), self.industries(ranges))
            }
            Atom::Code(field, yes, _) => {
                format!("{}不是{}", self.label(*field), self.codes(*field, yes))
            }
            other => format!("并非（{}）", self.atom(other)),
        }
    }

    /// One atom.
    #[must_use]
    pub fn atom(&self, atom: &Atom) -> String {
        match atom {
            Atom::Compare(op, left, right) => {
                let sense = match self.sense(*left) {
                    Sense::Plain => self.sense(*right),
                    sense => sense,
                };
                let left = self.num(*left, sense);
                format!("{left}{}{}", op_words(*op, sense), self.num(*right, sense))
            }
            Atom::Flag(field) => self.label(*field),
            Atom::Code(field, yes, _) => {
                format!("{}为{}", self.label(*field), self.codes(*field, yes))
            }
            Atom::Within(field, region) => {
                let regions = &self.reference.regions;
                let name = regions.code(*region).and_then(|code| regions.full_name(code));
                format!("{}在{}", self.label(*field), name.unwrap_or_default())
            }
            Atom::Industry(field, ranges) => {
                format!("{}属于{}", self.label(*field), self.industries(ranges))
            }
            Atom::Has(field, members) => {
                format!("{}包含{}", self.label(*field), self.members(*field, members))
            }
            Atom::Text(field, test, text) => {
                let word = match test {
                    TextTest::Equals => "为",
                    TextTest::Contains => "含有",
                };
                format!("{}{word}“{text}”", self.label(*field))
            }
            Atom::Same(left, right) => {
                format!("{}与{}相同", self.label(*left), self.label(*right))
            }
            Atom::Holds(field, mask) => {
                format!("{}中有有效的{}", self.label(*field), self.codes(*field, mask))
            }
            Atom::Had(field, mask, span) => {
                let when = span.map_or("曾".to_owned(), |span| format!("近{}内", describe(span)));
                format!("{when}有{}（{}）", self.codes(*field, mask), self.label(*field))
            }
            Atom::Exists(relation, body) => {
                let label = &self.reference.catalogue.relation_by_id(*relation).entry.label;
                format!("{label}中有人满足（{}）", self.node(*body))
            }
            Atom::All(relation, body) => {
                let label = &self.reference.catalogue.relation_by_id(*relation).entry.label;
                format!("{label}均满足（{}）", self.node(*body))
            }
        }
    }

    /// A computed number as people write it.
    #[must_use]
    pub fn value(&self, id: NumId, value: Option<Number>) -> Option<String> {
        value.map(|value| literal(value, self.sense(id)))
    }

    fn field(&self, field: FieldRef) -> &'a Field {
        self.reference.catalogue.by_id(field.field)
    }

    fn label(&self, field: FieldRef) -> String {
        let label = &self.field(field).label;
        match field.scope {
            Scope::Subject => label.clone(),
            Scope::Unit | Scope::Member => format!("其{label}"),
        }
    }

    fn codes(&self, field: FieldRef, mask: &Mask) -> String {
        let list = self.field(field).codes.as_ref();
        let labels: Vec<&str> = mask
            .iter()
            .filter_map(|code| list?.entry(code).map(|entry| entry.label.as_str()))
            .collect();
        labels.join("、")
    }

    fn members(&self, field: FieldRef, members: &[u16]) -> String {
        let entry = self.field(field);
        let names: Vec<String> = members
            .iter()
            .filter_map(|member| {
                if entry.holds_zones() {
                    return self.reference.regions.zone_at(*member).map(|zone| zone.name.clone());
                }
                let code = u8::try_from(*member).ok()?;
                entry.codes.as_ref()?.entry(code).map(|entry| entry.label.clone())
            })
            .collect();
        names.join("、")
    }

    fn industries(&self, ranges: &[(u16, u16)]) -> String {
        let table = &self.reference.industries;
        let names: Vec<&str> =
            ranges.iter().filter_map(|(low, _)| table.name(table.code(*low)?)).collect();
        names.join("、")
    }

    fn sense(&self, id: NumId) -> Sense {
        match self.graph().num(id) {
            Num::Field(field) => match self.field(*field).kind {
                FieldType::Money => Sense::Money,
                FieldType::Date => Sense::Date,
                _ => Sense::Plain,
            },
            Num::Decimal(field) if self.field(*field).unit == "ratio" => Sense::Share,
            Num::AsOf | Num::AddMonths(..) | Num::Since(_) | Num::Until(_) => Sense::Date,
            Num::SumFacts(..) => Sense::Money,
            Num::Div(a, b) if self.sense(*a) == Sense::Money => match self.sense(*b) {
                Sense::Money => Sense::Share,
                _ => Sense::Money,
            },
            Num::Div(..) => Sense::Share,
            Num::Mul(a, b) | Num::Min(a, b) | Num::Max(a, b) | Num::Add(a, b) => [*a, *b]
                .into_iter()
                .map(|part| self.sense(part))
                .find(|s| *s != Sense::Plain)
                .unwrap_or(Sense::Plain),
            Num::Sub(a, b) => match (self.sense(*a), self.sense(*b)) {
                (Sense::Date, Sense::Date) => Sense::Plain,
                (sense, _) => sense,
            },
            Num::Floor(a) | Num::Choose(_, a, _) => self.sense(*a),
            Num::Param { name, .. } => {
                match self.reference.catalogue.parameter(name).map(|entry| entry.kind) {
                    Some(FieldType::Money) => Sense::Money,
                    _ => Sense::Plain,
                }
            }
            _ => Sense::Plain,
        }
    }

    fn num(&self, id: NumId, sense: Sense) -> String {
        let pair = |a: &NumId, word: &str, b: &NumId| {
            format!("{}{word}{}", self.num(*a, self.sense(*a)), self.num(*b, self.sense(*b)))
        };
        match self.graph().num(id) {
            Num::Field(field) | Num::Decimal(field) => self.label(*field),
            Num::Literal(num, den) => match Number::ratio(*num, *den) {
                Some(value) => literal(value, sense),
                None => String::new(),
            },
            Num::AsOf => "判断日".to_owned(),
            Num::Add(a, b) => pair(a, "加", b),
            Num::Sub(a, b) => pair(a, "减", b),
            Num::Mul(a, b) => format!("{}乘以{}", self.factor(*a), self.factor(*b)),
            Num::Div(a, b) => match self.graph().num(*b) {
                Num::Literal(..) => format!("{}除以{}", self.factor(*a), self.factor(*b)),
                _ => format!("{}与{}之比", self.factor(*a), self.factor(*b)),
            },
            Num::Min(a, b) => format!("{}两者中较小的", pair(a, "和", b)),
            Num::Max(a, b) => format!("{}两者中较大的", pair(a, "和", b)),
            Num::Floor(a) => format!("{}（取整）", self.num(*a, sense)),
            Num::Choose(condition, a, b) => format!(
                "（若{}为{}，否则{}）",
                self.node(*condition),
                self.num(*a, sense),
                self.num(*b, sense)
            ),
            Num::AddMonths(date, months) => {
                format!("{}后{}个月", self.num(*date, Sense::Date), self.num(*months, Sense::Plain))
            }
            Num::Years(date) => format!("距{}的周年数", self.num(*date, Sense::Date)),
            Num::Months(date) => format!("距{}的足月数", self.num(*date, Sense::Date)),
            Num::Year(date) => format!("{}的年份", self.num(*date, Sense::Date)),
            Num::Month(date) => format!("{}的月份", self.num(*date, Sense::Date)),
            Num::Param { name, region, .. } => {
                let label = self.reference.catalogue.parameter(name).map(|entry| &entry.label);
                format!("{}的{}", self.label(*region), label.map_or(name.as_str(), String::as_str))
            }
            Num::CountFacts(field, mask, span) => {
                let when = span.map_or(String::new(), |span| format!("近{}", describe(span)));
                format!("{when}{}（{}）的次数", self.codes(*field, mask), self.label(*field))
            }
            Num::SumFacts(field, mask, span) => {
                let when = span.map_or(String::new(), |span| format!("近{}", describe(span)));
                format!("{when}{}（{}）的金额合计", self.codes(*field, mask), self.label(*field))
            }
            Num::CountMembers(relation, filter) => self.members_counted(*relation, *filter),
            Num::Since(_) => "其关系起始日".to_owned(),
            Num::Until(_) => "其关系终止日".to_owned(),
        }
    }

    /// A part of a product or quotient: sums are bracketed.
    fn factor(&self, part: NumId) -> String {
        let text = self.num(part, self.sense(part));
        match self.graph().num(part) {
            Num::Add(..) | Num::Sub(..) => format!("（{text}）"),
            _ => text,
        }
    }

    fn members_counted(&self, relation: RelationId, filter: Option<NodeId>) -> String {
        let label = &self.reference.catalogue.relation_by_id(relation).entry.label;
        match filter {
            Some(body) => format!("{label}中满足（{}）的人数", self.node(body)),
            None => format!("{label}人数"),
        }
    }
}

fn op_words(op: Op, sense: Sense) -> &'static str {
    match (op, sense) {
        (Op::Equal, _) => "等于",
        (Op::NotEqual, _) => "不等于",
        (Op::Less, Sense::Date) => "早于",
        (Op::AtMost, Sense::Date) => "不晚于",
        (Op::Greater, Sense::Date) => "晚于",
        (Op::AtLeast, Sense::Date) => "不早于",
        (Op::Less, _) => "低于",
        (Op::AtMost, _) => "不超过",
        (Op::Greater, _) => "高于",
        (Op::AtLeast, _) => "不低于",
    }
}

fn literal(value: Number, sense: Sense) -> String {
    match sense {
        Sense::Date => value
            .floor()
            .and_then(|days| date_of(i32::try_from(days).ok()?))
            .map_or_else(String::new, |day| day.to_string()),
        Sense::Money => value.floor().map_or_else(String::new, money),
        Sense::Share => {
            let percent = value.checked_mul(Number::whole(100)).unwrap_or(Number::ZERO);
            format!("{}%", plain(percent))
        }
        Sense::Plain => plain(value),
    }
}

/// A sum in fen as people write it: 5000万元, 1.5亿元, 3600元.
#[must_use]
pub fn money(fen: i64) -> String {
    let units = [(10_i64.pow(8) * FEN, "亿元"), (10_i64.pow(4) * FEN, "万元"), (FEN, "元")];
    for (unit, word) in units {
        if fen.unsigned_abs() >= unit.unsigned_abs() || unit == FEN {
            let scaled = i128::from(fen) * i128::from(DECIMAL_ONE) / i128::from(unit);
            return format!("{}{word}", decimal(scaled));
        }
    }
    String::new()
}

/// A fixed-point number with six places, without trailing zeros.
fn decimal(scaled: i128) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, part) =
        (scaled.unsigned_abs() / DECIMAL_ONE as u128, scaled.unsigned_abs() % DECIMAL_ONE as u128);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{part:06}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

/// An exact number as people read it, at most six places.
#[must_use]
pub fn plain(value: Number) -> String {
    let scaled = value.checked_mul(Number::whole(DECIMAL_ONE)).and_then(Number::floor);
    scaled.map_or_else(String::new, |scaled| decimal(i128::from(scaled)))
}
