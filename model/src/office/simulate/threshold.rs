//! The thresholds of a rule: comparisons with a literal on one side, in the
//! order in which they stand in its text.

use std::ops::Range;

use crate::rules::{
    ir::Op,
    parse::{Expr, ExprKind, parse},
};

/// A comparison with a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    /// The literal as written.
    pub written: String,
    /// What is compared with it, as written.
    pub measure: String,
    /// The comparison, with the literal on its right side.
    pub op: Op,
    /// Where the literal stands in the text of the rule.
    pub literal: Range<usize>,
    /// Where the whole comparison stands.
    pub comparison: Range<usize>,
}

/// The thresholds of a rule; none of a text that is no rule.
#[must_use]
pub fn of(text: &str) -> Vec<Threshold> {
    let Ok(expr) = parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    walk(&expr, text, &mut found);
    found.sort_by_key(|threshold| threshold.comparison.start);
    found
}

fn walk(expr: &Expr, text: &str, found: &mut Vec<Threshold>) {
    if let ExprKind::Compare(op, left, right) = &expr.kind {
        let sides = match (is_literal(left), is_literal(right)) {
            (false, true) => Some((*op, left, right)),
            (true, false) => Some((op.flipped(), right, left)),
            _ => None,
        };
        if let Some((op, measure, literal)) = sides {
            let cut = |span: &Range<usize>| text.get(span.clone()).unwrap_or_default().to_owned();
            found.push(Threshold {
                written: cut(&literal.span),
                measure: cut(&measure.span),
                op,
                literal: literal.span.clone(),
                comparison: expr.span.clone(),
            });
        }
    }
    match &expr.kind {
        ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Name(_) => {}
        ExprKind::Member(inner, _) | ExprKind::Not(inner) | ExprKind::Negate(inner) => {
            walk(inner, text, found);
        }
        ExprKind::List(parts) | ExprKind::Call(_, parts) => {
            parts.iter().for_each(|part| walk(part, text, found));
        }
        ExprKind::Method(of, _, parts) => {
            walk(of, text, found);
            parts.iter().for_each(|part| walk(part, text, found));
        }
        ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::In(a, b)
        | ExprKind::Arithmetic(_, a, b) => {
            walk(a, text, found);
            walk(b, text, found);
        }
        ExprKind::Choose(a, b, c) => [a, b, c].iter().for_each(|part| walk(part, text, found)),
        // What a member is asked has no curve: it is about somebody else.
        ExprKind::Each(_, list, _, _) => walk(list, text, found),
    }
}

/// A number, a sum, a day. A code with a rank is none: it has no values between.
fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_) => true,
        ExprKind::Negate(inner) => is_literal(inner),
        ExprKind::Call(name, parts) => match (name.as_str(), parts.as_slice()) {
            ("yuan" | "wan" | "yi", [only]) => is_literal(only),
            ("date", [only]) => matches!(only.kind, ExprKind::Text(_)),
            _ => false,
        },
        _ => false,
    }
}

impl Threshold {
    /// Whether it is a sum of money.
    #[must_use]
    pub fn is_money(&self) -> bool {
        let written = self.written.trim_start_matches('-');
        ["yuan(", "wan(", "yi("].iter().any(|call| written.starts_with(call))
    }

    /// Whether it is a day.
    #[must_use]
    pub fn is_date(&self) -> bool {
        self.written.starts_with("date(")
    }

    /// The rule with another literal in its place.
    #[must_use]
    pub fn with(&self, text: &str, literal: &str) -> String {
        replaced(text, &self.literal, literal)
    }

    /// The rule with the whole comparison decided.
    #[must_use]
    pub fn decided(&self, text: &str, holds: bool) -> String {
        replaced(text, &self.comparison, if holds { "true" } else { "false" })
    }
}

fn replaced(text: &str, span: &Range<usize>, with: &str) -> String {
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    format!("{before}{with}{after}")
}
