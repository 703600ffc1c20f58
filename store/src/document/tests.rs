use std::io::Write;

use zip::write::SimpleFileOptions;

use super::*;

/// A Word file with that body and numbering.
fn docx(body: &str, numbering: Option<&str>) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let space = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let options = SimpleFileOptions::default();
    file.start_file("word/document.xml", options).unwrap();
    write!(file, "<?xml version=\"1.0\"?><w:document {space}><w:body>{body}</w:body></w:document>")
        .unwrap();
    if let Some(numbering) = numbering {
        file.start_file("word/numbering.xml", options).unwrap();
        write!(file, "<w:numbering {space}>{numbering}</w:numbering>").unwrap();
    }
    file.finish().unwrap().into_inner()
}

fn paragraph(words: &str) -> String {
    format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>")
}

/// A PDF of one page whose font has the character map `UniGB-UCS2-H`.
fn pdf(content: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H \
         /DescendantFonts [6 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /SimSun \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
            .to_owned(),
    ];
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push(bytes.len());
        write!(bytes, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let start = bytes.len();
    write!(bytes, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(bytes, "{place:010} 00000 n ").unwrap();
    }
    let size = objects.len() + 1;
    write!(bytes, "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").unwrap();
    bytes
}

/// A string at a place, as a PDF writes it.
fn shown(x: u32, y: u32, words: &str) -> String {
    let hex: String = words.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("BT /F1 12 Tf 1 0 0 1 {x} {y} Tm <{hex}> Tj ET\n")
}

fn text(bytes: &[u8], hint: Option<Format>) -> String {
    read(bytes, hint).unwrap().text
}

fn problem(bytes: &[u8], hint: Option<Format>) -> String {
    read(bytes, hint).unwrap_err().to_string()
}

#[test]
fn plain_text_keeps_every_character() {
    let words = "第一条\t 本办法自２０２６年起施行。\r\n\u{3000}（一）〔2026〕2号\n";
    let found = read(words.as_bytes(), Some(Format::Text)).unwrap();
    assert_eq!((found.text.as_str(), found.encoding), (words, "UTF-8"));
    let marked = [b"\xEF\xBB\xBF", words.as_bytes()].concat();
    assert_eq!(text(&marked, None), words);
    let (gbk, ..) = encoding_rs::GBK.encode(words);
    let found = read(&gbk, None).unwrap();
    assert_eq!((found.text.as_str(), found.encoding), (words, "gb18030"));
    for big in [false, true] {
        let mut bytes = if big { vec![0xFE, 0xFF] } else { vec![0xFF, 0xFE] };
        for unit in words.encode_utf16() {
            bytes.extend(if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        }
        assert_eq!(text(&bytes, Some(Format::Markdown)), words);
    }
}

#[test]
fn a_page_becomes_lines_and_rows() {
    let html = "<html><head><title>首页</title></head><body><nav><a>首页</a></nav>\
        <script>var a = '不读';</script><h1>补贴办法</h1><p>第一条 满 <b>60</b>\n 周岁&nbsp;的&amp;。<br>二</p>\
        <ol><li>甲项</li><li>乙项</li></ol>\
        <table><tr><th>规模</th><th colspan=2>金额</th></tr>\
        <tr><td rowspan=2>小型</td><td>5万元</td><td>一年</td></tr><tr><td>6万元</td><td><p>两</p><p>年</p></td></tr></table>\
        <p>末</p></body></html>";
    let found = read(html.as_bytes(), Some(Format::Html)).unwrap();
    let lines: Vec<&str> = found.text.lines().collect();
    assert_eq!(
        lines,
        [
            "补贴办法",
            "第一条 满 60 周岁\u{a0}的&。",
            "二",
            "1. 甲项",
            "2. 乙项",
            "规模 |  | 金额",
            "小型 | 5万元 | 一年",
            "6万元 | 两 年",
            "末"
        ]
    );
    let (start, end) = found.tables[0];
    let table: String = found.text.chars().skip(start).take(end - start).collect();
    assert!(table.starts_with("规模") && table.ends_with("两 年"), "{table}");
    assert_eq!(found.notes, ["2 scripts, styles, menus and forms left out"]);
}

#[test]
fn a_table_that_lays_out_a_page_falls_apart() {
    let html = "<table><tr><td>菜单</td><td><p>第一条 甲。</p><table><tr><td>甲</td><td>1</td></tr>\
        <tr><td>乙</td><td>2</td></tr></table><p>第二条 乙。</p></td></tr></table>";
    let found = text(html.as_bytes(), Some(Format::Html));
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines, ["菜单", "第一条 甲。", "甲 | 1", "乙 | 2", "第二条 乙。"]);
}

#[test]
fn absurd_entities_are_plain_characters() {
    let html = "<p>&#xD800;&#xDFFF;&#99999999999999999999;&#0;&bogus;&#x4e00;</p>";
    let found = text(html.as_bytes(), Some(Format::Html));
    assert_eq!(found, "\u{fffd}\u{fffd}\u{fffd}\u{fffd}&bogus;一\n");
}

#[test]
fn nesting_costs_nothing() {
    for tag in ["div", "table><tr><td", "ul><li", "b", "nav"] {
        let closing = tag.split('<').next().unwrap().trim_end_matches('>');
        let open = format!("<{tag}>").repeat(100_000);
        let html = format!("<p>前</p>{open}深{}<p>后</p>", format!("</{closing}>").repeat(100_000));
        let found = text(html.as_bytes(), Some(Format::Html));
        assert!(found.contains('前') && found.contains('后'), "{tag}");
    }
}

#[test]
fn a_word_file_shows_its_numbers() {
    let levels = "<w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/>\
        <w:numFmt w:val=\"chineseCounting\"/><w:lvlText w:val=\"第%1条\"/></w:lvl>\
        <w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"chineseCounting\"/><w:lvlText w:val=\"（%2）\"/></w:lvl>\
        </w:abstractNum><w:num w:numId=\"3\"><w:abstractNumId w:val=\"7\"/></w:num>";
    let item = |level: u32, words: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"3\"/></w:numPr></w:pPr>\
             <w:r><w:t>{words}</w:t></w:r></w:p>"
        )
    };
    let cell = |words: &str| format!("<w:tc><w:tcPr/>{}</w:tc>", paragraph(words));
    let body = [
        paragraph("补贴&amp;办法"),
        item(0, "甲"),
        item(1, "乙"),
        item(1, "丙"),
        item(0, "丁"),
        item(1, "戊"),
        format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("规模"), cell("金额")),
        "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:r><w:t>新&#x4e00;</w:t></w:r></w:p>".to_owned(),
    ];
    let found = text(&docx(&body.concat(), Some(levels)), None);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(
        lines,
        [
            "补贴&办法",
            "第一条 甲",
            "（一） 乙",
            "（二） 丙",
            "第二条 丁",
            "（一） 戊",
            "规模 | 金额",
            "新一"
        ]
    );
}

#[test]
fn a_pdf_becomes_lines() {
    let content = [
        shown(72, 800, "第一条 年满60周岁。"),
        shown(72, 780, "规模"),
        shown(200, 780, "金额"),
        shown(72, 760, "小型"),
        shown(200, 760, "5万元"),
    ];
    let found = read(&pdf(&content.concat()), None).unwrap();
    assert_eq!(found.text, "第一条 年满60周岁。\n规模\t金额\n小型\t5万元\n");
    let (start, end) = found.tables[0];
    assert_eq!(
        found.text.chars().skip(start).take(end - start).collect::<String>(),
        "规模\t金额\n小型\t5万元"
    );
    let scanned = problem(&pdf("q 595 0 0 842 0 0 cm /Im1 Do Q"), None);
    assert!(scanned.starts_with("no text in it: 1 pages"), "{scanned}");
}

#[test]
fn what_is_no_document_is_told() {
    assert!(problem(b"", None).starts_with("it is empty"));
    assert!(problem(" \n\u{3000}".as_bytes(), None).starts_with("it is empty"));
    assert!(problem(b"\x89PNG\r\n\x1a\n", None).contains("a PNG image"));
    assert!(problem(b"\xD0\xCF\x11\xE0rest", Some(Format::Docx)).contains("an old Office file"));
    assert!(problem(&[7, 0, 1, 2, 255, 0], None).contains("07 00 01 02"));
    assert!(problem(b"words", Some(Format::Pdf)).contains("cannot be read as PDF"));
    let noise: Vec<u8> =
        (0..4000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x80).collect();
    assert!(problem(&noise, None).contains("no text"), "noise");
    let large = vec![b'a'; LARGEST_FILE + 1];
    assert!(problem(&large, None).contains("more than the 104857600"));
    let missing = read_file(Path::new("no-such-file.txt")).unwrap_err().to_string();
    assert!(missing.starts_with("`no-such-file.txt`: "), "{missing}");
}

#[test]
fn every_truncation_is_an_error_or_a_text() {
    let word = docx(&paragraph("年满六十周岁"), None);
    let portable = pdf(&shown(72, 800, "年满六十周岁"));
    for whole in [word, portable] {
        for end in (0..whole.len()).step_by(17) {
            if let Err(error) = read(&whole[..end], None) {
                assert!(!error.to_string().is_empty());
            }
            let mut damaged = whole.clone();
            damaged[end] ^= 0x55;
            let _ = read(&damaged, None);
        }
    }
}

#[test]
fn a_bomb_is_refused() {
    let mut file = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    file.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..=LARGEST_UNPACKED >> 20 {
        file.write_all(&block).unwrap();
    }
    let bytes = file.finish().unwrap().into_inner();
    assert_eq!(read(&bytes, None).unwrap_err(), ReadError::Bomb);
}
