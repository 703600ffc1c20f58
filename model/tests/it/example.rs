//! One example of the rule language: a dossier, an expression, what it gives.
//!
//! The form is a line `key: value` for each part; a line that begins with two
//! blanks continues the one before. Keys: `subject` (citizen by default),
//! `as_of` (2026-03-31 by default), `known_at` (`as_of` by default), `unit`,
//! `given` (a YAML mapping), then `when` or `amount`, then `result`,
//! `verdict` and `missing`, or `error`, `at` and `help`.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use zhida_model::{
    domain::{SubjectKind, Tri},
    policy::cases::Verdict,
    reference::Reference,
    rules::{
        check::{Audience, Checker, Fault, ManualClause},
        dated::Dated,
        ir::{Graph, NodeId, NumId},
        missing::Question,
        program::Program,
        render::money,
        scalar::{At, Manual, Scalar},
        values::{Builder, Typed},
    },
};

use crate::support::Block;

/// An example as it is written.
#[derive(Debug)]
pub(crate) struct Example {
    parts: BTreeMap<String, String>,
}

enum Compiled {
    Truth(NodeId),
    Sum(NumId),
}

/// What an example came to, part by part.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) result: String,
    pub(crate) verdict: String,
    pub(crate) missing: String,
}

const KEYS: [&str; 13] = [
    "subject", "as_of", "known_at", "unit", "given", "when", "amount", "result", "verdict",
    "missing", "error", "at", "help",
];

impl Example {
    /// Reads the parts of a block.
    pub(crate) fn read(block: &Block) -> Result<Example, String> {
        let mut parts: BTreeMap<String, String> = BTreeMap::new();
        let mut last = None;
        for line in block.text.lines() {
            if let (Some(more), Some(key)) = (line.strip_prefix("  "), &last) {
                let part: &mut String = parts.entry(String::clone(key)).or_default();
                part.push('\n');
                part.push_str(more);
                continue;
            }
            let (key, value) =
                line.split_once(':').ok_or_else(|| format!("`{line}` has no `key: value`"))?;
            if !KEYS.contains(&key) {
                return Err(format!("`{key}` is no part of an example"));
            }
            if parts.insert(key.to_owned(), value.trim().to_owned()).is_some() {
                return Err(format!("`{key}` stands twice"));
            }
            last = Some(key.to_owned());
        }
        Ok(Example { parts })
    }

    /// A part as it is written.
    pub(crate) fn part(&self, key: &str) -> Option<&str> {
        self.parts.get(key).map(String::as_str)
    }

    /// The expression itself.
    pub(crate) fn expression(&self) -> &str {
        self.part("when").or_else(|| self.part("amount")).unwrap_or_default()
    }

    fn kind(&self) -> Result<SubjectKind, String> {
        match self.part("subject") {
            None | Some("citizen") => Ok(SubjectKind::Citizen),
            Some("enterprise") => Ok(SubjectKind::Enterprise),
            Some(other) => Err(format!("`{other}` is no subject")),
        }
    }

    fn day(&self, key: &str, default: Date) -> Result<Date, String> {
        match self.part(key) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|error| format!("{key}: {error}")),
        }
    }

    fn audience<'r>(&self, reference: &'r Reference) -> Result<Audience<'r>, String> {
        let subject = self.kind()?;
        let unit = match self.part("unit") {
            None => None,
            Some(name) => Some(
                reference
                    .catalogue
                    .relation(subject, name)
                    .ok_or(format!("no relation `{name}`"))?,
            ),
        };
        Ok(Audience { subject, unit })
    }

    fn compile(
        &self,
        reference: &Reference,
    ) -> Result<(Program, Result<Compiled, Vec<Fault>>), String> {
        let (mut graph, mut manuals) = (Graph::default(), Vec::<ManualClause>::new());
        let audience = self.audience(reference)?;
        let checker = Checker::new(reference.lookup(), audience, &mut graph, &mut manuals);
        let compiled = match (self.part("when"), self.part("amount")) {
            (Some(text), None) => checker.condition(text).map(Compiled::Truth),
            (None, Some(text)) => checker.money(text).map(Compiled::Sum),
            _ => return Err("exactly one of `when` and `amount` is needed".to_owned()),
        };
        Ok((Program { graph, policies: Vec::new(), manuals, traits: Default::default() }, compiled))
    }

    /// Every fault of the expression.
    pub(crate) fn faults(&self, reference: &Reference) -> Result<Vec<Fault>, String> {
        Ok(self.compile(reference)?.1.err().unwrap_or_default())
    }

    /// Evaluates the expression for the dossier.
    pub(crate) fn run(&self, reference: &Reference) -> Result<Outcome, String> {
        let (program, compiled) = self.compile(reference)?;
        let compiled = compiled.map_err(|faults| {
            faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
        })?;
        let kind = self.kind()?;
        let given: Typed = match self.part("given") {
            None => Typed::new(),
            Some(text) => {
                serde_saphyr::from_str(text).map_err(|error| format!("given: {error}"))?
            }
        };
        let mut builder = Builder::new(reference);
        let row = builder.add(kind, &given).map_err(|errors| {
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        })?;
        let world = builder.build();
        let as_of = self.day("as_of", date(2026, 3, 31))?;
        let dated = Dated::new(&program, reference, as_of, self.day("known_at", as_of)?);
        let scalar = Scalar::new(&dated, &world);
        let (frame, row) = world.of(kind).locate(row).ok_or("the dossier is lost")?;
        let mut at = At::subject(frame, row);
        if let Some(unit) = self.audience(reference)?.unit {
            let (members, _) = scalar.related(unit.id, at.subject);
            at.unit = Some(*members.first().ok_or("there is no unit")?);
        }
        Ok(match compiled {
            Compiled::Truth(node) => judge(&scalar, node, &at),
            Compiled::Sum(num) => {
                let sum = scalar.num(num, &at).and_then(|sum| sum.floor());
                let result = sum.map_or_else(|| "unknown".to_owned(), money);
                Outcome { result, ..Outcome::default() }
            }
        })
    }
}

fn judge<'a>(scalar: &Scalar<'a>, node: NodeId, at: &At<'a>) -> Outcome {
    let (open, met) = (scalar.node(node, at, Manual::Open), scalar.node(node, at, Manual::Met));
    let result = match open {
        Tri::True => "true",
        Tri::False => "false",
        Tri::Unknown => "unknown",
    };
    let verdict = match (open, met) {
        (Tri::True, _) => Verdict::Eligible,
        (Tri::False, _) => Verdict::Ineligible,
        (Tri::Unknown, Tri::True) => Verdict::Likely,
        (Tri::Unknown, _) => Verdict::Unknown,
    };
    let missing = match verdict {
        Verdict::Unknown => match Question::new(*scalar, *at, node).fewest() {
            Some(items) => format!("[{}]", items.join(", ")),
            None => "none".to_owned(),
        },
        _ => "[]".to_owned(),
    };
    Outcome { result: result.to_owned(), verdict: verdict.name().to_owned(), missing }
}
