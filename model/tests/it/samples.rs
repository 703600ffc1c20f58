//! The sample policies, all of them: they compile, the linter has nothing to
//! say, and every case agrees.

use zhida_model::rules::{
    cases, lint,
    program::{Program, Source},
};

use crate::support::{lines, read, root, samples};

fn sources(ending: impl Fn(&str) -> bool) -> Vec<Source> {
    let folder = std::fs::read_dir(root().join("data-samples/policies")).expect("the policies");
    let mut names: Vec<String> = folder
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| ending(name))
        .collect();
    names.sort();
    names
        .into_iter()
        .map(|name| Source { text: read(&format!("data-samples/policies/{name}")), name })
        .collect()
}

#[test]
fn every_policy_agrees_with_its_cases() {
    let policies = sources(|name| name.ends_with(".yaml") && !name.ends_with(".cases.yaml"));
    let files = sources(|name| name.ends_with(".cases.yaml"));
    let (program, mut findings) = Program::compile(&policies, samples());
    findings.extend(lint::lint(&program, &policies, &files, samples()));
    let (mut count, mut passed) = (0, 0);
    for file in &files {
        let report = cases::run(file, &policies, samples());
        count += report.cases;
        passed += report.passed;
        findings.extend(report.findings);
    }
    assert!(findings.is_empty(), "{}", lines(&findings));
    assert_eq!((program.policies.len(), passed), (policies.len(), count));
    assert!(count > 10 * policies.len(), "{count} cases of {} policies", policies.len());
}
