//! One policy, one dossier, and the changes in words.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::{
    catalogue,
    domain::{IndustryTable, RegionTable, SubjectKind},
    frame::World,
    office::upcoming::{Change, Days, Outlook},
    policy::Parameters,
    reference::Reference,
    rules::{
        program::{Program, Source},
        scalar::Dossier,
        values::{Builder, Typed},
    },
};

const CATALOGUE: &str = include_str!("../../../rules/tests/definitions.yaml");
const PARAMETERS: &str = include_str!("../../../rules/tests/parameters.yaml");
const REGIONS: &str = include_str!("../../../../../data-samples/regions.csv");
const INDUSTRIES: &str = include_str!("../../../../../data-samples/industries.csv");

/// The small catalogue, read once.
pub(super) fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let regions = RegionTable::from_csv(REGIONS).unwrap();
        let catalogue = catalogue::read("catalogue.yaml", CATALOGUE).unwrap();
        let parameters =
            Parameters::read("parameters.yaml", PARAMETERS, &catalogue, &regions).unwrap();
        let industries = IndustryTable::from_csv(INDUSTRIES).unwrap();
        Reference { catalogue, regions, industries, parameters }
    })
}

/// A policy with these conditions, `c1` and so on, and these keys beside the usual.
pub(super) fn policy(conditions: &[&str], more: &Value) -> Source {
    let mut file = json!({
        "id": "test", "version": "1", "title": "试验", "document": { "issuer": "部门" },
        "level": "national", "region": "000000", "audience": "citizen", "valid": {},
        "route": "apply", "contact": { "department": "部门" }, "status": "demonstration",
        "text": [{ "article": "一", "words": "试验" }],
        "benefit": { "kind": "service", "summary": "试验", "per": "none" },
        "conditions": conditions.iter().enumerate().map(|(at, text)| json!({
            "id": format!("c{}", at + 1), "article": "一", "quote": "试验", "when": text,
        })).collect::<Vec<_>>(),
    });
    for (key, value) in more.as_object().unwrap() {
        file[key] = value.clone();
    }
    let name = format!("{}-{}.yaml", file["id"], file["version"]);
    Source { name, text: file.to_string() }
}

/// Compiles policies that must be sound.
pub(super) fn program(sources: &[Source]) -> Program {
    let (program, findings) = Program::compile(sources, reference());
    assert!(findings.is_empty(), "{findings:#?}");
    program
}

/// A world of these dossiers of one kind.
pub(super) fn world(kind: SubjectKind, dossiers: &[Value]) -> World {
    let mut builder = Builder::new(reference());
    for given in dossiers {
        let typed: Typed = given.as_object().unwrap().clone().into_iter().collect();
        builder.add(kind, &typed).unwrap_or_else(|errors| panic!("{given}: {errors:?}"));
    }
    builder.build()
}

/// Every change of everybody, in order.
pub(super) fn all(outlook: &Outlook<'_>) -> Vec<Change> {
    let mut found = Vec::new();
    let run: Result<(), ()> = outlook.run(&|_| {}, &mut |changes| {
        found.extend(changes);
        Ok(())
    });
    run.unwrap();
    found
}

/// A change in words: day, both states, and why.
pub(super) fn words(outlook: &Outlook<'_>, change: &Change) -> String {
    let told = outlook.describe(change);
    let because: Vec<&str> = told.because.iter().map(|reason| reason.name()).collect();
    let ends = if told.data_ends { " data-ends" } else { "" };
    let state = |state: crate::office::upcoming::State| match state.window() {
        Some(window) if window.name() != "open" => format!("{}/{}", state.name(), window.name()),
        _ => state.name().to_owned(),
    };
    format!("{} {} -> {} {}{ends}", told.day, state(told.from), state(told.to), because.join(" "))
}

/// What is asked: a citizen unless the policy says otherwise.
pub(super) struct Ask<'t> {
    pub(super) conditions: &'t [&'t str],
    pub(super) more: Value,
    pub(super) given: Value,
    pub(super) from: Date,
    pub(super) ahead: usize,
}

impl<'t> Ask<'t> {
    pub(super) fn new(condition: &'t [&'t str], given: Value, from: Date, ahead: usize) -> Self {
        Ask { conditions: condition, more: json!({}), given, from, ahead }
    }

    pub(super) fn with(self, more: Value) -> Self {
        Ask { more, ..self }
    }

    /// The changes in words, found for everybody and for the subject alone.
    pub(super) fn changes(&self) -> Vec<String> {
        let program = program(&[policy(self.conditions, &self.more)]);
        let kind = program.policies[0].file.audience;
        let world = world(kind, std::slice::from_ref(&self.given));
        let days = Days::new(&program, reference(), self.from, self.from, self.ahead);
        let outlook = Outlook::new(&days, &world, |_| true);
        let (frame, row) = world.of(kind).locate(0).unwrap();
        let alone = outlook.subject(0, Dossier { frame, row });
        let own = frame.key(row);
        let together: Vec<Change> =
            all(&outlook).into_iter().filter(|change| change.subject == own).collect();
        assert_eq!(together, alone);
        alone.iter().map(|change| words(&outlook, change)).collect()
    }
}

/// Asserts the changes of one question.
pub(super) fn expect(ask: &Ask<'_>, changes: &[&str]) {
    assert_eq!(ask.changes(), changes, "{:?} of {}", ask.conditions, ask.given);
}
