//! The small catalogue, expressions of it, and everybody there can be.

use std::sync::OnceLock;

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::{
    catalogue,
    domain::{IndustryTable, RegionTable, SubjectKind, Tri},
    office::proofs::{Answer, Question, Wanted},
    policy::Parameters,
    reference::Reference,
    rules::{
        check::{Audience, Checker},
        dated::Dated,
        ir::{Graph, NodeId},
        program::{Program, Source},
        scalar::{At, Manual, Scalar},
        values::{Builder, Typed},
    },
};

const CATALOGUE: &str = include_str!("definitions.yaml");
const PARAMETERS: &str = "parameters:
  - { name: line, region: \"330000\", from: 2020-01-01, value: \"1\", source: 测试 }
  - { name: line, region: \"330100\", from: 2020-01-01, to: 2026-06-30, value: \"3\", source: 测试 }
  - { name: line, region: \"110000\", from: 2020-01-01, value: \"2\", source: 测试 }
";

pub(super) const TODAY: Date = date(2026, 3, 31);

pub(super) fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let regions =
            RegionTable::from_csv(include_str!("../../../../../data-samples/regions.csv")).unwrap();
        let industries =
            IndustryTable::from_csv(include_str!("../../../../../data-samples/industries.csv"))
                .unwrap();
        let catalogue = catalogue::read("catalogue.yaml", CATALOGUE)
            .unwrap_or_else(|found| panic!("{found:#?}"));
        let parameters = Parameters::read("parameters.yaml", PARAMETERS, &catalogue, &regions)
            .unwrap_or_else(|found| panic!("{found:#?}"));
        Reference { catalogue, regions, industries, parameters }
    })
}

fn compile(expression: &str) -> (Program, NodeId) {
    let (mut graph, mut manuals) = (Graph::default(), Vec::new());
    let audience = Audience { subject: SubjectKind::Citizen, unit: None };
    let checker = Checker::new(reference().lookup(), audience, &mut graph, &mut manuals);
    let node =
        checker.condition(expression).unwrap_or_else(|faults| panic!("`{expression}`: {faults:?}"));
    (Program { graph, policies: Vec::new(), manuals, traits: Default::default() }, node)
}

/// Somebody for whom an expression has the truth.
pub(super) fn ask(expression: &str, truth: bool) -> Answer {
    let (program, node) = compile(expression);
    let dated = Dated::new(&program, reference(), TODAY, TODAY);
    let wanted = vec![Wanted { node, unit: None, truth }];
    let kind = SubjectKind::Citizen;
    Question { dated: &dated, kind, units: Vec::new(), wanted, near: None }.answer()
}

/// Asserts that somebody can meet, or nobody.
pub(super) fn decides(table: &[(&str, bool)]) {
    for (expression, met) in table {
        let answer = ask(expression, true);
        let right = if *met { answer.profile().is_some() } else { answer.is_none() };
        assert!(right, "`{expression}`: {answer:?}");
    }
}

/// Which of these dossiers give an expression truth or falsehood.
pub(super) fn tried(expression: &str, dossiers: &[Typed]) -> [bool; 2] {
    let (program, node) = compile(expression);
    let mut builder = Builder::new(reference());
    let rows: Vec<u32> =
        dossiers.iter().map(|typed| builder.add(SubjectKind::Citizen, typed).unwrap()).collect();
    let world = builder.build();
    let dated = Dated::new(&program, reference(), TODAY, TODAY);
    let scalar = Scalar::new(&dated, &world);
    let mut found = [false; 2];
    for row in rows {
        let (frame, row) = world.of(SubjectKind::Citizen).locate(row).unwrap();
        match scalar.node(node, &At::subject(frame, row), Manual::Met) {
            Tri::False => found[0] = true,
            Tri::True => found[1] = true,
            Tri::Unknown => {}
        }
    }
    found
}

/// Every dossier with a value of each list.
pub(super) fn everybody(fields: &[(&str, Vec<Value>)]) -> Vec<Typed> {
    let mut all = vec![Typed::new()];
    for (name, values) in fields {
        all = all
            .iter()
            .flat_map(|typed| {
                values.iter().map(move |value| {
                    let mut typed = typed.clone();
                    typed.insert((*name).to_owned(), value.clone());
                    typed
                })
            })
            .collect();
    }
    all
}

/// Every list of up to `most` of these, the order not counting.
pub(super) fn lists(of: &[Value], most: usize) -> Vec<Value> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    let mut last = all.clone();
    for _ in 0..most {
        last = last
            .iter()
            .flat_map(|list| {
                let first = list.last().copied().unwrap_or(0);
                (first..of.len()).map(move |next| [list.as_slice(), &[next]].concat())
            })
            .collect();
        all.extend(last.clone());
    }
    all.into_iter().map(|list| list.into_iter().map(|at| of[at].clone()).collect()).collect()
}

pub(super) fn numbers(values: std::ops::RangeInclusive<i64>) -> Vec<Value> {
    values.map(|value| json!(value)).collect()
}

/// A policy of citizens with these lines, and a condition for each expression;
/// `|` before one quotes words of its own.
pub(super) fn policy(name: &str, more: &str, conditions: &[(&str, &str)]) -> Source {
    let mut text = format!(
        "{more}title: 测试\ndocument: {{issuer: 测试}}\nlevel: national\nregion: \"000000\"\n\
         route: apply\ncontact: {{department: 测试}}\nstatus: demonstration\n\
         text: [{{article: 第一条, words: 凡符合条件的人员均可申请。}}]\n\
         benefit: {{kind: service, summary: 服务, per: none}}\nconditions:\n"
    );
    for (key, line) in [
        ("id:", format!("id: {name}\n")),
        ("version:", "version: \"1\"\n".to_owned()),
        ("audience:", "audience: citizen\n".to_owned()),
        ("valid:", "valid: {from: 2020-01-01}\n".to_owned()),
    ] {
        if !more.lines().any(|own| own.starts_with(key)) {
            text.insert_str(0, &line);
        }
    }
    for (id, rule) in conditions {
        let (quote, rule) = match rule.split_once('|') {
            Some((quote, rule)) if !quote.contains('"') && !rule.starts_with('|') => (quote, rule),
            _ => ("符合条件", *rule),
        };
        let head = format!("  - {{id: {id}, article: 第一条, quote: {quote}, bound: explicit");
        text.push_str(&match rule.strip_prefix("raw:") {
            Some(raw) => format!("  - {{id: {id}, {raw}}}\n"),
            None => format!("{head}, when: '{rule}'}}\n"),
        });
    }
    Source { name: format!("{name}.yaml"), text }
}

pub(super) fn program(sources: &[Source]) -> Program {
    let (program, findings) = Program::compile(sources, reference());
    assert!(findings.is_empty(), "{findings:#?}");
    program
}
