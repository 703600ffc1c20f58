//! PDF files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhida_store::document::{Format, read};

fuzz_target!(|bytes: &[u8]| {
    let mut file = b"%PDF-1.4\n".to_vec();
    file.extend_from_slice(bytes);
    let _ = read(bytes, Some(Format::Pdf));
    let _ = read(&file, None);
});
