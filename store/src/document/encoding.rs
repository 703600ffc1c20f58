//! Characters out of bytes. A byte order mark decides; else UTF-8 if it is
//! valid, else what a web page declares, else GB 18030, which holds GBK and
//! GB 2312. No statistics: Chinese text that is valid UTF-8 by chance does not
//! occur beyond a few characters.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::ReadError;

/// A text and how it was written.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) name: &'static str,
    pub(super) notes: Vec<String>,
}

/// The characters of a file, its byte order mark left out.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, ReadError> {
    let marked = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some(UTF_8),
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        _ => None,
    };
    if marked.is_none() && is_binary(bytes) {
        return Err(ReadError::Binary { seen: format!("it begins with {}", beginning(bytes)) });
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text = text.trim_start_matches('\u{feff}').to_owned();
        return Ok(Decoded { text, name: UTF_8.name(), notes: Vec::new() });
    }
    let encoding = marked.or_else(|| declared(bytes)).unwrap_or(GB18030);
    let (text, encoding, faulty) = encoding.decode(bytes);
    let mut notes = Vec::new();
    if faulty {
        let wrong = text.chars().filter(|&symbol| symbol == '\u{fffd}').count();
        let all = text.chars().count();
        // GB 18030 has a place for almost any bytes; noise lands where no
        // characters are.
        let odd = text.chars().filter(|symbol| matches!(symbol, '\u{e000}'..='\u{f8ff}')).count();
        if wrong > 8 && wrong + odd > all / 20 {
            let seen = format!("{} of {all} characters are no {}", wrong + odd, encoding.name());
            return Err(ReadError::Binary { seen });
        }
        notes.push(format!("{wrong} characters are no valid {} and stand as �", encoding.name()));
    }
    Ok(Decoded { text: text.into_owned(), name: encoding.name(), notes })
}

/// The first bytes, for a message.
pub(super) fn beginning(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
    format!("the bytes {}", shown.join(" "))
}

/// Whether control characters occur that no text has.
fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(1 << 16)).unwrap_or_default();
    let control = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127);
    let controls = head.iter().filter(control).count();
    bytes.contains(&0) || controls > head.len() / 50 + 2
}

/// What a web page declares: `<meta charset="gbk">`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(4096))?.to_ascii_lowercase();
    let at = head.windows(8).position(|window| window == b"charset=")? + 8;
    let rest = head.get(at..)?;
    let quotes = rest.iter().take_while(|byte| matches!(byte, b'"' | b'\'' | b' ')).count();
    let rest = rest.get(quotes..)?;
    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    Encoding::for_label(rest.get(..length.count())?).filter(|&encoding| encoding != UTF_8)
}
