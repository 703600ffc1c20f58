//! The small catalogue, and one question about one dossier at a time.

use std::sync::OnceLock;

use jiff::civil::{Date, date};
use serde_json::Value;

use crate::{
    catalogue,
    diagnostic::Diagnostic,
    domain::{IndustryTable, Number, RegionTable, SubjectKind, Tri},
    frame::World,
    policy::Parameters,
    reference::Reference,
    rules::{
        check::{Audience, Checker, Fault},
        dated::Dated,
        ir::{Graph, NodeId, NumId},
        missing::Question,
        program::{Program, Source},
        scalar::{At, Manual, Scalar},
        values::{Builder, Typed},
    },
};

pub(super) const CATALOGUE: &str = include_str!("definitions.yaml");
const PARAMETERS: &str = include_str!("parameters.yaml");
const REGIONS: &str = include_str!("../../../../data-samples/regions.csv");
const INDUSTRIES: &str = include_str!("../../../../data-samples/industries.csv");

/// The day judged unless a test says otherwise.
pub(super) const TODAY: Date = date(2026, 3, 31);

/// A reference over another catalogue.
pub(super) fn reference_of(text: &str) -> Reference {
    let regions = RegionTable::from_csv(REGIONS).unwrap();
    let industries = IndustryTable::from_csv(INDUSTRIES).unwrap();
    let catalogue =
        catalogue::read("catalogue.yaml", text).unwrap_or_else(|found| panic!("{}", lines(&found)));
    let parameters = Parameters::read("parameters.yaml", PARAMETERS, &catalogue, &regions)
        .unwrap_or_else(|found| panic!("{}", lines(&found)));
    Reference { catalogue, regions, industries, parameters }
}

/// The small catalogue, read once.
pub(super) fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| reference_of(CATALOGUE))
}

/// Findings, one after the other, as they are printed.
pub(super) fn lines<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A JSON object as a dossier.
pub(super) fn typed(given: Value) -> Typed {
    match given {
        Value::Object(map) => map.into_iter().collect(),
        other => panic!("`{other}` is no dossier"),
    }
}

/// What is asked, of whom, on which day.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    kind: SubjectKind,
    given: Typed,
    as_of: Date,
    known_at: Date,
    unit: Option<&'static str>,
}

/// A question about a citizen.
pub(super) fn citizen(given: Value) -> Ask {
    Ask {
        kind: SubjectKind::Citizen,
        given: typed(given),
        as_of: TODAY,
        known_at: TODAY,
        unit: None,
    }
}

/// A question about an enterprise.
pub(super) fn enterprise(given: Value) -> Ask {
    Ask { kind: SubjectKind::Enterprise, ..citizen(given) }
}

impl Ask {
    /// On another day, known that day.
    pub(super) fn on(self, day: Date) -> Ask {
        Ask { as_of: day, known_at: day, ..self }
    }

    /// With data up to an earlier day.
    pub(super) fn known(self, day: Date) -> Ask {
        Ask { known_at: day, ..self }
    }

    /// About the first member of a relation.
    pub(super) fn unit(self, relation: &'static str) -> Ask {
        Ask { unit: Some(relation), ..self }
    }

    fn compile<T>(
        &self,
        lower: impl FnOnce(Checker<'_>) -> Result<T, Vec<Fault>>,
    ) -> Result<(Program, T), Vec<Fault>> {
        let (mut graph, mut manuals) = (Graph::default(), Vec::new());
        let unit = self.unit.map(|name| reference().catalogue.relation(self.kind, name).unwrap());
        let audience = Audience { subject: self.kind, unit };
        let checker = Checker::new(reference().lookup(), audience, &mut graph, &mut manuals);
        let id = lower(checker)?;
        Ok((Program { graph, policies: Vec::new(), manuals, traits: Default::default() }, id))
    }

    fn with<T>(&self, program: &Program, body: impl FnOnce(&Scalar<'_>, &At<'_>) -> T) -> T {
        let mut builder = Builder::new(reference());
        let row = builder
            .add(self.kind, &self.given)
            .unwrap_or_else(|errors| panic!("{}", lines(&errors)));
        let world: World = builder.build();
        let dated = Dated::new(program, reference(), self.as_of, self.known_at);
        let scalar = Scalar::new(&dated, &world);
        let (frame, row) = world.of(self.kind).locate(row).unwrap();
        let mut at = At::subject(frame, row);
        if let Some(name) = self.unit {
            let relation = reference().catalogue.relation(self.kind, name).unwrap();
            at.unit = scalar.related(relation.id, at.subject).0.first().copied();
        }
        body(&scalar, &at)
    }

    fn node<T>(&self, expression: &str, body: impl FnOnce(&Scalar<'_>, &At<'_>, NodeId) -> T) -> T {
        let (program, node) = self
            .compile(|checker| checker.condition(expression))
            .unwrap_or_else(|faults| panic!("`{expression}`: {faults:?}"));
        self.with(&program, |scalar, at| body(scalar, at, node))
    }

    /// Truth with manual clauses open.
    pub(super) fn truth(&self, expression: &str) -> Tri {
        self.node(expression, |scalar, at, node| scalar.node(node, at, Manual::Open))
    }

    /// Truth with manual clauses open and met.
    pub(super) fn both(&self, expression: &str) -> (Tri, Tri) {
        self.node(expression, |scalar, at, node| {
            (scalar.node(node, at, Manual::Open), scalar.node(node, at, Manual::Met))
        })
    }

    /// The fewest missing data.
    pub(super) fn missing(&self, expression: &str) -> Option<Vec<String>> {
        self.node(expression, |scalar, at, node| Question::new(*scalar, *at, node).fewest())
    }

    /// A sum in fen, rounded down.
    pub(super) fn fen(&self, expression: &str) -> Option<i64> {
        self.number(expression).and_then(Number::floor)
    }

    /// A sum, exact.
    pub(super) fn number(&self, expression: &str) -> Option<Number> {
        let (program, num): (Program, NumId) = self
            .compile(|checker| checker.money(expression))
            .unwrap_or_else(|faults| panic!("`{expression}`: {faults:?}"));
        self.with(&program, |scalar, at| scalar.num(num, at))
    }

    /// Every fault of a condition: code, words it points at, message, help.
    pub(super) fn faults(&self, expression: &str) -> Vec<Fault> {
        self.compile(|checker| checker.condition(expression)).err().unwrap_or_default()
    }
}

/// Asserts the truth of several expressions.
pub(super) fn check(ask: &Ask, table: &[(&str, Tri)]) {
    for (expression, expected) in table {
        assert_eq!(ask.truth(expression), *expected, "`{expression}` for {:?}", ask.given);
    }
}

/// A policy of citizens with these lines in the place of conditions and benefit.
pub(super) fn policy(id: &str, more: &str, conditions: &str) -> String {
    let benefit = if more.contains("benefit:") {
        String::new()
    } else {
        "benefit: {kind: service, summary: 服务, per: none}\n".to_owned()
    };
    let mut text = format!("id: {id}\n");
    for (key, line) in [
        ("version", "version: \"1\""),
        ("title", "title: 测试"),
        ("document", "document: {issuer: 测试}"),
        ("level", "level: national"),
        ("region", "region: \"000000\""),
        ("audience", "audience: citizen"),
        ("valid", "valid: {from: 2020-01-01}"),
        ("route", "route: apply"),
        ("contact", "contact: {department: 测试}"),
        ("status", "status: demonstration"),
        ("text", "text: [{article: 第一条, words: 凡符合条件的人员均可申请。}]"),
    ] {
        let given = more.lines().any(|own| own.split(':').next() == Some(key));
        if !given {
            text.push_str(line);
            text.push('\n');
        }
    }
    format!("{text}{more}{benefit}conditions:\n{conditions}")
}

/// A condition that quotes the standard text.
pub(super) fn when(id: &str, expression: &str) -> String {
    format!(
        "  - {{id: {id}, article: 第一条, quote: 符合条件, bound: explicit, when: '{}'}}\n",
        expression.replace('\'', "''")
    )
}

/// A file of a policy under the name of its id.
pub(super) fn source(id: &str, text: String) -> Source {
    Source { name: format!("{id}.yaml"), text }
}

/// Compiles policies that must be sound.
pub(super) fn program(sources: &[Source]) -> Program {
    let (program, findings) = Program::compile(sources, reference());
    assert!(findings.is_empty(), "{}", lines(&findings));
    program
}

/// Findings of files that need not be sound.
pub(super) fn findings(sources: &[Source]) -> Vec<Diagnostic> {
    Program::compile(sources, reference()).1
}
