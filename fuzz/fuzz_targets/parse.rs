//! `zhida parse` of every kind: an answer for any line, with spans inside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhida_model::text::parse::{Kind, parse};

fuzz_target!(|line: &str| {
    let length = line.chars().count();
    for kind in Kind::ALL {
        let answer = parse(kind, line, None);
        if let (Some(start), Some(end)) = (answer.start, answer.end) {
            assert!(start < end && end <= length, "{kind:?}: {start}..{end} of {length}");
        }
    }
});
