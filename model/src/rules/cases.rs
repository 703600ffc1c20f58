//! Runs the cases beside a policy. A case that disagrees is reported with the
//! words that decide it: either the rule or the case is wrong.

use jiff::civil::Date;
use serde_json::Value;

use crate::{
    catalogue::{
        self,
        types::FieldType,
        yaml::{self, Form, Text},
    },
    diagnostic::{Diagnostic, Place, Severity},
    domain::RegionCode,
    matching::{self, Amount, Unit},
    policy::{
        Parameters,
        cases::{Case, CasesFile, Verdict},
        file::CaseType,
    },
    reference::Reference,
    rules::{
        dated::Dated,
        missing::Question,
        place,
        program::{Compiled, Policy, Program, Source},
        scalar::{Dossier, Scalar},
        values::{Builder, Typed, money},
    },
};

/// What running a file of cases came to.
#[derive(Debug, Default)]
pub struct CasesReport {
    /// How many cases were run.
    pub cases: usize,
    /// How many agree.
    pub passed: usize,
    /// How many were not run: the policy, or what all cases share, has errors.
    pub not_run: usize,
    /// What is wrong with the cases. The policy's own errors are not repeated.
    pub findings: Vec<Diagnostic>,
}

/// Runs every case of a file against the policy that stands beside it.
#[must_use]
pub fn run(source: &Source, policies: &[Source], reference: &Reference) -> CasesReport {
    let mut report = CasesReport::default();
    let file = match yaml::parse::<CasesFile>(&source.name, &source.text, Form::Policy) {
        Ok(file) => file,
        Err(findings) => {
            report.findings = findings;
            return report;
        }
    };
    let beside = source.name.replace(".cases.yaml", ".yaml");
    let own: Vec<Source> =
        policies.iter().filter(|policy| policy.name == beside).cloned().collect();
    let (program, found) = Program::compile(&own, reference);
    let mut run = Run { source, file: &file, report };
    match program.find(&file.policy, &file.version, file.case) {
        Some(position) => {
            if let Some(policy) = program.policies.get(position) {
                run.all(policy, &program, reference);
            }
        }
        None => {
            run.report.not_run = file.cases.len();
            if !found.iter().any(|finding| finding.file == beside) {
                run.no_policy(&beside, &program);
            }
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

    /// The policy beside is another one, or there is none.
    fn no_policy(&mut self, beside: &str, program: &Program) {
        let wanted = key_name(&self.file.policy, &self.file.version, self.file.case);
        let at = Place { line: 1, column: 1, length: 0 };
        match program.policies.first().map(|policy| &policy.key) {
            Some(key) => {
                let there = key_name(&key.id, &key.version, key.case);
                let message = format!("the cases are for {wanted}, the policy beside is {there}");
                let help = "correct `policy`, `version` or `case` in one of the two files";
                self.find(at, "unknown_policy", "", message, help);
            }
            None => {
                let message = format!("there is no policy `{beside}` beside the cases");
                let help = "name the file of cases after the policy's, and check the policy's file";
                self.find(at, "unknown_policy", "", message, help);
            }
        }
    }

    fn all(&mut self, policy: &Policy, program: &Program, reference: &Reference) {
        let own = self.reference(reference);
        let base = self.base_is_sound(policy, reference);
        let Some(own) = own.filter(|_| base) else {
            self.report.not_run = self.file.cases.len();
            return;
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
                        self.find(at, "bad_value", &subject, error, VALUES);
                    }
                }
            }
            if self.report.findings.len() == before {
                self.report.passed += 1;
            }
        }
    }

    /// Whether every value of `base` fits its field. What does not is reported
    /// once, where it stands, and not with every case.
    fn base_is_sound(&mut self, policy: &Policy, reference: &Reference) -> bool {
        let text = Text::new(&self.source.text);
        let file = self.file;
        let before = self.report.findings.len();
        for (name, value) in &file.base {
            let alone = Typed::from([(name.clone(), value.clone())]);
            let added = Builder::new(reference).add(policy.file.audience, &alone);
            for error in added.err().unwrap_or_default() {
                let at = text.key("base", name);
                self.find(at, "bad_value", "base", error.to_string(), VALUES);
            }
        }
        self.report.findings.len() == before
    }

    /// The reference with the parameters that the file brings along; `None`
    /// when one of them is wrong, which is reported.
    fn reference(&mut self, reference: &Reference) -> Option<Reference> {
        let mut parameters = if self.file.parameters.is_empty() {
            reference.parameters.clone()
        } else {
            Parameters::empty()
        };
        let file = self.file;
        let text = Text::new(&self.source.text);
        let mut sound = true;
        for (name, values) in &file.parameters {
            for (region, value) in values {
                match parameter(parameters.clone(), name, region, value, reference) {
                    Ok(with) => parameters = with,
                    Err(message) => {
                        sound = false;
                        let at = text.key("parameters", name);
                        let help = "write `parameters: {name: {\"330100\": 1200}}`";
                        self.find(at, "bad_parameters", "parameters", message, help);
                    }
                }
            }
        }
        sound.then(|| Reference {
            catalogue: reference.catalogue.clone(),
            regions: reference.regions.clone(),
            industries: reference.industries.clone(),
            parameters,
        })
    }
}

/// Where values are explained.
const VALUES: &str = "see docs/policies.md for how values are written";

fn key_name(id: &str, version: &str, case: CaseType) -> String {
    match case {
        CaseType::NewClaim => format!("`{id}` version `{version}`"),
        CaseType::Recheck => format!("`{id}` version `{version}` (recheck)"),
    }
}

/// The parameters with one more value that a file of cases gives.
fn parameter(
    parameters: Parameters,
    name: &str,
    region: &str,
    value: &Value,
    reference: &Reference,
) -> Result<Parameters, String> {
    let Some(entry) = reference.catalogue.parameter(name) else {
        return Err(format!("`{name}` is no parameter of the catalogue"));
    };
    let code = RegionCode::parse(region).map_err(|error| error.to_string())?;
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let stored = match entry.kind {
        FieldType::Money => money(&text),
        kind => catalogue::stored(&text, kind),
    };
    let stored = stored.ok_or_else(|| format!("`{text}` is no value of `{name}`"))?;
    parameters
        .with(name, code, stored, Date::constant(1970, 1, 1), None)
        .map_err(|error| error.to_string())
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
        let at = unit.at(subject);
        let verdict = matching::unit_verdict(scalar, policy, &unit, subject);
        let judged = if matches!(unit, Unit::Unseen) && verdict == Verdict::Unknown {
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
    wrong.extend(case.amount.as_ref().and_then(|expected| wrong_amount(expected, judged.amount)));
    wrong
}

fn wrong_amount(expected: &Value, amount: Amount) -> Option<(&'static str, String)> {
    let text = match expected {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let message = match (money(&text), amount) {
        (None, _) => format!("`{text}` is no sum in yuan: write for example 3600 or \"10.79万\""),
        (Some(expected), Amount::Known(fen)) if expected == fen => return None,
        (Some(expected), amount) => {
            let got = match amount {
                Amount::Known(fen) => yuan(fen),
                Amount::Unknown => "an unknown sum".to_owned(),
                Amount::None => "no sum".to_owned(),
            };
            format!("expected {}, the rule gives {got}", yuan(expected))
        }
    };
    Some(("amount", message))
}

/// Fen as yuan, with fen behind the point where there are any.
fn yuan(fen: i64) -> String {
    let (sign, fen) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    match (fen / 100, fen % 100) {
        (whole, 0) => format!("{sign}{whole} yuan"),
        (whole, part) => format!("{sign}{whole}.{part:02} yuan"),
    }
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
