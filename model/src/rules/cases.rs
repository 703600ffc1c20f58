//! Runs the cases beside a policy. A case that disagrees is reported with the
//! words that decide it: either the rule or the case is wrong.

use jiff::civil::Date;
use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Place, Severity},
    domain::RegionCode,
    matching::{self, Amount, Unit},
    policy::{
        Parameters,
        cases::{Case, CasesFile, Verdict},
    },
    reference::Reference,
    rules::{
        dated::Dated,
        missing::Question,
        place,
        program::{Compiled, Policy, Program, Source, yaml_finding},
        scalar::{Dossier, Scalar},
        values::{Builder, Typed, money},
    },
};

/// What running a file of cases came to.
#[derive(Debug, Default)]
pub struct CasesReport {
    /// How many cases there are.
    pub cases: usize,
    /// How many agree.
    pub passed: usize,
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
}

/// Runs every case of a file against the policy that stands beside it.
#[must_use]
pub fn run(source: &Source, policies: &[Source], reference: &Reference) -> CasesReport {
    let beside = source.name.replace(".cases.yaml", ".yaml");
    let own: Vec<Source> =
        policies.iter().filter(|policy| policy.name == beside).cloned().collect();
    let (program, _) = Program::compile(&own, reference);
    let program = &program;
    let mut report = CasesReport::default();
    let file = match serde_saphyr::from_str::<CasesFile>(&source.text) {
        Ok(file) => file,
        Err(error) => {
            report.findings.push(yaml_finding(&source.name, &error));
            return report;
        }
    };
    let mut run = Run { source, file: &file, report };
    match program.find(&file.policy, &file.version, file.case) {
        Some(position) => {
            if let Some(policy) = program.policies.get(position) {
                run.all(policy, program, reference);
            }
        }
        None => {
            let message = format!(
                "the file beside it holds no policy `{}` version `{}` of this case type that compiles",
                file.policy, file.version
            );
            let help = "correct the ids, or the policy's own errors first";
            run.find(Place { line: 1, column: 1, length: 0 }, "unknown_policy", "", message, help);
        }
    }
    run.report
}

struct Run<'a> {
    source: &'a Source,
    file: &'a CasesFile,
    report: CasesReport,
}

impl Run<'_> {
    fn find(&mut self, at: Place, code: &'static str, subject: &str, message: String, help: &str) {
        self.report.findings.push(Diagnostic {
            file: self.source.name.clone(),
            place: at,
            severity: Severity::Error,
            code,
            message,
            subject: subject.to_owned(),
            help: help.to_owned(),
        });
    }

    fn all(&mut self, policy: &Policy, program: &Program, reference: &Reference) {
        let own = match self.reference(reference) {
            Ok(own) => own,
            Err(message) => {
                let help = "write `parameters: {name: {\"330100\": 1200}}`";
                let at = Place { line: 1, column: 1, length: 0 };
                self.find(at, "bad_parameters", "parameters", message, help);
                return;
            }
        };
        for case in &self.file.cases {
            self.report.cases += 1;
            let at = place::of(case);
            let subject = format!("case `{}`", case.value.name);
            let before = self.report.findings.len();
            match judge(self.file, &case.value, policy, program, &own) {
                Ok(result) => {
                    let wrong = disagreements(&case.value, &result, policy);
                    for (code, message) in wrong {
                        let help = match &case.value.because {
                            Some(words) => format!("the words that decide it: {words}"),
                            None => "correct the rule or the case, by the words of the text".into(),
                        };
                        self.find(at, code, &subject, message, &help);
                    }
                }
                Err(errors) => {
                    for error in errors {
                        let help = "see docs/policies.md for how values are written";
                        self.find(at, "bad_value", &subject, error, help);
                    }
                }
            }
            if self.report.findings.len() == before {
                self.report.passed += 1;
            }
        }
    }

    /// The reference with the parameters that the file brings along.
    fn reference(&self, reference: &Reference) -> Result<Reference, String> {
        let mut parameters = if self.file.parameters.is_empty() {
            reference.parameters.clone()
        } else {
            Parameters::empty()
        };
        for (name, values) in &self.file.parameters {
            let Some(entry) = reference.catalogue.parameter(name) else {
                return Err(format!("`{name}` is no parameter of the catalogue"));
            };
            for (region, value) in values {
                let code = RegionCode::parse(region).map_err(|error| error.to_string())?;
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let stored = match entry.kind {
                    crate::catalogue::types::FieldType::Money => money(&text),
                    kind => crate::catalogue::stored(&text, kind),
                };
                let stored = stored.ok_or_else(|| format!("`{text}` is no value of `{name}`"))?;
                parameters = parameters
                    .with(name, code, stored, Date::constant(1970, 1, 1), None)
                    .map_err(|error| error.to_string())?;
            }
        }
        Ok(Reference {
            catalogue: reference.catalogue.clone(),
            regions: reference.regions.clone(),
            industries: reference.industries.clone(),
            parameters,
        })
    }
}

struct Judged {
    verdict: Verdict,
    missing: Vec<String>,
    fails: Vec<String>,
    amount: Amount,
}

fn judge(
    file: &CasesFile,
    case: &Case,
    policy: &Policy,
    program: &Program,
    reference: &Reference,
) -> Result<Judged, Vec<String>> {
    let mut typed: Typed = file.base.clone();
    typed.extend(case.set.clone());
    for name in &case.unset {
        typed.remove(name);
    }
    let mut builder = Builder::new(reference);
    let row = builder
        .add(policy.file.audience, &typed)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let world = builder.build();
    let as_of = case.as_of.unwrap_or(file.as_of);
    let known_at = file.known_at.unwrap_or(as_of);
    let dated = Dated::new(program, reference, as_of, known_at);
    let scalar = Scalar::new(&dated, &world);
    let Some((frame, row)) = world.of(policy.file.audience).locate(row) else {
        return Err(vec!["the case has no dossier".to_owned()]);
    };
    let subject = Dossier { frame, row };
    Ok(best(&scalar, policy, subject))
}

/// The best unit's judgement; without units nobody is there to qualify.
fn best<'a>(scalar: &Scalar<'a>, policy: &Policy, subject: Dossier<'a>) -> Judged {
    let mut best: Option<Judged> = None;
    for unit in matching::units(scalar, policy, subject) {
        let judged = if matches!(unit, Unit::Unseen) {
            let relation = policy
                .unit
                .map(|id| scalar.dated.reference.catalogue.relation_by_id(id).entry.name.clone());
            Judged {
                verdict: Verdict::Unknown,
                missing: relation.into_iter().collect(),
                fails: Vec::new(),
                amount: Amount::Unknown,
            }
        } else {
            let at = unit.at(subject);
            let verdict = matching::verdict(scalar, policy, &at);
            let missing = match verdict {
                Verdict::Unknown => {
                    Question::new(*scalar, at, policy.root).fewest().unwrap_or_default()
                }
                _ => Vec::new(),
            };
            let fails = matching::failing(scalar, policy, &at)
                .into_iter()
                .map(|condition| condition.id.clone())
                .collect();
            Judged { verdict, missing, fails, amount: matching::amount(scalar, policy, &at) }
        };
        if best.as_ref().is_none_or(|known| judged.verdict < known.verdict) {
            best = Some(judged);
        }
    }
    best.unwrap_or(Judged {
        verdict: Verdict::Ineligible,
        missing: Vec::new(),
        fails: Vec::new(),
        amount: Amount::None,
    })
}

fn disagreements(case: &Case, judged: &Judged, policy: &Policy) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    if case.expect != judged.verdict {
        let mut message =
            format!("expected {}, the rule gives {}", case.expect.name(), judged.verdict.name());
        if !judged.fails.is_empty() {
            message.push_str(&format!(" (fails: {})", judged.fails.join(", ")));
        }
        if !judged.missing.is_empty() {
            message.push_str(&format!(" (missing: {})", judged.missing.join(", ")));
        }
        wrong.push(("verdict", message));
        return wrong;
    }
    if let Some(expected) = &case.missing {
        let mut expected = expected.clone();
        expected.sort();
        if expected != judged.missing {
            wrong.push((
                "missing",
                format!(
                    "expected missing [{}], the rule finds [{}]",
                    expected.join(", "),
                    judged.missing.join(", ")
                ),
            ));
        }
    }
    if let Some(expected) = &case.fails {
        wrong.extend(wrong_fails(expected, judged, policy));
    }
    if let Some(expected) = &case.amount {
        let text = match expected {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match (money(&text), judged.amount) {
            (None, _) => wrong.push(("amount", format!("`{text}` is no sum in yuan"))),
            (Some(expected), Amount::Known(fen)) if expected == fen => {}
            (Some(_), amount) => {
                let got = match amount {
                    Amount::Known(fen) => format!("{} fen", fen),
                    Amount::Unknown => "an unknown sum".to_owned(),
                    Amount::None => "no sum".to_owned(),
                };
                wrong.push(("amount", format!("expected {text} yuan, the rule gives {got}")));
            }
        }
    }
    wrong
}

/// Expected ids may name a group or one of its members.
fn wrong_fails(
    expected: &[String],
    judged: &Judged,
    policy: &Policy,
) -> Option<(&'static str, String)> {
    let top: Vec<&Compiled> =
        policy.conditions.iter().filter(|condition| judged.fails.contains(&condition.id)).collect();
    let named = |condition: &Compiled| {
        let mut stack = vec![condition];
        while let Some(next) = stack.pop() {
            if expected.contains(&next.id) {
                return true;
            }
            stack.extend(next.kind.members());
        }
        false
    };
    let within = |id: &String| {
        top.iter().any(|condition| {
            let mut stack = vec![*condition];
            while let Some(next) = stack.pop() {
                if next.id == *id {
                    return true;
                }
                stack.extend(next.kind.members());
            }
            false
        })
    };
    let complete = top.iter().all(|condition| named(condition)) && expected.iter().all(within);
    (!complete).then(|| {
        (
            "fails",
            format!(
                "expected to fail [{}], the rule fails [{}]",
                expected.join(", "),
                judged.fails.join(", ")
            ),
        )
    })
}
