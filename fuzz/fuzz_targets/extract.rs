//! Structure and extraction of any text: spans inside it, words its own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhida_model::text::extract::extract;

fuzz_target!(|text: &str| {
    let chars: Vec<char> = text.chars().collect();
    for item in extract("fuzz", text) {
        let words: String = chars[item.start..item.end].iter().collect();
        assert_eq!(item.text, words);
        assert!(item.clause_start <= item.start && item.end <= item.clause_end);
    }
});
