//! Looks for what compiles but cannot be meant: quotes that are not in the
//! text, conditions that can never be met or never fail, tiers that leave a
//! gap or are never reached, versions that overlap, policies without cases.

use jiff::civil::Date;
use serde_saphyr::Spanned;

use crate::{
    diagnostic::{Diagnostic, Place, Severity},
    domain::{SubjectKind, Tri},
    frame::World,
    policy::file::{Condition, PolicyFile},
    reference::Reference,
    rules::{
        dated::{Dated, next_day},
        ir::{Atom, Graph, NodeId, Num},
        missing::{Found, Question, atoms_below},
        place,
        program::{Compiled, CompiledKind, Policy, Program, Source, members},
        scalar::{At, Dossier, Member, Scalar},
        values::{Builder, Typed},
    },
};

/// Longest time one question to the solver may take is bounded by its budget;
/// the day on which rules are examined when a policy names none.
const DEFAULT_DAY: Date = Date::constant(2026, 3, 31);

/// Every finding about the policies of a program. `sources` are their files and
/// those of other policies that they may name.
#[must_use]
pub fn lint(
    program: &Program,
    sources: &[Source],
    cases: &[Source],
    reference: &Reference,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let world = unknown_world(reference);
    let absent = absent(program, sources);
    for policy in &program.policies {
        let text = sources.iter().find(|source| source.name == policy.source);
        let mut lint = Lint { policy, findings: &mut findings };
        if let Some(text) = text {
            lint.quotes(text);
        }
        lint.identity(program, &absent, reference);
        lint.has_cases(cases);
        lint.truths(program, reference, &world);
    }
    versions(program, &absent, &mut findings);
    findings
}

/// The day on which a rule is examined: the latest on which it applies, but none
/// for which no parameters are known yet.
#[must_use]
pub fn examined_on(file: &PolicyFile) -> Date {
    let day = file.valid.to.unwrap_or(DEFAULT_DAY).min(DEFAULT_DAY);
    day.max(file.valid.from.unwrap_or(day))
}

/// Ids of the policies that are written but not in the program, because they
/// have errors of their own or are not checked now: who names one is right
/// nevertheless. They are read off the line of the id, because the rest of
/// such a file may not be readable.
fn absent<'a>(program: &Program, sources: &'a [Source]) -> Vec<&'a str> {
    let compiled =
        |source: &Source| program.policies.iter().any(|policy| policy.source == source.name);
    sources
        .iter()
        .filter(|source| !compiled(source))
        .filter_map(|source| source.text.lines().find_map(|line| line.strip_prefix("id:")))
        .filter_map(|value| value.split(" #").next())
        .map(|id| id.trim().trim_matches(['\u{22}', '\u{27}']))
        .collect()
}

/// One dossier of each kind of which nothing is known.
fn unknown_world(reference: &Reference) -> World {
    let mut builder = Builder::new(reference);
    for kind in SubjectKind::ALL {
        // An empty dossier cannot be refused.
        let _ = builder.add(kind, &Typed::new());
    }
    builder.build()
}

struct Lint<'a> {
    policy: &'a Policy,
    findings: &'a mut Vec<Diagnostic>,
}

impl Lint<'_> {
    fn find(
        &mut self,
        severity: Severity,
        place: Place,
        code: &'static str,
        subject: &str,
        message: String,
        help: &str,
    ) {
        self.findings.push(Diagnostic {
            file: self.policy.source.clone(),
            place,
            severity,
            code,
            message,
            subject: subject.to_owned(),
            help: help.to_owned(),
        });
    }

    /// Every leaf quotes words that stand in the article it names.
    fn quotes(&mut self, source: &Source) {
        let file = &self.policy.file;
        let mut stack: Vec<&Spanned<Condition>> = file.conditions.iter().rev().collect();
        let mut wrong = Vec::new();
        while let Some(condition) = stack.pop() {
            let below = members(&condition.value);
            if below.is_empty()
                && let Some(finding) = quote_fault(file, condition, source)
            {
                wrong.push((condition.value.id.clone(), finding));
            }
            stack.extend(below.into_iter().rev());
        }
        for (id, (place, code, message, help)) in wrong {
            let subject = format!("condition `{id}`");
            self.find(Severity::Error, place, code, &subject, message, help);
        }
    }

    fn identity(&mut self, program: &Program, absent: &[&str], reference: &Reference) {
        let file = &self.policy.file;
        let known = |id: &str| {
            program.policies.iter().any(|policy| policy.key.id == id) || absent.contains(&id)
        };
        let mut wrong = Vec::new();
        for id in file.excludes.iter().chain(&file.stacks).chain(&file.implies) {
            if !known(&id.value) {
                let message = format!("no policy has the id `{}`", id.value);
                wrong.push((place::of(id), "unknown_policy", message, "correct the id"));
            }
        }
        let start = place::of(&file.id);
        if let (Some(from), Some(to)) = (file.valid.from, file.valid.to)
            && from > to
        {
            let message = format!("it ends on {to}, before it begins on {from}");
            wrong.push((start, "validity", message, "correct `valid`"));
        }
        if let Some(code) = &file.benefit_code {
            let list = reference
                .catalogue
                .field(file.audience, "benefits")
                .and_then(|field| field.codes.clone());
            if list.is_some_and(|list| list.position(code).is_none()) {
                let message = format!("`{code}` is no code of the benefits received");
                let help = "add it to the code list of `benefits` in the catalogue";
                wrong.push((start, "unknown_code", message, help));
            }
        }
        for (place, code, message, help) in wrong {
            self.find(Severity::Error, place, code, "", message, help);
        }
    }

    fn has_cases(&mut self, cases: &[Source]) {
        let beside = self.policy.source.replace(".yaml", ".cases.yaml");
        if !cases.iter().any(|source| source.name == beside) {
            let message = "there are no cases beside the policy".to_owned();
            let help = "write examples with their verdicts into `<file>.cases.yaml`";
            let start = place::of(&self.policy.file.id);
            self.find(Severity::Warning, start, "no_cases", "", message, help);
        }
    }

    /// What the solver says about conditions and tiers.
    fn truths(&mut self, program: &Program, reference: &Reference, world: &World) {
        let policy = self.policy;
        let mut graph = program.graph.clone();
        let (reached, gap) = tier_nodes(policy, &mut graph);
        let examined = Program {
            graph,
            policies: Vec::new(),
            manuals: program.manuals.clone(),
            traits: Default::default(),
        };
        let day = examined_on(&policy.file);
        let dated = Dated::new(&examined, reference, day, day);
        let scalar = Scalar::new(&dated, world);
        let Some(at) = unknown_at(policy, reference, world) else { return };
        let ask = |node: NodeId, wanted: Tri| Question::new(scalar, at, node).witness(wanted);
        for condition in policy.all_conditions() {
            if matches!(condition.kind, CompiledKind::When(_)) {
                self.condition(condition, &ask);
                self.bound(condition, &scalar);
            }
        }
        if ask(policy.root, Tri::True) == Found::No {
            let message = "no dossier can meet all conditions together".to_owned();
            let help = "two conditions contradict each other";
            let start = place::of(&policy.file.id);
            self.find(Severity::Error, start, "never_met", "", message, help);
        }
        self.tiers(&reached, gap, &ask);
    }

    /// Tiers that are never reached, and a gap between them.
    fn tiers(&mut self, reached: &[NodeId], gap: NodeId, ask: &dyn Fn(NodeId, Tri) -> Found) {
        let policy = self.policy;
        for ((tier, written), node) in
            policy.tiers.iter().zip(&policy.file.benefit.tiers).zip(reached)
        {
            if ask(*node, Tri::True) == Found::No {
                let message = "earlier tiers leave nothing for it".to_owned();
                let help = "put the narrower tier first, or correct the bounds";
                let subject = format!("tier `{}`", tier.0);
                let at = place::of(&written.when);
                self.find(Severity::Error, at, "tier_overlap", &subject, message, help);
            }
        }
        if !policy.tiers.is_empty()
            && policy.amount.is_none()
            && let Found::Yes(_) = ask(gap, Tri::True)
        {
            let message = "somebody can qualify and fall into no tier".to_owned();
            let help = "close the gap between the tiers, or give a plain `amount` for the rest";
            let at = policy.file.benefit.tiers.first().map(|tier| place::of(&tier.when));
            self.find(
                Severity::Warning,
                at.unwrap_or_default(),
                "tier_gap",
                "tiers",
                message,
                help,
            );
        }
    }

    fn condition(&mut self, condition: &Compiled, ask: &dyn Fn(NodeId, Tri) -> Found) {
        let subject = format!("condition `{}`", condition.id);
        let start = self.place_of(&condition.id);
        if ask(condition.node, Tri::True) == Found::No {
            let message = "no value of the data can meet it".to_owned();
            let help = "correct the bounds: two parts contradict each other";
            self.find(Severity::Error, start, "never_met", &subject, message, help);
        }
        if ask(condition.node, Tri::False) == Found::No {
            let message = "no value of the data can fail it".to_owned();
            let help = "leave it out, or correct the bounds";
            self.find(Severity::Error, start, "never_fails", &subject, message, help);
        }
    }

    /// A threshold says how it is known whether its bound is included.
    fn bound(&mut self, condition: &Compiled, scalar: &Scalar<'_>) {
        let graph = &scalar.dated.program.graph;
        let threshold = atoms_below(scalar, condition.node).into_iter().any(|atom| {
            matches!(graph.atom(atom), Atom::Compare(_, left, right)
                if [left, right].iter().any(|side| matches!(graph.num(**side), Num::Literal(..))))
        });
        let written = find_condition(&self.policy.file, &condition.id);
        if threshold && written.is_some_and(|written| written.value.bound.is_none()) {
            let subject = format!("condition `{}`", condition.id);
            let message = "it has a threshold and does not say how its bound is known".to_owned();
            let help =
                "add `bound: explicit`, `document`, `law_family`, `next_tier` or `civil_code`";
            let start = self.place_of(&condition.id);
            self.find(Severity::Warning, start, "bound", &subject, message, help);
        }
    }

    fn place_of(&self, id: &str) -> Place {
        place_of(&self.policy.file, id)
    }
}

/// Where a condition stands in its file.
#[must_use]
pub fn place_of(file: &PolicyFile, id: &str) -> Place {
    find_condition(file, id).map(place::of).unwrap_or_default()
}

fn find_condition<'f>(file: &'f PolicyFile, id: &str) -> Option<&'f Spanned<Condition>> {
    let mut stack: Vec<&Spanned<Condition>> = file.conditions.iter().collect();
    while let Some(condition) = stack.pop() {
        if condition.value.id == id {
            return Some(condition);
        }
        stack.extend(members(&condition.value));
    }
    None
}

type QuoteFault = (Place, &'static str, String, &'static str);

fn quote_fault(
    file: &PolicyFile,
    condition: &Spanned<Condition>,
    source: &Source,
) -> Option<QuoteFault> {
    let written = &condition.value;
    let (Some(quote), Some(article)) = (&written.quote, &written.article) else {
        let message = "it does not quote the words it stands for".to_owned();
        let help = "add `article` and `quote`";
        return Some((place::of(condition), "no_quote", message, help));
    };
    let words: Vec<&str> = file
        .text
        .iter()
        .filter(|entry| entry.value.article == *article)
        .map(|entry| entry.value.words.as_str())
        .collect();
    let at = place::within(&source.text, quote, &(0..quote.value.len()));
    if words.is_empty() {
        let message = format!("the text has no article `{article}`");
        return Some((at, "unknown_article", message, "correct the article or complete the text"));
    }
    let squeeze = |text: &str| text.split_whitespace().collect::<String>();
    let found = words.iter().any(|words| squeeze(words).contains(&squeeze(&quote.value)));
    (!found || quote.value.trim().is_empty()).then(|| {
        let message = format!("`{}` does not stand in {article}", quote.value);
        (at, "quote_not_found", message, "quote the words exactly as they stand there")
    })
}

/// Names that stand for a dossier, and a unit, of which nothing is known.
fn unknown_at<'a>(policy: &Policy, reference: &Reference, world: &'a World) -> Option<At<'a>> {
    let (frame, row) = world.of(policy.file.audience).locate(0)?;
    let mut at = At::subject(frame, row);
    if let Some(unit) = policy.unit {
        let target = reference.catalogue.relation_by_id(unit).entry.target;
        let (frame, row) = world.of(target).locate(0)?;
        let dossier = Dossier { frame, row };
        at.unit = Some(Member { dossier, target: 0, since: i32::MIN, until: i32::MAX });
    }
    Some(at)
}

/// Who reaches each tier, the earlier ones not applying, and who qualifies and
/// falls into none.
fn tier_nodes(policy: &Policy, graph: &mut Graph) -> (Vec<NodeId>, NodeId) {
    let mut before: Vec<NodeId> = Vec::new();
    let mut reached = Vec::new();
    for (_, when, _) in &policy.tiers {
        let none = graph.or(before.clone());
        let none = graph.not(none);
        reached.push(graph.and([policy.root, none, *when]));
        before.push(*when);
    }
    let any = graph.or(before);
    let no_tier = graph.not(any);
    (reached, graph.and([policy.root, no_tier]))
}

/// Versions of one policy follow each other without overlap or gap.
fn versions(program: &Program, absent: &[&str], findings: &mut Vec<Diagnostic>) {
    for policy in &program.policies {
        if absent.contains(&policy.key.id.as_str()) {
            // Which version follows which is seen once all of them are in the program.
            continue;
        }
        let found = [superseded(program, policy), succession(program, policy)];
        for (severity, code, message, help) in found.into_iter().flatten() {
            findings.push(Diagnostic {
                file: policy.source.clone(),
                place: place::of(&policy.file.id),
                severity,
                code,
                message,
                subject: format!("version `{}`", policy.key.version),
                help: help.to_owned(),
            });
        }
    }
}

/// Severity, code, message and help of a finding about a version.
type VersionFault = (Severity, &'static str, String, &'static str);

/// The version it says it supersedes exists.
fn superseded(program: &Program, policy: &Policy) -> Option<VersionFault> {
    let older = policy.file.supersedes.as_ref()?;
    let exists = program
        .policies
        .iter()
        .any(|other| other.key.id == policy.key.id && other.key.version == *older);
    (!exists).then(|| {
        let message = format!("it supersedes version `{older}`, which does not exist");
        let help = "correct `supersedes`, or add that version";
        (Severity::Error, "unknown_version", message, help)
    })
}

/// It ends on the day before the next version begins.
fn succession(program: &Program, policy: &Policy) -> Option<VersionFault> {
    let next = program
        .policies
        .iter()
        .filter(|other| other.key.id == policy.key.id && other.key.case == policy.key.case)
        .filter(|other| other.key.version != policy.key.version)
        .filter(|other| other.file.valid.from >= policy.file.valid.from)
        .min_by_key(|other| other.file.valid.from)?;
    let supersedes = next.file.supersedes.as_ref() == Some(&policy.key.version);
    let version = &next.key.version;
    match (policy.file.valid.to, next.file.valid.from) {
        (Some(to), Some(from)) if from <= to && !supersedes => {
            let message = format!("version `{version}` is in force from {from} already");
            let help = "end this one the day before, or say `supersedes` there";
            Some((Severity::Warning, "validity_overlap", message, help))
        }
        (None, Some(from)) if !supersedes => {
            let message =
                format!("version `{version}` is in force from {from}, and this one never ends");
            let help = "give this one a last day, or say `supersedes` there";
            Some((Severity::Warning, "validity_overlap", message, help))
        }
        (Some(to), Some(from)) if from > next_day(to) => {
            let message = format!("no version is in force between {to} and {from}");
            let help = "check the dates; a real gap may stand";
            Some((Severity::Warning, "validity_gap", message, help))
        }
        _ => None,
    }
}
