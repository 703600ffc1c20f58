//! Records and cells of CSV files, at the edges of blocks and quotes.

use super::*;

/// All cells of all columns, and the broken records.
fn read_all(text: &[u8]) -> (Vec<Vec<String>>, Vec<u32>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("t.csv"), text).unwrap();
    let mut file = open(dir.path(), "t", Encoding::Utf8).unwrap();
    let wanted: Vec<Option<usize>> = (0..file.columns.len()).map(Some).collect();
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    while let Some(block) = file.next_block().unwrap() {
        let batch = block.cut(&wanted, wanted.len());
        for row in 0..batch.rows() {
            rows.push((0..wanted.len()).map(|column| batch.cell(column, row).to_owned()).collect());
        }
        broken.extend(batch.broken.iter().map(|(record, _)| *record));
    }
    (rows, broken)
}

#[test]
fn quotes_line_breaks_and_empty_cells() {
    let (rows, broken) =
        read_all(b"a,b,c\n1,,3\r\n\"x,y\",\"line\nbreak\",\"say \"\"hi\"\"\"\n\n4,5,6");
    assert!(broken.is_empty());
    assert_eq!(rows, [["1", "", "3"], ["x,y", "line\nbreak", "say \"hi\""], ["4", "5", "6"]]);
}

#[test]
fn an_open_quote_spoils_its_line_only() {
    let (rows, broken) = read_all(b"a,b\n\"1,2\n3,4\n5,\"6\"\n7,8\"9\n1,2\n");
    assert_eq!(broken, [2, 5]);
    assert_eq!(rows, [["3", "4"], ["5", "6"], ["1", "2"]]);
}

#[test]
fn records_across_blocks_stay_whole() {
    let mut text = b"a,b\n".to_vec();
    for number in 0..600_000 {
        text.extend(format!("{number},\"{number}\nx\"\n").into_bytes());
    }
    let (rows, broken) = read_all(&text);
    assert!(broken.is_empty());
    assert_eq!(rows.len(), 600_000);
    assert_eq!(rows[599_999], ["599999", "599999\nx"]);
}

#[test]
fn too_few_and_too_many_cells() {
    let (rows, broken) = read_all(b"a,b\n1\n1,2,3\n1,2\n");
    assert_eq!((rows.len(), broken), (1, vec![2, 3]));
}

#[test]
fn an_empty_file_has_no_header() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("t.csv"), b"").unwrap();
    assert!(matches!(open(dir.path(), "t", Encoding::Utf8), Err(ReadError::Header { .. })));
}
