//! The sample definitions, and the fenced blocks of a document.

use std::{path::PathBuf, sync::OnceLock};

use zhida_model::{
    catalogue,
    domain::{IndustryTable, RegionTable},
    policy::Parameters,
    reference::Reference,
};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the workspace.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A reference of the sample definitions with other texts of catalogue and parameters.
pub(crate) fn reference_with(catalogue_text: &str, parameters_text: &str) -> Reference {
    let regions = RegionTable::from_csv(&read("data-samples/regions.csv")).expect("regions");
    let industries =
        IndustryTable::from_csv(&read("data-samples/industries.csv")).expect("industries");
    let catalogue = catalogue::read("catalogue.yaml", catalogue_text)
        .unwrap_or_else(|findings| panic!("{}", lines(&findings)));
    let parameters = Parameters::read("parameters.yaml", parameters_text, &catalogue, &regions)
        .unwrap_or_else(|findings| panic!("{}", lines(&findings)));
    Reference { catalogue, regions, industries, parameters }
}

/// The sample definitions, read once.
pub(crate) fn samples() -> &'static Reference {
    static SAMPLES: OnceLock<Reference> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        reference_with(&read("data-samples/catalogue.yaml"), &read("data-samples/parameters.yaml"))
    })
}

/// Several things, one a line.
pub(crate) fn lines<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A fenced block of a document.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// What stands behind the opening fence.
    pub(crate) tag: String,
    /// Line of the opening fence, 1-based.
    pub(crate) line: usize,
    /// What stands between the fences.
    pub(crate) text: String,
}

/// Every fenced block of a document whose tag begins with the word.
pub(crate) fn blocks(document: &str, word: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, text) in document.lines().enumerate() {
        match (text.strip_prefix("```"), open.as_mut()) {
            (Some(tag), None) => {
                open =
                    Some(Block { tag: tag.trim().to_owned(), line: line + 1, text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => {
                block.text.push_str(text);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed: {open:?}");
    blocks.retain(|block| block.tag.split_whitespace().next() == Some(word));
    blocks
}
