//! Word documents: broken packages, and sound ones around broken words.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use zhida_store::document::{Format, read};
use zip::{ZipWriter, write::SimpleFileOptions};

fuzz_target!(|bytes: &[u8]| {
    let _ = read(bytes, Some(Format::Docx));
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for part in ["[Content_Types].xml", "word/document.xml", "word/numbering.xml"] {
        package.start_file(part, options).expect("a part opens");
        package.write_all(bytes).expect("a part takes bytes");
    }
    let package = package.finish().expect("a package closes");
    let _ = read(package.get_ref(), None);
});
