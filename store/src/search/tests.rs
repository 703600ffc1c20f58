use std::{fs, path::Path};

use jiff::civil::date;
use zhida_model::domain::{RegionCode, RegionTable};

use super::*;

/// A nation, two provinces, two cities of the first, a county.
const REGIONS: &str = include_str!("../../../data-samples/regions.csv");

fn record(id: &str, region: u32, title: &str, body: &str) -> Record {
    Record {
        id: id.to_owned(),
        policy: Some(id.to_owned()),
        title: title.to_owned(),
        body: body.to_owned(),
        region: Some(region),
        kind: "enterprise".to_owned(),
        ..Record::default()
    }
}

/// Policies of our own invention.
fn corpus() -> Vec<Record> {
    vec![
        Record {
            number: "财税〔2025〕7号".to_owned(),
            issuer: "财政部 税务总局".to_owned(),
            themes: vec!["税费减免".to_owned()],
            periods: vec![(Some(date(2025, 1, 1)), Some(date(2026, 12, 31)))],
            ..record(
                "levy",
                0,
                "残疾人就业保障金减免",
                "在职职工不超过30人的企业，免征残疾人就业保障金。",
            )
        },
        Record {
            periods: vec![(Some(date(2020, 1, 1)), Some(date(2021, 12, 31)))],
            ..record(
                "province",
                330_000,
                "省级高新技术企业认定奖励",
                "首次认定的高新技术企业给予一次性奖励。",
            )
        },
        record(
            "hangzhou",
            330_100,
            "杭州市高新技术企业研发补助",
            "高新技术企业研发费用按比例补助，最高100万元。",
        ),
        record("ningbo", 330_200, "宁波市高新技术企业奖励", "高新技术企业奖励20万元。"),
        record("xihu", 330_106, "西湖区高新技术企业租金补贴", "高新技术企业场地租金补贴。"),
        Record {
            kind: "citizen".to_owned(),
            life_events: vec!["社会救助".to_owned()],
            conditions: "家庭人均收入低于<b>标准</b> & \"当地\"".to_owned(),
            ..record("dibao", 0, "最低生活保障", "家庭人均收入低于当地最低生活保障标准的，可申请。")
        },
    ]
}

fn index() -> SearchIndex {
    SearchIndex::in_memory(&corpus()).unwrap()
}

fn ask(text: &str, filter: Filter) -> Vec<String> {
    let question = Question { text, filter, limit: 20, ..Question::default() };
    let answer = index().search(&question).unwrap();
    answer.hits.into_iter().map(|hit| hit.record.id).collect()
}

fn found(text: &str) -> Vec<String> {
    ask(text, Filter::default())
}

fn places(code: &str, below: bool) -> Filter {
    let regions = RegionTable::from_csv(REGIONS).unwrap();
    let region = RegionCode::parse(code).unwrap();
    Filter { places: Some(Places::reaching(&regions, region, below)), ..Filter::default() }
}

#[test]
fn a_citys_question_finds_province_and_nation_never_a_sibling_nor_a_county() {
    let mut ids = ask("高新技术 残疾人", places("330100", false));
    ids.sort();
    assert_eq!(ids, ["hangzhou", "levy", "province"]);
    let mut below = ask("高新技术", places("330100", true));
    below.sort();
    assert_eq!(below, ["hangzhou", "province", "xihu"]);
    let mut county = ask("高新技术", places("330106", false));
    county.sort();
    assert_eq!(county, ["hangzhou", "province", "xihu"]);
    assert!(ask("高新技术", places("320100", false)).is_empty());
}

#[test]
fn synonyms_of_administration_find_each_other() {
    assert_eq!(found("残保金")[0], "levy");
    assert_eq!(found("低保")[0], "dibao");
    assert_eq!(found("高企")[0..1].len(), 1);
}

#[test]
fn document_numbers_are_found_however_they_are_bracketed() {
    assert_eq!(found("财税[2025]7号")[0], "levy");
    assert_eq!(found("财税（2025）7号")[0], "levy");
}

#[test]
fn filters_narrow() {
    let by = |filter: Filter| ask("企业 家庭", filter);
    assert_eq!(by(Filter { kind: Some("citizen".into()), ..Filter::default() }), ["dibao"]);
    assert_eq!(by(Filter { theme: Some("税费减免".into()), ..Filter::default() }), ["levy"]);
    assert_eq!(by(Filter { issuer: Some("税务总局".into()), ..Filter::default() }), ["levy"]);
    assert_eq!(by(Filter { life_event: Some("社会救助".into()), ..Filter::default() }), ["dibao"]);
    assert!(by(Filter { theme: Some("没有的".into()), ..Filter::default() }).is_empty());
    let on = |day| {
        let mut ids = by(Filter { on: Some(day), ..Filter::default() });
        ids.sort();
        ids
    };
    assert_eq!(on(date(2026, 12, 31)), ["dibao", "hangzhou", "levy", "ningbo", "xihu"]);
    assert_eq!(on(date(2021, 12, 31)), ["dibao", "hangzhou", "ningbo", "province", "xihu"]);
    assert_eq!(on(date(2027, 1, 1)), ["dibao", "hangzhou", "ningbo", "xihu"]);
}

#[test]
fn another_spelling_is_offered_by_sound_and_by_writing() {
    let meant = |text: &str| {
        let question = Question { text, limit: 1, ..Question::default() };
        index().search(&question).unwrap().did_you_mean
    };
    assert_eq!(meant("高薪技术企业").as_deref(), Some("高新技术企业"));
    assert_eq!(meant("残宝金").as_deref(), Some("残保金"));
    assert_eq!(meant("最低生活保璋").as_deref(), Some("最低生活保障"));
    assert_eq!(meant("最低生活保田").as_deref(), Some("最低生活保障"));
    assert_eq!(meant("canbaojin").as_deref(), Some("残保金"));
    for right in ["高新技术企业", "残保金", "最低生活保障 家庭", "企业", "🙂", ""]
    {
        assert_eq!(meant(right), None, "{right}");
    }
}

#[test]
fn letters_stand_for_words_only_when_asked_to() {
    let ask = |text: &str, pinyin: bool| {
        let question = Question { text, pinyin, limit: 1, ..Question::default() };
        index().search(&question).unwrap().hits.into_iter().map(|hit| hit.record.id).next()
    };
    assert_eq!(ask("cbj", true).as_deref(), Some("levy"));
    assert_eq!(ask("CBJ", true).as_deref(), Some("levy"));
    assert_eq!(ask("zdshbz", true).as_deref(), Some("dibao"));
    assert_eq!(ask("canbaojin", true).as_deref(), Some("levy"));
    assert_eq!(ask("cbj", false), None);
}

#[test]
fn marks_point_at_the_words_and_html_is_escaped() {
    let question = Question { text: "人均收入 标准 当地", limit: 1, ..Question::default() };
    let hit = index().search(&question).unwrap().hits.remove(0);
    let chars: Vec<char> = hit.snippet.text.chars().collect();
    assert!(!hit.snippet.marks.is_empty());
    for (start, end) in &hit.snippet.marks {
        let words: String = chars[*start..*end].iter().collect();
        assert!(words.chars().all(|c| "家庭人均收入标准当地最低生活保障".contains(c)), "{words}");
    }
    let html = hit.snippet.html();
    assert!(html.contains("<em>") && html.contains("&lt;b&gt;"), "{html}");
    assert!(!html.contains("<b>") && html.contains("&amp;") && html.contains("&quot;"), "{html}");
    assert_eq!(html.matches("<em>").count(), html.matches("</em>").count());
}

#[test]
fn what_somebody_types_is_data() {
    let index = index();
    let long = "高新技术企业".repeat(20_000);
    let letters = "a".repeat(100_000);
    let hostile = [
        "",
        " ",
        "AND",
        "OR NOT",
        "AND ) \"",
        "title:残保金^100",
        "(((((",
        "\"",
        "*",
        "?*",
        "+-",
        "残保金~2",
        "[a TO b]",
        "\0",
        "a\0b",
        "\u{202e}残保金",
        "🙂👩‍👩‍👧",
        "\u{feff}",
        "ﷺ",
        "'; DROP TABLE policies; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "{{7*7}}",
        "NaN",
        "1e309",
        "Ω≈ç√∫˜µ≤≥÷",
        "̡͓̞ͅI̗c҉͔̫͖͓͇͖ͅh̵̤̣͚͔á̗̼͕ͅo̼̣̥s̱͈̺̖̦̻͢",
        &long,
        &letters,
    ];
    for text in hostile {
        for pinyin in [false, true] {
            let question = Question { text, pinyin, limit: 3, ..Question::default() };
            let answer = index.search(&question).unwrap();
            assert!(answer.hits.iter().all(|hit| hit.score.is_finite()));
        }
        index.run(text, 3).unwrap();
    }
    let plain = index.run("残保金", 3).unwrap();
    assert_eq!(plain[0].0, "levy");
    assert_eq!(index.run("残保金) AND \"", 3).unwrap()[0].0, "levy");
}

#[test]
fn answers_do_not_depend_on_the_order_of_writing() {
    let mut turned = corpus();
    turned.reverse();
    let (one, other) = (index(), SearchIndex::in_memory(&turned).unwrap());
    for text in ["高新技术企业", "残保金", "家庭 奖励", "企"] {
        assert_eq!(one.run(text, 10).unwrap(), other.run(text, 10).unwrap(), "{text}");
    }
}

#[test]
fn ties_go_by_id_and_pages_follow_each_other() {
    let same = |id: &str| record(id, 0, "技术改造补助", "设备投资补助。");
    let index = SearchIndex::in_memory(&["c", "a", "d", "b"].map(same)).unwrap();
    let page = |offset| {
        let question = Question { text: "技术改造", offset, limit: 2, ..Question::default() };
        let answer = index.search(&question).unwrap();
        assert_eq!(answer.total, 4);
        answer.hits.into_iter().map(|hit| hit.record.id).collect::<Vec<_>>()
    };
    assert_eq!(page(0), ["a", "b"]);
    assert_eq!(page(2), ["c", "d"]);
    assert!(page(4).is_empty());
}

#[test]
fn articles_of_the_statute_that_speaks_of_the_matter_come_first() {
    let article = |id: &str, title: &str, body: &str| Record {
        id: id.to_owned(),
        title: title.to_owned(),
        body: body.to_owned(),
        ..Record::default()
    };
    assert_eq!(article("a", "中华人民共和国公园法第十二条", "").family(), Some("公园法"));
    assert_eq!(article("a", "第一批名单", "").family(), None);
    assert_eq!(article("a", "公园法", "").family(), None);
    let records = [
        article("z1", "公园法第一条", "公园免费开放，闭园时间由公园规定。"),
        article("z2", "公园法第二条", "闭园时间。"),
        article("a1", "车站法第一条", "闭园时间。"),
    ];
    let index = SearchIndex::in_memory(&records).unwrap();
    let ids: Vec<String> =
        index.run("公园闭园时间", 3).unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.last().map(String::as_str), Some("a1"));
}

fn write(dir: &Path) {
    build_index(dir, &corpus()).unwrap();
}

#[test]
fn an_index_on_disk_answers_like_one_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("index"));
    let opened = SearchIndex::open(&dir.path().join("index")).unwrap();
    assert_eq!(opened.documents(), 6);
    for text in ["高新技术企业", "残保金", "企"] {
        assert_eq!(opened.run(text, 9).unwrap(), index().run(text, 9).unwrap());
    }
}

#[test]
fn an_empty_index_finds_nothing() {
    let index = SearchIndex::in_memory(&[]).unwrap();
    let question =
        Question { text: "残保金 cbj", pinyin: true, limit: 3, ..Question::default() };
    assert_eq!(index.search(&question).unwrap().hits, []);
}

#[test]
fn a_missing_foreign_or_damaged_index_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("index");
    assert!(matches!(SearchIndex::open(&at), Err(SearchError::NoIndex { .. })));
    fs::create_dir(&at).unwrap();
    assert!(matches!(SearchIndex::open(&at), Err(SearchError::NoIndex { .. })));
    write(&at);
    assert!(matches!(build_index(&at, &corpus()), Err(SearchError::Taken { .. })));

    let manifest = at.join("search.json");
    let written = fs::read_to_string(&manifest).unwrap();
    for (from, to) in [
        ("\"format_version\": 1", "\"format_version\": 9"),
        ("\"analyzer\": \"", "\"analyzer\": \"0"),
    ] {
        fs::write(&manifest, written.replace(from, to)).unwrap();
        assert!(matches!(SearchIndex::open(&at), Err(SearchError::Foreign { .. })), "{from}");
    }
    fs::write(&manifest, "{").unwrap();
    assert!(matches!(SearchIndex::open(&at), Err(SearchError::Damaged { .. })));
    fs::write(&manifest, written.replace("\"documents\": 6", "\"documents\": 7")).unwrap();
    assert!(matches!(SearchIndex::open(&at), Err(SearchError::Damaged { .. })));
    fs::write(&manifest, &written).unwrap();
    assert!(SearchIndex::open(&at).is_ok());

    for entry in fs::read_dir(&at).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "search.json" {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let mut broken = bytes.clone();
        let middle = broken.len() / 2;
        broken[middle] ^= 0x55;
        for broken in [broken, bytes[..bytes.len() / 2].to_vec(), Vec::new()] {
            fs::write(&path, broken).unwrap();
            let opened = SearchIndex::open(&at);
            assert!(matches!(opened, Err(SearchError::Damaged { .. })), "{name}: {opened:?}");
        }
        fs::write(&path, &bytes).unwrap();
    }
}

#[test]
fn two_documents_cannot_have_one_id() {
    let twice = [corpus().remove(0), corpus().remove(0)];
    assert!(matches!(SearchIndex::in_memory(&twice), Err(SearchError::Duplicate { .. })));
}

#[test]
fn lines_of_a_corpus_are_read_or_refused() {
    let record = read_corpus_line(r#"{"_id":"a","title":"甲","text":"乙","more":1}"#).unwrap();
    assert_eq!(
        (record.id.as_str(), record.title.as_str(), record.body.as_str()),
        ("a", "甲", "乙")
    );
    for line in
        ["", "[]", r#"{"_id":"a"}"#, r#"{"_id":"a b","text":""}"#, r#"{"_id":"","text":""}"#]
    {
        assert!(read_corpus_line(line).is_err(), "{line}");
    }
}
