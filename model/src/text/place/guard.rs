//! Names that are words, and words that begin like names. Facts about the
//! language; extend freely.

use crate::text::span::Span;

/// Names of cities that count with their suffix only, since without it they
/// are words, persons, mountains or firms: 日照, 来宾, 开封, 阿里.
pub(super) const NEEDS_SUFFIX: [&str; 22] = [
    "东方", "和平", "江南", "阿里", "朝阳", "安康", "大同", "长治", "来宾", "日照", "开封", "兴安",
    "海西", "海东", "海北", "普洱", "和田", "保山", "黄山", "自治", "文山", "平安",
];

/// What a name must not be followed by, by its last characters.
const CROSSING: [(&str, &[&str]); 52] = [
    ("省", &["级", "略", "去", "会", "份"]),
    ("市", &["场", "民", "值", "价", "容", "面上", "级"]),
    ("县", &["域", "级"]),
    ("区", &["域", "间", "别", "分", "块", "划", "位"]),
    ("安", &["全", "排", "置", "装", "保", "检", "心", "防"]),
    ("南通", &["知", "过", "用", "道", "报", "信", "行"]),
    ("四平", &["方", "米", "台"]),
    ("平", &["均", "台", "方", "等", "稳"]),
    ("水", &["平", "利", "电", "质", "费", "务"]),
    ("阳", &["光", "性", "台"]),
    ("自贡", &["献"]),
    ("中卫", &["生"]),
    ("固原", &["有", "来", "则", "先"]),
    ("定西", &["部", "侧", "医", "药"]),
    ("保定", &["期", "额", "价", "位", "点", "向", "时", "居"]),
    ("新余", &["额"]),
    ("海口", &["径"]),
    ("大理", &["论", "由", "解", "念", "石", "想", "事", "财", "赔", "性"]),
    ("大连", &["接", "续", "通", "锁", "带"]),
    ("大庆", &["典", "祝"]),
    ("南充", &["分", "足", "实", "电", "值"]),
    ("东营", &["业", "运", "收", "造", "销", "商", "养"]),
    ("三明", &["治", "确"]),
    ("百色", &["彩"]),
    ("中山", &["大学", "路", "陵", "装", "公园", "先生", "舰", "医"]),
    ("北海", &["公园", "道", "关"]),
    ("上海", &["关", "拔"]),
    ("河南", &["岸"]),
    ("河北", &["岸"]),
    ("湖南", &["岸"]),
    ("湖北", &["岸"]),
    ("海南", &["岸"]),
    ("通化", &["解"]),
    ("德州", &["扑克"]),
    ("金华", &["火腿"]),
    ("城", &["镇", "市", "乡"]),
    ("本溪", &["流"]),
    ("黑河", &["道"]),
    ("嘉兴", &["奋"]),
    ("铜川", &["流"]),
    ("吉林", &["木"]),
    ("台湾", &["海峡"]),
    ("广安", &["门"]),
    ("西安", &["门"]),
    ("海南", &["站"]),
    ("宁德", &["时代"]),
    ("重庆", &["祝"]),
    ("平凉", &["快"]),
    ("临沧", &["桑"]),
    ("信阳", &["性"]),
    ("资阳", &["性"]),
    ("昌都", &["是", "有"]),
];

/// Names that must not follow these characters: 西|南山区, 进|一步.
const LEADING: [(&str, &str); 9] = [
    ("南山区", "西东"),
    ("北山区", "东西"),
    ("中山", "孙"),
    ("大理", "重较最巨强"),
    ("大连", "最重扩强"),
    ("四平", "十二三四五六七八九百〇"),
    ("三明", "第"),
    ("新余", "最更"),
    ("海门", "上"),
];

/// First characters of numbers of documents, and the region they stand for.
pub(super) const NUMBERS: [(&str, u32); 36] = [
    ("京", 110_000),
    ("津", 120_000),
    ("冀", 130_000),
    ("晋", 140_000),
    ("蒙内", 150_000),
    ("辽", 210_000),
    ("吉", 220_000),
    ("黑", 230_000),
    ("沪", 310_000),
    ("苏", 320_000),
    ("浙", 330_000),
    ("皖", 340_000),
    ("闽", 350_000),
    ("赣", 360_000),
    ("鲁", 370_000),
    ("豫", 410_000),
    ("鄂", 420_000),
    ("湘", 430_000),
    ("粤", 440_000),
    ("桂", 450_000),
    ("琼", 460_000),
    ("渝", 500_000),
    ("川", 510_000),
    ("黔贵", 520_000),
    ("滇云", 530_000),
    ("藏", 540_000),
    ("陕", 610_000),
    ("甘", 620_000),
    ("青", 630_000),
    ("宁", 640_000),
    ("新", 650_000),
    ("穗", 440_100),
    ("深", 440_300),
    ("杭", 330_100),
    ("甬", 330_200),
    ("佛", 440_600),
];

/// Whether the characters behind a name make another word of it.
pub(super) fn blocked(chars: &[char], at: usize, end: usize) -> bool {
    let name = Span::new(at, end).of(chars);
    let rest = chars.get(end..end.saturating_add(3).min(chars.len())).unwrap_or_default();
    if rest.is_empty() {
        return false;
    }
    CROSSING.iter().any(|(tail, words)| {
        crate::text::span::ends(name, tail)
            && words.iter().any(|word| crate::text::span::begins(rest, word))
    })
}

/// Whether the character before a name makes another word of it.
pub(super) fn crossed(chars: &[char], at: usize, end: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|at| chars.get(at)) else { return false };
    let name = Span::new(at, end).of(chars);
    // 国有和县以上, 对应县级: two characters that end with 县 are a name at the
    // beginning of a phrase only.
    let han = matches!(before, '\u{4e00}'..='\u{9fff}') && !"在于到至自从由是为".contains(*before);
    if name.len() == 2 && name.last() == Some(&'县') && han {
        return true;
    }
    LEADING
        .iter()
        .any(|(word, leads)| leads.contains(*before) && crate::text::span::begins(name, word))
}
