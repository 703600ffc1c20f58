//! The numbers that Word shows before paragraphs: 第一条, （二）, 3. They are
//! not in the text but follow from `word/numbering.xml`.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::value;

/// Levels a list may have.
const LEVELS: usize = 9;

/// How one level is shown.
#[derive(Debug, Clone, Default)]
struct Level {
    format: String,
    /// `第%1条`.
    text: String,
    start: u32,
}

/// Lists, and how far each has come.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// Levels by abstract list.
    lists: BTreeMap<u32, Vec<Level>>,
    /// The abstract list of a number.
    numbers: BTreeMap<u32, u32>,
    counts: BTreeMap<u32, [u32; LEVELS]>,
}

impl Numbering {
    pub(super) fn read(xml: &str) -> Result<Numbering, String> {
        let mut numbering = Numbering::default();
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = false;
        let (mut list, mut number, mut level) = (None, None, 0_usize);
        loop {
            let tag = match reader.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) => tag,
                Ok(Event::Eof) => return Ok(numbering),
                Ok(_) => continue,
                Err(error) => return Err(error.to_string()),
            };
            let name = tag.local_name();
            match name.into_inner() {
                "abstractNum" => {
                    list = value(&tag, "abstractNumId").parse().ok();
                    number = None;
                }
                "num" => {
                    number = value(&tag, "numId").parse().ok();
                    list = None;
                }
                "abstractNumId" => {
                    if let (Some(number), Ok(list)) = (number, value(&tag, "val").parse()) {
                        numbering.numbers.insert(number, list);
                    }
                }
                "lvl" => level = value(&tag, "ilvl").parse().unwrap_or(0),
                part @ ("start" | "numFmt" | "lvlText") => {
                    let Some(list) = list.filter(|_| level < LEVELS) else { continue };
                    let levels = numbering.lists.entry(list).or_default();
                    if levels.len() <= level {
                        levels.resize(level + 1, Level { start: 1, ..Level::default() });
                    }
                    let Some(found) = levels.get_mut(level) else { continue };
                    match part {
                        "start" => found.start = value(&tag, "val").parse().unwrap_or(1),
                        "numFmt" => found.format = value(&tag, "val").into_owned(),
                        _ => found.text = value(&tag, "val").chars().take(40).collect(),
                    }
                }
                _ => {}
            }
        }
    }

    /// The number before the next paragraph of a list, a blank behind it;
    /// empty for bullets and unknown lists.
    pub(super) fn next(&mut self, number: u32, level: usize) -> String {
        let levels = self.numbers.get(&number).and_then(|list| self.lists.get(list));
        let Some((levels, shown)) = levels.and_then(|levels| Some((levels, levels.get(level)?)))
        else {
            return String::new();
        };
        let start = |level: usize| levels.get(level).map_or(1, |level| level.start);
        let fresh = || std::array::from_fn(|level| start(level).saturating_sub(1));
        let counts = self.counts.entry(number).or_insert_with(fresh);
        let Some(count) = counts.get_mut(level) else { return String::new() };
        *count = count.saturating_add(1);
        for (deeper, count) in counts.iter_mut().enumerate().skip(level + 1) {
            *count = start(deeper).saturating_sub(1);
        }
        if shown.format == "bullet" || shown.format == "none" {
            return String::new();
        }
        let mut text = String::new();
        let mut symbols = shown.text.chars();
        while let Some(symbol) = symbols.next() {
            let place = (symbol == '%').then(|| symbols.next()).flatten();
            let at = place.and_then(|place| place.to_digit(10)).map(|place| place.max(1) - 1);
            let at = at.and_then(|at| usize::try_from(at).ok());
            match at.and_then(|at| Some((*counts.get(at)?, levels.get(at)?))) {
                Some((count, level)) => text.push_str(&written(count.max(1), &level.format)),
                None => text.push(symbol),
            }
        }
        text.push(' ');
        text
    }
}

/// A number in one of Word's formats; Arabic digits for those without a table.
fn written(count: u32, format: &str) -> String {
    let symbol = |first: char| char::from_u32(u32::from(first) + (count - 1) % 26);
    let circled = || char::from_u32(0x2460 + count - 1).filter(|_| count <= 20);
    match format {
        "chineseCounting"
        | "chineseCountingThousand"
        | "ideographDigital"
        | "japaneseCounting"
        | "taiwaneseCountingThousand" => chinese(count),
        "ideographTraditional" => {
            let stem = "甲乙丙丁戊己庚辛壬癸".chars().nth(count.saturating_sub(1) as usize);
            stem.map_or_else(|| count.to_string(), String::from)
        }
        "lowerLetter" => symbol('a').map_or_else(String::new, String::from),
        "upperLetter" => symbol('A').map_or_else(String::new, String::from),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => {
            circled().map_or_else(|| count.to_string(), String::from)
        }
        _ => count.to_string(),
    }
}

/// 十二, 一百零五; Arabic digits from ten thousand on.
fn chinese(count: u32) -> String {
    if count == 0 || count >= 10_000 {
        return count.to_string();
    }
    let digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = count / unit % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        if !(unit == 10 && digit == 1 && text.is_empty()) {
            text.extend(digits.get(digit as usize));
        }
        text.push_str(name);
    }
    text
}
