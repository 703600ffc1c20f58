//! The commands of the README are run as they stand: every block that is
//! marked `<!-- run -->`, in order, in one shell and one empty folder.

use std::{fs, process::Command};

use crate::support::root;

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
    assert!(blocks.len() >= 3, "{name} has {} marked blocks", blocks.len());
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("data-samples"), dir.path().join("data-samples"))
        .unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_zhida")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-eu", "-c", &blocks.join("\n")])
        .current_dir(dir.path())
        .env("PATH", path)
        .output()
        .unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name}: {out}\n{err}");
}

#[test]
fn the_commands_of_the_readme_run() {
    runs("README.md");
}

#[test]
fn the_commands_of_the_chinese_readme_run() {
    runs("README.zh-CN.md");
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
