//! The commands of the README and of the guides are run as they stand: every
//! block that is marked `<!-- run -->`, in order, in one shell and one empty
//! folder. The policy that a guide writes on the way is written there too.

use std::{fs, process::Command};

use crate::support::{root, world};

/// The marked blocks of a text.
fn marked(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "<!-- run -->" {
            assert_eq!(lines.next(), Some("```sh"), "a block follows each mark");
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

fn runs(name: &str) {
    let text = fs::read_to_string(root().join(name)).unwrap();
    let blocks = marked(&text);
    assert!(blocks.len() >= 2, "{name} has {} marked blocks", blocks.len());
    run(name, &blocks.join("\n"));
}

/// Runs a script beside the samples and tells what it printed.
fn run(name: &str, script: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("data-samples"), dir.path().join("data-samples"))
        .unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_zhida")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-eu", "-c", script])
        .current_dir(dir.path())
        .env("PATH", path)
        .env_remove("ZHIDA_DEFINITIONS")
        .env_remove("ZHIDA_STATE")
        .output()
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name}: {out}\n{err}");
    out.into_owned()
}

/// The blocks of a language tag, put together.
fn written(text: &str, tag: &str) -> String {
    let open = format!("```{tag}\n");
    let blocks = text.split(&open).skip(1);
    blocks.map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_commands_of_the_readme_run() {
    runs("README.md");
}

#[test]
fn the_commands_of_the_chinese_readme_run() {
    runs("README.zh-CN.md");
}

/// From the empty folder to the inbox, with the policy of the page.
#[test]
fn the_commands_of_the_policy_guide_run() {
    let name = "docs/policies.md";
    let text = fs::read_to_string(root().join(name)).unwrap();
    let blocks = marked(&text);
    let (copy, rest) = blocks.split_first().unwrap();
    assert!(rest.len() >= 6, "{name} has {} marked blocks", blocks.len());
    let file = |ending: &str, tag: &str| {
        let at = format!("definitions/policies/hangzhou-double-ninth-gift-2026.{ending}");
        assert!(text.contains(&format!("`{at}`")), "{name} does not say to create {at}");
        format!("cat > {at} <<'END'\n{}END\n", written(&text, tag))
    };
    let files = file("yaml", "yaml policy") + &file("cases.yaml", "yaml cases");
    let out = run(name, &format!("{copy}\n{files}\n{}", rest.join("\n")));
    // What the page shows of the output is what the commands print.
    for line in written(&text, "text").lines() {
        assert!(out.contains(line), "`{line}` is not in:\n{out}");
    }
    assert!(out.contains("1 policy, 16 of 16 cases agree"), "{out}");
    assert!(out.contains("结论：符合"), "the person of the page qualifies: {out}");
}

/// What the page shows of the table is what the command prints.
#[test]
fn the_commands_of_the_page_on_looking_ahead_run() {
    let name = "docs/upcoming.md";
    let text = fs::read_to_string(root().join(name)).unwrap();
    let blocks = marked(&text);
    assert_eq!(blocks.len(), 2, "{name}");
    let out = run(name, &blocks.join("\n"));
    let shown = written(&text, "text");
    assert!(shown.lines().count() >= 4, "{shown}");
    for line in shown.lines() {
        assert!(out.contains(line), "`{line}` is not in:\n{out}");
    }
}

/// What the page shows of the tables is what the commands print.
#[test]
fn the_commands_of_the_page_for_offices_run() {
    let name = "docs/office.md";
    let text = fs::read_to_string(root().join(name)).unwrap();
    let blocks = marked(&text);
    assert_eq!(blocks.len(), 5, "{name}");
    let out = run(name, &blocks.join("\n"));
    let shown = written(&text, "text");
    assert!(shown.lines().count() >= 10, "{shown}");
    for line in shown.lines() {
        assert!(out.contains(line), "`{line}` is not in:\n{out}");
    }
}

/// From tables to a judged order.
#[test]
fn the_commands_of_the_page_on_the_order_run() {
    let name = "docs/ranking.md";
    let text = fs::read_to_string(root().join(name)).unwrap();
    let out = run(name, &marked(&text).join("\n"));
    assert!(out.contains("0 findings") && out.contains("scores alone"), "{out}");
}

/// What the page shows of the figures is what the commands print.
#[test]
fn the_commands_of_the_page_on_evaluation_run() {
    let name = "docs/evaluation.md";
    let text = fs::read_to_string(root().join(name)).unwrap();
    let blocks = marked(&text);
    assert!(blocks.len() >= 3, "{name}");
    let out = run(name, &blocks.join("\n"));
    let shown = written(&text, "text");
    assert!(shown.lines().count() >= 50, "{shown}");
    for line in shown.lines() {
        assert!(out.contains(line), "`{line}` is not in:\n{out}");
    }
}

#[test]
fn the_commands_of_the_catalogue_guide_run() {
    runs("docs/catalogue.md");
}

/// Every reason that a row or cell can be rejected for, and every column of the
/// quality report, is explained.
#[test]
fn the_catalogue_guide_explains_the_quality_report() {
    let text = fs::read_to_string(root().join("docs/catalogue.md")).unwrap();
    let source = fs::read_to_string(root().join("pipeline/src/build/fault.rs")).unwrap();
    let names: Vec<&str> = source
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("Fault::")?.split_once("=> \"")?.1.strip_suffix("\",")
        })
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(text.contains(&format!("| `{name}` |")), "`{name}` is not explained");
    }
    let report = world().join("quality.json");
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    for key in report["tables"][0].as_object().unwrap().keys() {
        let known = ["table", "label", "owner"].contains(&key.as_str());
        assert!(known || text.contains(&format!("`{key}`")), "`{key}` is not explained");
    }
}

#[test]
fn every_file_the_documents_point_at_is_there() {
    for name in ["README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for part in text.split("](").skip(1) {
            let target = part.split([')', '#']).next().unwrap();
            if !target.is_empty() && !target.contains("://") {
                assert!(root().join(target).exists(), "{name} points at `{target}`");
            }
        }
    }
}
