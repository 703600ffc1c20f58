//! Whole policies, compiled: every file is checked, every condition lowered
//! into one shared graph. A file with errors is left out and reported; the
//! others stay usable.

use serde::Serialize;
use serde_saphyr::Spanned;

use crate::{
    catalogue::{
        Relation,
        yaml::{self, Form},
    },
    diagnostic::{Diagnostic, Place, Severity},
    domain::RegionCode,
    policy::file::{CaseType, Condition, PolicyFile, Status},
    reference::Reference,
    rules::{
        check::{Audience, Checker, Fault, ManualClause},
        ir::{Graph, NodeId, NumId},
        place,
        traits::{self, Trait},
    },
};

/// A text file with the name its findings are reported under.
#[derive(Debug, Clone)]
pub struct Source {
    /// Name for messages, usually the path.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Every policy that compiled, over one graph.
#[derive(Debug, Default)]
pub struct Program {
    /// The shared graph.
    pub graph: Graph,
    /// The policies, ordered by id, version and case.
    pub policies: Vec<Policy>,
    /// Clauses that a person judges, by their number in the graph.
    pub manuals: Vec<ManualClause>,
    /// By [`crate::domain::SubjectKind::index`]: what subjects are, for the ranking.
    pub traits: [Vec<Trait>; 2],
}

/// What identifies one version of one policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PolicyKey {
    /// Id.
    pub id: String,
    /// Version.
    pub version: String,
    /// Case type.
    pub case: CaseType,
}

/// One compiled policy.
#[derive(Debug)]
pub struct Policy {
    /// Its key.
    pub key: PolicyKey,
    /// The file as written.
    pub file: PolicyFile,
    /// Name of the file.
    pub source: String,
    /// Region of the issuer.
    pub region: RegionCode,
    /// The relation whose members are the units.
    pub unit: Option<crate::catalogue::RelationId>,
    /// All conditions together.
    pub root: NodeId,
    /// The conditions, in the order of the file.
    pub conditions: Vec<Compiled>,
    /// Sum in fen, where one can be told.
    pub amount: Option<NumId>,
    /// Tiers in order: label, condition, sum.
    pub tiers: Vec<(String, NodeId, NumId)>,
    /// Highest sum.
    pub cap: Option<NumId>,
}

/// One compiled condition or group.
#[derive(Debug)]
pub struct Compiled {
    /// Its id.
    pub id: String,
    /// Article of the quoted words.
    pub article: Option<String>,
    /// The quoted words.
    pub quote: Option<String>,
    /// What decides it.
    pub kind: CompiledKind,
    /// Its truth node.
    pub node: NodeId,
}

/// What decides a condition.
#[derive(Debug)]
pub enum CompiledKind {
    /// An expression.
    When(String),
    /// A person, who answers this question.
    Manual(String),
    /// One of these.
    Any(Vec<Compiled>),
    /// All of these.
    All(Vec<Compiled>),
    /// At least so many of these.
    AtLeast(usize, Vec<Compiled>),
}

impl CompiledKind {
    /// The members of a group.
    #[must_use]
    pub fn members(&self) -> &[Compiled] {
        match self {
            CompiledKind::When(_) | CompiledKind::Manual(_) => &[],
            CompiledKind::Any(members)
            | CompiledKind::All(members)
            | CompiledKind::AtLeast(_, members) => members,
        }
    }
}

impl Policy {
    /// Every condition, groups before their members.
    pub fn all_conditions(&self) -> impl Iterator<Item = &Compiled> {
        let mut stack: Vec<&Compiled> = self.conditions.iter().rev().collect();
        std::iter::from_fn(move || {
            let next = stack.pop()?;
            stack.extend(next.kind.members().iter().rev());
            Some(next)
        })
    }
}

impl Program {
    /// Position of a policy by key.
    #[must_use]
    pub fn find(&self, id: &str, version: &str, case: CaseType) -> Option<usize> {
        self.policies.iter().position(|policy| {
            policy.key.id == id && policy.key.version == version && policy.key.case == case
        })
    }

    /// An error for every draft (`status: draft`): nobody has confirmed it, so
    /// nobody is judged by it. Whoever matches or serves asks here first.
    #[must_use]
    pub fn drafts(&self) -> Vec<Diagnostic> {
        let drafts = self.policies.iter().filter(|policy| policy.file.status == Status::Draft);
        drafts
            .map(|policy| Diagnostic {
                file: policy.source.clone(),
                place: place::of(&policy.file.id),
                severity: Severity::Error,
                code: "draft",
                message: format!("`{}` is a draft that nobody has confirmed", policy.key.id),
                subject: String::new(),
                help: "review it and change its `status`".to_owned(),
            })
            .collect()
    }

    /// Compiles files. Every finding of every file is returned beside what compiled.
    #[must_use]
    pub fn compile(sources: &[Source], reference: &Reference) -> (Program, Vec<Diagnostic>) {
        Program::compile_with(sources, reference, false)
    }

    /// [`Program::compile`] for files that are to be compared: two of them may
    /// be the same version of the same policy.
    #[must_use]
    pub fn compile_apart(sources: &[Source], reference: &Reference) -> (Program, Vec<Diagnostic>) {
        Program::compile_with(sources, reference, true)
    }

    fn compile_with(
        sources: &[Source],
        reference: &Reference,
        apart: bool,
    ) -> (Program, Vec<Diagnostic>) {
        let mut program = Program::default();
        let mut findings = derived_fields(reference);
        let mut parsed = Vec::new();
        for source in sources {
            match yaml::parse::<PolicyFile>(&source.name, &source.text, Form::Policy) {
                Ok(file) => parsed.push((source, file)),
                Err(found) => findings.extend(found),
            }
        }
        parsed.sort_by_cached_key(|(_, file)| key_of(file));
        for (source, file) in parsed {
            let mut compile = Compile {
                program: &mut program,
                reference,
                source,
                findings: Vec::new(),
                unit: None,
                apart,
            };
            let policy = compile.policy(file);
            let found = compile.findings;
            let broken = found.iter().any(|finding| finding.severity == Severity::Error);
            findings.extend(found);
            if let Some(policy) = policy.filter(|_| !broken) {
                program.policies.push(policy);
            }
        }
        program.traits = traits::compile(&mut program.graph, reference);
        (program, findings)
    }
}

fn key_of(file: &PolicyFile) -> PolicyKey {
    PolicyKey { id: file.id.value.clone(), version: file.version.clone(), case: file.case }
}

/// Findings about the expressions of derived fields.
fn derived_fields(reference: &Reference) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for field in reference.catalogue.fields() {
        let Some(derived) = &field.derived else { continue };
        let (mut graph, mut manuals) = (Graph::default(), Vec::new());
        let audience = Audience { subject: field.subject, unit: None };
        let checker = Checker::new(reference.lookup(), audience, &mut graph, &mut manuals);
        for fault in checker.derived(field, &derived.text).err().unwrap_or_default() {
            findings.push(Diagnostic {
                file: "catalogue.yaml".to_owned(),
                place: derived.place,
                severity: Severity::Error,
                code: fault.code,
                message: fault.message,
                subject: format!("field `{}`", field.name),
                help: fault.help,
            });
        }
    }
    findings
}

struct Compile<'a> {
    program: &'a mut Program,
    reference: &'a Reference,
    source: &'a Source,
    findings: Vec<Diagnostic>,
    unit: Option<&'a Relation>,
    /// Whether the same version may stand in two files.
    apart: bool,
}

impl<'a> Compile<'a> {
    fn report(
        &mut self,
        place: Place,
        code: &'static str,
        subject: &str,
        message: String,
        help: &str,
    ) {
        self.findings.push(Diagnostic {
            file: self.source.name.clone(),
            place,
            severity: Severity::Error,
            code,
            message,
            subject: subject.to_owned(),
            help: help.to_owned(),
        });
    }

    fn policy(&mut self, file: PolicyFile) -> Option<Policy> {
        let key = key_of(&file);
        if !self.apart && self.program.find(&key.id, &key.version, key.case).is_some() {
            let message = format!("`{}` version `{}` stands in two files", key.id, key.version);
            self.report(
                place::of(&file.id),
                "duplicate_policy",
                "",
                message,
                "change the version of one",
            );
        }
        self.id(&file);
        let region = self.region(&file);
        self.unit = self.unit_of(&file);
        let subject = file.audience;
        let conditions: Vec<Compiled> = file
            .conditions
            .iter()
            .filter_map(|condition| self.condition(condition, subject))
            .collect();
        if file.conditions.is_empty() {
            let help = "write at least one condition, or a `manual` one";
            let message = "the policy has no condition: it would fit everybody".to_owned();
            self.report(place::of(&file.id), "no_condition", "", message, help);
        }
        self.unique_ids(&file);
        let root = {
            let nodes: Vec<NodeId> = conditions.iter().map(|condition| condition.node).collect();
            self.program.graph.and(nodes)
        };
        let benefit = &file.benefit;
        let amount = benefit.amount.as_ref().and_then(|text| self.money(text, "amount", subject));
        let cap = benefit.cap.as_ref().and_then(|text| self.money(text, "cap", subject));
        let tiers = benefit
            .tiers
            .iter()
            .filter_map(|tier| {
                let subject_text = format!("tier `{}`", tier.label);
                let when = self.truth(&tier.when, &subject_text, subject);
                let amount = self.money(&tier.amount, &subject_text, subject);
                Some((tier.label.clone(), when?, amount?))
            })
            .collect();
        let unit = self.unit.map(|relation| relation.id);
        let source = self.source.name.clone();
        Some(Policy {
            key,
            source,
            region: region?,
            unit,
            root,
            conditions,
            amount,
            tiers,
            cap,
            file,
        })
    }

    fn id(&mut self, file: &PolicyFile) {
        let id = &file.id.value;
        let part = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if !id.split('-').all(part) {
            let message = format!("`{id}` is no id of a policy");
            let help = "write lower-case English words or numbers joined by hyphens, for example `elder-allowance`";
            self.report(place::of(&file.id), "policy_id", "id", message, help);
        }
    }

    fn region(&mut self, file: &PolicyFile) -> Option<RegionCode> {
        let code = RegionCode::parse(&file.region.value).ok();
        let code = code.filter(|code| self.reference.regions.index(*code).is_some());
        if code.is_none() {
            let message = format!("`{}` is no region", file.region.value);
            let help = "use a six-digit code of GB/T 2260 in quotes; \"000000\" is the nation";
            self.report(place::of(&file.region), "unknown_region", "region", message, help);
        }
        code
    }

    fn unit_of(&mut self, file: &PolicyFile) -> Option<&'a Relation> {
        let written = file.unit.as_ref().filter(|unit| unit.value != "subject")?;
        let reference: &'a Reference = self.reference;
        let relation = reference.catalogue.relation(file.audience, &written.value);
        if relation.is_none() {
            let message = format!("`{}` is no relation of {}", written.value, file.audience);
            let help = "name a relation of the catalogue, or leave `unit` out";
            self.report(place::of(written), "unknown_relation", "unit", message, help);
        }
        relation
    }

    fn unique_ids(&mut self, file: &PolicyFile) {
        let mut seen = Vec::new();
        let mut stack: Vec<&Spanned<Condition>> = file.conditions.iter().collect();
        while let Some(condition) = stack.pop() {
            let id = &condition.value.id;
            if seen.contains(id) {
                let message = format!("the id `{id}` stands twice");
                let help = "give every condition its own id";
                self.report(place::of(condition), "duplicate_condition", id, message, help);
            }
            seen.push(id.clone());
            stack.extend(members(&condition.value));
        }
    }

    fn condition(
        &mut self,
        written: &Spanned<Condition>,
        subject: crate::domain::SubjectKind,
    ) -> Option<Compiled> {
        let condition = &written.value;
        let forms = [
            condition.when.is_some(),
            condition.manual.is_some(),
            !condition.any.is_empty(),
            !condition.all.is_empty(),
            condition.at_least.is_some(),
        ];
        if forms.iter().filter(|present| **present).count() != 1 {
            let message =
                "exactly one of `when`, `manual`, `any`, `all`, `at_least` is needed".to_owned();
            let help = "split the condition, or complete it";
            self.report(place::of(written), "condition_form", &condition.id, message, help);
            return None;
        }
        let (kind, node) = if let Some(text) = &condition.when {
            let subject_text = format!("condition `{}`", condition.id);
            let node = self.truth(text, &subject_text, subject)?;
            (CompiledKind::When(text.value.clone()), node)
        } else if let Some(question) = &condition.manual {
            let number = u32::try_from(self.program.manuals.len()).unwrap_or(u32::MAX);
            self.program.manuals.push(ManualClause { question: question.value.clone() });
            let node = self.program.graph.manual(number);
            (CompiledKind::Manual(question.value.clone()), node)
        } else {
            self.group(condition, subject)?
        };
        Some(Compiled {
            id: condition.id.clone(),
            article: condition.article.clone(),
            quote: condition.quote.as_ref().map(|quote| quote.value.clone()),
            kind,
            node,
        })
    }

    fn group(
        &mut self,
        condition: &Condition,
        subject: crate::domain::SubjectKind,
    ) -> Option<(CompiledKind, NodeId)> {
        let written = members(condition);
        let compiled: Vec<Compiled> =
            written.iter().filter_map(|member| self.condition(member, subject)).collect();
        if compiled.len() != written.len() {
            return None;
        }
        let nodes: Vec<NodeId> = compiled.iter().map(|member| member.node).collect();
        let graph = &mut self.program.graph;
        Some(if !condition.any.is_empty() {
            (CompiledKind::Any(compiled), graph.or(nodes))
        } else if !condition.all.is_empty() {
            (CompiledKind::All(compiled), graph.and(nodes))
        } else {
            let count = condition.at_least.as_ref().map_or(0, |group| group.count);
            (CompiledKind::AtLeast(count, compiled), graph.at_least(count, nodes))
        })
    }

    fn checker(&mut self, subject: crate::domain::SubjectKind) -> Checker<'_> {
        let audience = Audience { subject, unit: self.unit };
        let program = &mut *self.program;
        Checker::new(self.reference.lookup(), audience, &mut program.graph, &mut program.manuals)
    }

    fn truth(
        &mut self,
        text: &Spanned<String>,
        subject_text: &str,
        subject: crate::domain::SubjectKind,
    ) -> Option<NodeId> {
        let result = self.checker(subject).condition(&text.value);
        self.faults(result, text, subject_text)
    }

    fn money(
        &mut self,
        text: &Spanned<String>,
        subject_text: &str,
        subject: crate::domain::SubjectKind,
    ) -> Option<NumId> {
        let result = self.checker(subject).money(&text.value);
        self.faults(result, text, subject_text)
    }

    fn faults<T>(
        &mut self,
        result: Result<T, Vec<Fault>>,
        text: &Spanned<String>,
        subject_text: &str,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(faults) => {
                for fault in faults {
                    let place = place::within(&self.source.text, text, &fault.span);
                    self.report(place, fault.code, subject_text, fault.message, &fault.help);
                }
                None
            }
        }
    }
}

/// The members of a written group.
#[must_use]
pub fn members(condition: &Condition) -> Vec<&Spanned<Condition>> {
    let at_least = condition.at_least.iter().flat_map(|group| &group.of);
    condition.any.iter().chain(&condition.all).chain(at_least).collect()
}
