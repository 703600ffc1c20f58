//! Opens a CSV file, plain or gzip, and reads its header.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use encoding_rs::GB18030;
use flate2::read::MultiGzDecoder;
use zhida_model::catalogue::types::Encoding;
use zhida_model::domain::trim_spaces;

use super::{ReadError, lines::Lines};

/// The columns of the header, and the records behind it.
pub(super) fn open(
    path: &Path,
    gzip: bool,
    encoding: Encoding,
) -> Result<(Vec<String>, Lines), ReadError> {
    let file =
        File::open(path).map_err(|source| ReadError::Io { path: path.to_owned(), source })?;
    let reader: Box<dyn Read + Send> = match gzip {
        true => Box::new(MultiGzDecoder::new(std::io::BufReader::with_capacity(1 << 18, file))),
        false => Box::new(file),
    };
    let mut lines = Lines::new(path.to_owned(), reader, encoding);
    let fail =
        |problem: &str| ReadError::Header { path: path.to_owned(), problem: problem.to_owned() };
    let header = lines
        .header()?
        .ok_or_else(|| fail("the file is empty: write a header line with the column names"))?;
    let header = header.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&header);
    if header.starts_with(b"\xFF\xFE") || header.starts_with(b"\xFE\xFF") {
        return Err(fail("it is UTF-16: save it as UTF-8, or as GBK and declare `encoding: gbk`"));
    }
    let text = match encoding {
        Encoding::Utf8 => std::str::from_utf8(header).map(str::to_owned).ok(),
        Encoding::Gbk => {
            GB18030.decode_without_bom_handling_and_without_replacement(header).map(Into::into)
        }
    };
    let text = text.ok_or_else(|| match encoding {
        Encoding::Utf8 => {
            fail("it is not UTF-8: save it as UTF-8, or declare `encoding: gbk` for the table")
        }
        Encoding::Gbk => {
            fail("it is not GBK: save it as GBK, or drop `encoding: gbk` from the table")
        }
    })?;
    let columns: Vec<String> = names(&text);
    lines.set_width(columns.len());
    Ok((columns, lines))
}

/// Column names: quotes and outer spaces dropped.
fn names(header: &str) -> Vec<String> {
    let clean = |name: &str| {
        let name = trim_spaces(name);
        let inner = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        inner.unwrap_or(name).replace("\"\"", "\"")
    };
    header.split(',').map(clean).collect()
}
