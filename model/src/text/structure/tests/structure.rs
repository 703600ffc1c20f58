use super::*;

const PAGE: &str = "网站首页\n政务公开 | 办事服务\n您的位置：首页 > 通知公告\n\
    某市人民政府办公室关于印发某市稳岗补贴办法的通知\n来源：某市人民政府 发布时间：2026-02-03\n\
    某政办发〔2026〕8号\n各区人民政府，市政府各部门：\n\
    《某市稳岗补贴办法》已经市政府同意，现印发给你们，请认真贯彻执行。\n\
    某市人民政府办公室\n2026年1月28日\n某市稳岗补贴办法\n第一章 总则\n\
    第一条 为稳定就业，根据有关规定，制定本办法。\n第二章 条件和标准\n\
    第二条 申请补贴的企业应当符合下列条件：\n（一）在本市注册满1年；\n（二）有下列情形之一：\n\
    1.从业人员不超过300人；\n2.上年度营业收入不超过5000万元。\n申请人应当如实提供材料。\n\
    第三条 补贴按照下表计算：\n规模 | 标准\n小型 | 5万元\n微型 | 3万元\n\
    第四条 违反第二条规定的，不予补贴。第五条 本办法自2026年3月1日起施行，有效期3年。\n\
    附件：申请表\n【打印本页】【关闭窗口】\n版权所有：某市人民政府\n联系我们\n";

/// Kind, label and path of the first line that has the words.
fn line<'s>(structure: &'s Structure, text: &str, words: &str) -> (usize, &'s Line, String) {
    let folded = Folded::new(text);
    let chars = folded.chars();
    let has = |line: &&Line| line.span.text(chars).contains(words);
    let found = structure.lines.iter().find(has).unwrap_or_else(|| panic!("no {words}"));
    let at = structure.lines.iter().position(|line| std::ptr::eq(line, found)).unwrap();
    (at, found, structure.path(chars, at))
}

#[test]
fn the_head_of_a_notice_is_read() {
    let found = structure(PAGE);
    let original: Vec<char> = PAGE.chars().collect();
    let header = &found.header;
    assert_eq!(
        header.title.unwrap().text(&original),
        "某市人民政府办公室关于印发某市稳岗补贴办法的通知"
    );
    assert_eq!(header.number.as_ref().unwrap().normal, "某政办发〔2026〕8号");
    assert_eq!(header.issuer.unwrap().text(&original), "某市人民政府办公室");
    let day = |kind| header.day(kind).map(|day| day.date.unwrap().to_string());
    assert_eq!(day(DayKind::Published).as_deref(), Some("2026-02-03"));
    assert_eq!(day(DayKind::Signed).as_deref(), Some("2026-01-28"));
    assert_eq!(day(DayKind::InForce).as_deref(), Some("2026-03-01"));
    assert_eq!(header.expiry.unwrap().months, Some(36));
    assert_eq!(header.expiry.unwrap().span.text(&original), "有效期3年");
}

#[test]
fn the_page_is_told_from_the_document() {
    let found = structure(PAGE);
    let junk: Vec<&str> =
        ["网站首页", "办事服务", "您的位置", "打印本页", "版权所有", "联系我们"].into();
    for words in junk {
        assert_eq!(line(&found, PAGE, words).1.kind, LineKind::Junk, "{words}");
    }
    for (words, kind) in [
        ("各区人民政府", LineKind::Addressee),
        ("2026年1月28日", LineKind::Signature),
        ("某政办发", LineKind::Metadata),
        ("附件", LineKind::Attachment),
        ("总则", LineKind::Chapter),
        ("小型", LineKind::TableRow),
    ] {
        assert_eq!(line(&found, PAGE, words).1.kind, kind, "{words}");
    }
}

#[test]
fn lines_know_what_they_stand_under() {
    let found = structure(PAGE);
    let article = line(&found, PAGE, "应当符合下列条件").0;
    let (second, item, path) = line(&found, PAGE, "有下列情形之一");
    assert_eq!((item.parent, path.as_str()), (Some(article), "第二条/(二)"));
    let (_, deep, path) = line(&found, PAGE, "不超过300人");
    assert_eq!((deep.parent, path.as_str()), (Some(second), "第二条/(二)/1"));
    let (at, paragraph, path) = line(&found, PAGE, "如实提供");
    assert_eq!((paragraph.parent, path.as_str()), (Some(article), "第二条"));
    assert_eq!(found.label(at), Some("第二条"));
    let (at, last, _) = line(&found, PAGE, "自2026年3月1日");
    assert_eq!((last.kind, found.label(at)), (LineKind::Article, Some("第五条")));
    let (head, _, _) = line(&found, PAGE, "规模");
    let (_, row, _) = line(&found, PAGE, "微型");
    assert_eq!((row.columns, row.cells.len()), (Some(head), 2));
}

#[test]
fn a_notice_without_articles_has_labels_of_its_headings() {
    let text = "关于申报补贴的通知\n一、申请条件\n（一）企业\n1、注册满1年。\n2、员工不超过10人。\n\
        二、补贴标准\n每户补贴5万元。\n";
    let found = structure(text);
    let (at, _, path) = line(&found, text, "员工");
    assert_eq!((found.label(at), path.as_str()), (Some("一/(一)"), "一/(一)/2"));
    let (at, paragraph, _) = line(&found, text, "每户");
    assert_eq!(found.label(at), Some("二"));
    assert!(found.lines[paragraph.parent.unwrap()].heading);
}

#[test]
fn items_within_a_line_are_lines() {
    let text = "第一条 应当符合下列条件：（一）年满18周岁；（二）有本市户籍。\n第二条（一）本办法适用于本市。\n（二）另有规定的除外。";
    let found = structure(text);
    let (_, item, path) = line(&found, text, "户籍");
    assert_eq!((item.kind, path.as_str()), (LineKind::Item, "第一条/(二)"));
    assert_eq!(line(&found, text, "适用于本市").2, "第二条/(一)");
    assert_eq!(line(&found, text, "除外").2, "第二条/(二)");
}

#[test]
fn lines_broken_at_a_width_go_on() {
    let text = "第一条 申请人应当在本市连续缴纳社会保险满十二个月并\n且具有本市户籍，年满十八周岁。\n第二条 本办法自公布之日起施行。";
    let found = structure(text);
    let (_, second, _) = line(&found, text, "且具有");
    assert!(second.continues);
    assert_eq!(second.parent, Some(0));
}

#[test]
fn references_are_no_articles() {
    let text = "第一条 甲。\n第二条 乙。\n第一条规定的企业应当申报。\n第九条款项不变。";
    let found = structure(text);
    let articles = found.lines.iter().filter(|line| line.kind == LineKind::Article);
    assert_eq!(articles.count(), 2);
}

#[test]
fn markers_are_read_as_written() {
    let read = |text: &str| {
        let folded = Folded::new(text);
        marker(folded.chars(), 0, folded.chars().len()).map(|found| (found.style, found.number))
    };
    for (text, expected) in [
        ("第十二条 甲", Some((Style::Article, 12))),
        ("第 8 条 甲", Some((Style::Article, 8))),
        ("第十条之一 甲", Some((Style::Article, 10))),
        ("第二章 总则", Some((Style::Chapter, 2))),
        ("三、甲", Some((Style::Chinese, 3))),
        ("（十一）甲", Some((Style::ChineseBracket, 11))),
        ("㈢甲", Some((Style::ChineseBracket, 3))),
        ("4．甲", Some((Style::Number, 4))),
        ("1.2017年度", Some((Style::Number, 1))),
        ("1.5亿元", None),
        ("（5）甲", Some((Style::NumberBracket, 5))),
        ("2）甲", Some((Style::NumberRight, 2))),
        ("⑥甲", Some((Style::Circle, 6))),
        ("乙、甲", Some((Style::Stem, 2))),
        ("2026年", None),
        ("一次性", None),
        ("（含）", None),
        ("第一条规定", None),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn days_are_read_in_every_script() {
    let read = |text: &str| {
        let folded = Folded::new(text);
        day(folded.chars(), 0).map(|day| day.date.to_string())
    };
    for text in [
        "2026年1月5日",
        "二○二六年一月五日",
        "二〇二六年一月五日",
        "2026-01-05",
        "2026/1/5",
        "2026.1.5",
        "2026 年 1 月 5 日",
    ] {
        assert_eq!(read(text).as_deref(), Some("2026-01-05"), "{text}");
    }
    for text in ["2026年13月5日", "2026年2月30日", "12026年1月5日x", "1月5日", "二〇二六"]
    {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn hostile_texts_cost_their_length() {
    for piece in [
        "（一）",
        "第一条 ",
        "《",
        "一、\n",
        "目录\n",
        "：（一）",
        "|",
        "2026年1月1日\n",
        "自起施行",
        "有效期",
        "1.",
        "号令第",
    ] {
        let text = piece.repeat(300_000);
        let found = structure(&text);
        assert!(found.lines.iter().all(|line| line.depth < 32), "{piece}");
    }
    assert!(structure("").lines.is_empty());
    assert!(structure("\n\n \n").header.title.is_none());
}

#[test]
fn a_marker_with_nothing_behind_it_has_an_empty_body_inside_its_line() {
    for line in &structure("第一条 （一）").lines {
        assert!(line.span.covers(line.body), "{line:?}");
    }
}

proptest::proptest! {
    #[test]
    fn spans_lie_inside_and_parents_before(
        pieces in proptest::collection::vec(0_usize..24, 0..60),
        wild in ".{0,40}",
    ) {
        let words = [
            "第一条", "第二章 ", "（一）", "1.", "①", "一、", "：", "；", "。", "\n", " ", "关于印发",
            "《", "》", "通知", "2026年1月5日", "起施行", "有效期3年", "国办发〔2026〕2号", " | ", "\t",
            "附件", "目录", "应当符合下列条件",
        ];
        let text: String = pieces.iter().map(|&at| words[at]).chain([wild.as_str()]).collect();
        let found = structure(&text);
        let whole = Span::new(0, text.chars().count());
        for (at, line) in found.lines.iter().enumerate() {
            proptest::prop_assert!(whole.covers(line.span) && line.span.covers(line.body));
            proptest::prop_assert!(line.marker.is_none_or(|marker| line.span.covers(marker)));
            proptest::prop_assert!(line.cells.iter().all(|&cell| line.span.covers(cell)));
            proptest::prop_assert!(line.parent.is_none_or(|parent| parent < at));
            proptest::prop_assert!(line.columns.is_none_or(|columns| columns < at));
        }
        let spans = found.lines.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
        proptest::prop_assert!(spans);
        for document in crate::text::docnumber::find_documents(Folded::new(&text).chars()) {
            proptest::prop_assert!(whole.covers(document.span));
        }
    }
}
