//! Web pages and plain text in any encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhida_store::document::{Format, read};

fuzz_target!(|bytes: &[u8]| {
    for hint in [Some(Format::Html), Some(Format::Text), None] {
        let _ = read(bytes, hint);
    }
});
