//! The SQL of every sample policy is accepted by DuckDB, over the tables that
//! the sample catalogue describes. Whether it says the right thing is the
//! business of the random policies.

use std::{fs, path::Path};

use jiff::civil::date;
use zhida_model::{
    catalogue,
    domain::{IndustryTable, RegionTable},
    policy::Parameters,
    reference::Reference,
    rules::{
        dated::Dated,
        program::{Program, Source},
        sql::{Dialect, policy_sql},
        values::Builder,
    },
};

use crate::{
    engine::{self, Query},
    world,
};

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn reference() -> Reference {
    let regions = RegionTable::from_csv(&read("regions.csv")).unwrap();
    let catalogue = catalogue::read("catalogue.yaml", &read("catalogue.yaml")).unwrap();
    let parameters =
        Parameters::read("parameters.yaml", &read("parameters.yaml"), &catalogue, &regions)
            .unwrap();
    let industries = IndustryTable::from_csv(&read("industries.csv")).unwrap();
    Reference { catalogue, regions, industries, parameters }
}

pub(crate) fn policies() -> Vec<Source> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data-samples/policies");
    let mut names: Vec<String> = fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".yaml") && !name.ends_with(".cases.yaml"))
        .collect();
    names.sort();
    names.into_iter().map(|name| Source { text: read(&format!("policies/{name}")), name }).collect()
}

#[test]
fn sql_of_every_sample_policy_is_accepted() {
    let Some(python) = engine::python(Dialect::DuckDb) else { return };
    let reference = reference();
    let (program, _) = Program::compile(&policies(), &reference);
    assert!(!program.policies.is_empty(), "no sample policy compiles");
    let dated = Dated::new(&program, &reference, date(2026, 7, 1), date(2026, 7, 1));
    let queries: Vec<Query> = program
        .policies
        .iter()
        .map(|policy| Query {
            name: policy.key.id.clone(),
            sql: policy_sql(&dated, policy, Dialect::DuckDb),
            columns: vec!["v0".to_owned(), "v1".to_owned()],
        })
        .collect();
    // A choice that is printed once for every choice around it doubles each time.
    let longest = queries.iter().max_by_key(|query| query.sql.len()).expect("there is one");
    assert!(longest.sql.len() < 100_000, "{} fills {} bytes", longest.name, longest.sql.len());
    let world = Builder::new(&reference).build();
    let tables = world::tables(&reference, &world);
    let answers = engine::run(&python, Dialect::DuckDb, &tables, &queries)
        .unwrap_or_else(|error| panic!("{error}"));
    eprintln!("{} sample policies", answers.len());
    assert_eq!(answers.len(), queries.len());
}
