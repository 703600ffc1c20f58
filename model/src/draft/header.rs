//! What a policy file says of its document: title, number, issuer, days,
//! place, and whose dossiers are judged.

use jiff::{Span as Length, ToSpan, civil::Date};

use crate::{
    domain::{RegionCode, RegionLevel, SubjectKind},
    text::{
        extract::{Kind, Op},
        span::{Span, has_any},
        structure::DayKind,
    },
};

use super::{Document, Options, clause::Clauses, region};

/// English words and themes of titles.
const TERMS: &str = include_str!("terms.csv");

/// The head of the policy file.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// ASCII id.
    pub(super) id: String,
    /// The year.
    pub(super) version: String,
    /// The title.
    pub(super) title: String,
    /// Document number; empty where there is none.
    pub(super) number: String,
    /// Who issued it.
    pub(super) issuer: Option<String>,
    /// When.
    pub(super) issued_on: Option<Date>,
    /// Where the issuer is; `None` where the words do not say.
    pub(super) region: Option<RegionCode>,
    /// The word for the issuer's level.
    pub(super) level: &'static str,
    /// Whose dossiers are judged.
    pub(super) audience: SubjectKind,
    /// Whether nothing speaks for the other audience.
    pub(super) certain: bool,
    /// First and last day in force.
    pub(super) valid: (Option<Date>, Option<Date>),
    /// When to apply.
    pub(super) claim: Vec<(Date, Date)>,
    /// Themes for search.
    pub(super) themes: Vec<&'static str>,
}

impl Head {
    /// Reads the head.
    pub(super) fn read(document: &Document<'_>, clauses: &Clauses, options: Options) -> Head {
        let header = &document.structure.header;
        let title = header.title.map(|span| document.words(span)).or_else(|| {
            clauses.all.first().map(|clause| document.words(clause.span).chars().take(40).collect())
        });
        let title: String = title.unwrap_or_default().split_whitespace().collect();
        let title = if title.is_empty() { "未命名文件".to_owned() } else { title };
        let issuer =
            header.issuer.map(|span| document.words(span)).map(|text| text.trim().to_owned());
        let issued_on = [DayKind::Signed, DayKind::Printed, DayKind::Published, DayKind::Passed]
            .into_iter()
            .find_map(|kind| header.day(kind)?.date);
        let valid = valid(document, issued_on);
        let year =
            header.number.as_ref().and_then(|number| number.year).map(|year| year.to_string());
        let dated = issued_on.or(valid.0).map(|day| day.year().to_string());
        let region = options.region.or_else(|| place(document, &title, issuer.as_deref()));
        let (guessed, certain) = audience(document, &title);
        let (english, themes) = terms(&title);
        Head {
            id: if english.is_empty() { format!("draft-{:08x}", hash(&title)) } else { english },
            version: year.or(dated).unwrap_or_else(|| "1".to_owned()),
            number: header.number.as_ref().map(|number| number.normal.clone()).unwrap_or_default(),
            issuer: issuer.filter(|issuer| !issuer.is_empty()),
            issued_on,
            level: level(document, region),
            region,
            audience: options.audience.unwrap_or(guessed),
            certain: certain || options.audience.is_some(),
            valid,
            claim: claim(document, clauses),
            themes,
            title,
        }
    }
}

/// The first and last day in force.
fn valid(document: &Document<'_>, issued_on: Option<Date>) -> (Option<Date>, Option<Date>) {
    let header = &document.structure.header;
    let named = header.day(DayKind::InForce).and_then(|day| day.date);
    let at_once = header.days.iter().any(|day| day.kind == DayKind::InForce && day.date.is_none());
    let from = named.or(issued_on.filter(|_| at_once));
    let until = header.expiry.and_then(|expiry| {
        let length: Length = expiry
            .months
            .and_then(|months| i32::try_from(months).ok())
            .map(|months| months.months())?;
        from?.checked_add(length).ok()?.yesterday().ok()
    });
    (from, header.expiry.and_then(|expiry| expiry.until).or(until))
}

/// Where the issuer is: by the title, or by its name.
fn place(document: &Document<'_>, title: &str, issuer: Option<&str>) -> Option<RegionCode> {
    let regions = &document.reference.regions;
    let chars = |text: &str| text.chars().collect::<Vec<char>>();
    if let Some(issuer) = issuer.map(chars) {
        if let Some(code) = region::named(&issuer, regions) {
            return Some(code);
        }
        let national = [
            "国务院",
            "财政部",
            "国家",
            "人力资源社会保障部",
            "人力资源和社会保障部",
            "工业和信息化部",
            "科技部",
            "民政部",
            "教育部",
            "商务部",
            "税务总局",
            "住房城乡建设部",
            "农业农村部",
            "全国人民代表大会",
            "生态环境部",
            "中国残联",
            "退役军人事务部",
        ];
        if has_any(&issuer, &national) {
            return Some(RegionCode::NATION);
        }
    }
    region::named(&chars(title), regions).filter(|code| *code != RegionCode::NATION)
}

/// The word for the level of a region.
fn level(document: &Document<'_>, region: Option<RegionCode>) -> &'static str {
    match region.and_then(|code| document.reference.regions.level(code)) {
        None | Some(RegionLevel::Nation) => "national",
        Some(RegionLevel::Province) => "province",
        Some(RegionLevel::City) => "city",
        Some(RegionLevel::County) => "county",
    }
}

/// Whom the document speaks of, and whether nothing speaks for the others:
/// title and body by their words, conditions by their fields.
fn audience(document: &Document<'_>, title: &str) -> (SubjectKind, bool) {
    let firms =
        ["企业", "公司", "纳税人", "单位", "工厂", "小巨人", "稳岗", "扩岗", "机构", "项目"];
    let people = [
        "个人",
        "人员",
        "居民",
        "老年人",
        "学生",
        "毕业生",
        "残疾人",
        "家庭",
        "儿童",
        "职工",
        "住房",
        "津贴",
        "居住证",
        "入户",
        "户籍",
        "养老金",
        "低保",
        "最低生活",
        "助学",
        "子女",
        "婴幼儿",
        "退役",
    ];
    let count = |words: &[&str]| words.iter().filter(|word| title.contains(*word)).count() * 6;
    let firm = if title.contains("企业") && !title.contains("人员") { 8 } else { 0 };
    let (mut enterprise, mut citizen) = (count(&firms) + firm, count(&people));
    let catalogue = &document.reference.catalogue;
    for item in document.items.iter().filter(|item| item.kind == Kind::Condition) {
        let Some(name) = item.field else { continue };
        let holds = |kind| catalogue.field(kind, name).is_some();
        enterprise +=
            usize::from(holds(SubjectKind::Enterprise) && !holds(SubjectKind::Citizen)) * 2;
        citizen += usize::from(holds(SubjectKind::Citizen) && !holds(SubjectKind::Enterprise)) * 2;
    }
    let body: String = document.chars.iter().collect();
    let said = |words: &[&str]| {
        words.iter().map(|word| body.matches(word).count()).sum::<usize>().min(20) / 2
    };
    enterprise += said(&["企业应", "申报企业", "申请企业", "的企业", "申报单位"]);
    citizen += said(&["申请人", "本人", "周岁", "的人员", "家庭成员", "身份证"]);
    match enterprise.cmp(&citizen) {
        std::cmp::Ordering::Greater => (SubjectKind::Enterprise, enterprise >= 2 * citizen),
        std::cmp::Ordering::Less => (SubjectKind::Citizen, citizen >= 2 * enterprise),
        std::cmp::Ordering::Equal => (SubjectKind::Enterprise, false),
    }
}

/// Periods in which to apply: two days of a clause that speaks of applying.
fn claim(document: &Document<'_>, clauses: &Clauses) -> Vec<(Date, Date)> {
    let mut periods = Vec::new();
    for clause in &clauses.all {
        let items = document.items_in(clause.span);
        let words = clause.span.of(document.chars);
        if !has_any(words, &["申报", "申请", "受理", "报名", "申领"])
            || has_any(words, &["施行", "有效期"])
        {
            continue;
        }
        let day = |op: Op| {
            let mut days = items.iter().filter(|item| {
                item.kind == Kind::Window && item.op == op && item.unit.as_deref() == Some("date")
            });
            let first = days.next()?.value.as_deref()?.parse::<Date>().ok()?;
            days.next().is_none().then_some(first)
        };
        if let (Some(from), Some(to)) = (day(Op::After), day(Op::Before))
            && from <= to
        {
            periods.push((from, to));
        }
    }
    periods.dedup();
    periods
}

/// English words for the id, and themes.
fn terms(title: &str) -> (String, Vec<&'static str>) {
    let mut rows: Vec<(&str, &str, &'static str)> = TERMS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.splitn(3, ',');
            Some((cells.next()?, cells.next()?, cells.next()?))
        })
        .collect();
    rows.sort_by_key(|(words, ..)| std::cmp::Reverse(words.len()));
    let mut found: Vec<(usize, usize, &str, &'static str)> = Vec::new();
    for (words, english, theme) in rows {
        let Some(at) = title.find(words) else { continue };
        let end = at + words.len();
        if found.iter().all(|(from, to, ..)| end <= *from || *to <= at) {
            found.push((at, end, english, theme));
        }
    }
    found.sort_unstable();
    let mut english: Vec<&str> = found.iter().map(|(_, _, english, _)| *english).collect();
    english.dedup();
    english.truncate(4);
    let mut themes: Vec<&'static str> = Vec::new();
    for (.., theme) in &found {
        if !theme.is_empty() && !themes.contains(theme) {
            themes.push(theme);
        }
    }
    (english.join("-"), themes)
}

/// FNV-1a, 32 bit: a stable name for a title without known words.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Where the title stands, to quote something where no clause does.
pub(super) fn anything(clauses: &Clauses) -> Option<Span> {
    clauses
        .all
        .iter()
        .find(|clause| clause.span.len() > 4)
        .or(clauses.all.first())
        .map(|clause| clause.span)
}
