use super::*;
use crate::text::fold::Folded;

#[track_caller]
fn numbers(text: &str, expected: &[(&str, &str)]) {
    let folded = Folded::new(text);
    let found = find_numbers(folded.chars());
    let original: Vec<char> = text.chars().collect();
    let found: Vec<(String, String)> =
        found.into_iter().map(|number| (number.span.text(&original), number.normal)).collect();
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn numbers_have_one_normal_form() {
    numbers(
        "根据国办发〔2026〕2号和财税[2019]13号执行",
        &[("国办发〔2026〕2号", "国办发〔2026〕2号"), ("财税[2019]13号", "财税〔2019〕13号")],
    );
    numbers(
        "（工信部联企业（2022）063 号）",
        &[("工信部联企业（2022）063 号", "工信部联企业〔2022〕63号")],
    );
    numbers(
        "中华人民共和国国务院令第 649 号公布",
        &[("中华人民共和国国务院令第 649 号", "国务院令第649号")],
    );
    numbers(
        "财政部 税务总局公告2023年第7号",
        &[("财政部 税务总局公告2023年第7号", "财政部税务总局公告2023年第7号")],
    );
    numbers(
        "某市人民政府令〔2020〕第3号",
        &[("某市人民政府令〔2020〕第3号", "某市人民政府令2020年第3号")],
    );
}

#[test]
fn what_is_no_number_is_left_alone() {
    numbers("（2026）年第2号楼、〔2026〕2号、共12号、公告如下、命令第一", &[]);
    numbers(&"〔2026〕".repeat(1000), &[]);
    numbers(&format!("令第{}号", "9".repeat(1000)), &[]);
}

#[track_caller]
fn relations(text: &str, expected: &[(&str, Relation, &str)]) {
    let folded = Folded::new(text);
    let original: Vec<char> = text.chars().collect();
    let found = find_documents(folded.chars());
    let words = |span: Option<Span>| span.map(|span| span.text(&original)).unwrap_or_default();
    let found: Vec<(String, Relation, String)> = found
        .iter()
        .map(|document| (document.span.text(&original), document.relation, words(document.verb)))
        .collect();
    let found: Vec<(&str, Relation, &str)> =
        found.iter().map(|(a, b, c)| (a.as_str(), *b, c.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn verbs_say_what_is_done() {
    relations(
        "根据《就业促进条例》、《补贴办法》（某政发〔2020〕5号）等规定，制定本办法。",
        &[
            ("《就业促进条例》", Relation::Implements, "根据"),
            ("《补贴办法》（某政发〔2020〕5号）", Relation::Implements, "根据"),
        ],
    );
    relations(
        "本办法自2026年1月1日起施行，《旧办法》（某政发〔2012〕3号）同时废止。",
        &[("《旧办法》（某政发〔2012〕3号）", Relation::Ends, "同时废止")],
    );
    relations(
        "原《甲办法》和《乙办法》不再执行；某财〔2011〕9号停止执行",
        &[
            ("《甲办法》", Relation::Ends, "不再执行"),
            ("《乙办法》", Relation::Ends, "不再执行"),
            ("某财〔2011〕9号", Relation::Ends, "停止执行"),
        ],
    );
    relations("关于修改《补贴办法》的决定", &[("《补贴办法》", Relation::Amends, "修改")]);
    relations(
        "将《补贴办法》第三条中的“五年”修改为“三年”。",
        &[("《补贴办法》", Relation::Amends, "修改为")],
    );
    relations("关于印发《补贴办法》的通知", &[("《补贴办法》", Relation::Issues, "印发")]);
    relations(
        "根据《关于修改〈某条例〉的决定》修正",
        &[("《关于修改〈某条例〉的决定》", Relation::AmendedBy, "修正")],
    );
    relations("领取《居住证》的人员", &[("《居住证》", Relation::Mentions, "")]);
}

#[test]
fn documents_link_by_number_and_by_title() {
    let text = "根据《补贴办法》（某政发[2020]5号）和《另一 办法（试行）》，废止《无关办法》。";
    let folded = Folded::new(text);
    let documents = find_documents(folded.chars());
    let policies = [
        ("a", Some("某政发〔2020〕5号"), "某市补贴办法"),
        ("b", None, "《另一办法(试行)》"),
        ("c", Some("某政发〔2021〕5号"), "补贴办法"),
    ];
    assert_eq!(link(folded.chars(), &documents, policies), [(0, "a"), (1, "b")]);
}

#[test]
fn open_titles_and_long_lines_cost_their_length() {
    for piece in ["《", "《甲》", "根据《甲》、", "《甲》废", "令第1号", "某发〔2020〕1号"]
    {
        let text = piece.repeat(200_000);
        let folded = Folded::new(&text);
        let _ = find_documents(folded.chars());
    }
}
