//! Words of any text: tokens in order, inside it.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use zhida_model::text::segment::{Dictionary, Segmenter};

static SEGMENTER: OnceLock<Segmenter> = OnceLock::new();

fuzz_target!(|text: &str| {
    let segmenter = SEGMENTER.get_or_init(|| Segmenter::new(Dictionary::Policy));
    let length = text.chars().count();
    let mut last = 0;
    for token in segmenter.words(text) {
        assert!(token.start >= last && token.start < token.end && token.end <= length);
        last = token.start;
    }
    for token in segmenter.search_words(text) {
        assert!(token.start < token.end && token.end <= length);
    }
});
