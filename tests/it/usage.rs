//! Wrong usage: exit code 2 and the way to help; help and version work.

use crate::support::run;

const COMMANDS: [&str; 19] = [
    "demo", "synth", "check", "diff", "draft", "build", "match", "coverage", "simulate",
    "upcoming", "search", "extract", "evaluate", "explain", "sql", "push", "serve", "schema",
    "parse",
];

#[test]
fn wrong_usage_ends_with_two() {
    let wrong: [&[&str]; 17] = [
        &[],
        &["rank"],
        &["check", "--nonsense"],
        &["check", "--format", "xml"],
        &["diff", "only-one.yaml"],
        &["diff", "--policy", "nev-purchase-tax"],
        &["draft"],
        &["draft", "notice.txt", "--audience", "everybody"],
        &["build"],
        &["build", "--out", "x", "--known-at", "yesterday", "--key-file", "k"],
        &["match", "--data", "x", "--best", "-1"],
        &["explain", "only-one", "--data", "x"],
        &["serve", "--data", "x", "--bind", "nowhere"],
        &["sql", "tech-sme", "--dialect", "oracle"],
        &["parse"],
        &["parse", "--kind", "colour"],
        &["parse", "--kind", "date", "--reference-date", "yesterday"],
    ];
    for arguments in wrong {
        let run = run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}{}", run.out, run.err);
        assert!(
            run.err.contains("Usage:") || run.err.contains("--help"),
            "{arguments:?}: {}",
            run.err
        );
    }
}

#[test]
fn every_command_explains_itself() {
    let all = run(["--help"]).fine();
    for command in COMMANDS {
        assert!(all.out.contains(&format!("  {command} ")), "{command} is not in:\n{}", all.out);
        let own = run([command, "--help"]).fine();
        assert!(own.out.contains("Usage:"), "{}", own.out);
    }
    let version = run(["--version"]).fine();
    assert_eq!(version.out.trim(), concat!("zhida ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_schema_is_json() {
    for kind in ["catalogue", "policy", "cases", "parameters"] {
        let schema = run(["schema", kind]).fine().json();
        assert!(schema["properties"].is_object(), "{kind}");
    }
}

#[test]
fn a_closed_pipe_is_no_failure() {
    use std::process::Stdio;
    let mut child = crate::support::zhida()
        .args(["schema", "catalogue"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    crate::support::Run::of(&child.wait_with_output().unwrap());
}
