//! Units behind numbers: how they are written and what label they get, from
//! the table `units.csv`. Which number they belong to is [`super::measure`]'s.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::domain::Number;
use crate::text::exact;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// Any currency.
    Money,
    /// Percent and its kin; the value is a quotient of one.
    Ratio,
    /// Percentage points: a difference of two ratios.
    Points,
    /// 倍
    Times,
    /// 岁
    Age,
    /// From 秒 to 年.
    Time,
    /// Persons, firms, pieces …
    Count,
    /// Length, area, mass, volume, power.
    Size,
}

/// A unit as one row of the table writes it.
#[derive(Debug)]
pub struct Unit {
    written: &'static str,
    length: usize,
    label: &'static str,
    kind: UnitKind,
    factor: Number,
}

impl Unit {
    /// The label of the labelling guide: 元, ratio, 岁, 年, 工作日, 人 …
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.label
    }

    /// How it was written.
    #[must_use]
    pub fn written(&self) -> &'static str {
        self.written
    }

    /// What it measures.
    #[must_use]
    pub fn kind(&self) -> UnitKind {
        self.kind
    }

    /// What one of it is in the unit of its label.
    #[must_use]
    pub fn factor(&self) -> Number {
        self.factor
    }
}

/// All units by their first character, longest writing first.
static UNITS: LazyLock<FxHashMap<char, Vec<Unit>>> = LazyLock::new(|| {
    let mut units: FxHashMap<char, Vec<Unit>> = FxHashMap::default();
    for unit in include_str!("units.csv").lines().filter_map(row) {
        if let Some(first) = unit.written.chars().next() {
            units.entry(first).or_default().push(unit);
        }
    }
    for same in units.values_mut() {
        same.sort_by_key(|unit| std::cmp::Reverse(unit.length));
    }
    units
});

/// One row; comments, the heading and rows that cannot be read are dropped (a
/// test says which).
fn row(line: &'static str) -> Option<Unit> {
    let mut cells = line.split(',');
    let (written, label, kind) = (cells.next()?, cells.next()?, cells.next()?);
    let kind = match kind {
        "money" => UnitKind::Money,
        "ratio" => UnitKind::Ratio,
        "points" => UnitKind::Points,
        "times" => UnitKind::Times,
        "age" => UnitKind::Age,
        "time" => UnitKind::Time,
        "count" => UnitKind::Count,
        "size" => UnitKind::Size,
        _ => return None,
    };
    let factor = exact::ratio(cells.next()?.parse().ok()?, cells.next()?.parse().ok()?)?;
    Some(Unit { written, length: written.chars().count(), label, kind, factor })
}

/// The longest unit that starts exactly at `index`, and where it ends.
#[must_use]
pub fn at(chars: &[char], index: usize) -> Option<(&'static Unit, usize)> {
    let candidates = UNITS.get(chars.get(index)?)?;
    candidates.iter().map(|unit| (unit, index + unit.length)).find(|(unit, end)| {
        let here = chars
            .get(index..*end)
            .is_some_and(|part| unit.written.chars().eq(part.iter().copied()));
        here && !continues(unit, chars, *end)
    })
}

/// Whether what stands behind makes another word of the unit: 年级, 次性, kmh.
fn continues(unit: &Unit, chars: &[char], end: usize) -> bool {
    let Some(&next) = chars.get(end) else { return false };
    if unit.written.ends_with(|last: char| last.is_ascii_alphanumeric()) {
        return next.is_ascii_alphanumeric();
    }
    let words = match unit.written {
        "年" => "级級代", // 三年级, 80年代
        "次" => "性",
        "成" => "员員立果功本为為长長绩績熟交品效都年就分份因语語套型形活",
        "分" => "之支别別类類店立行期配管工布局公批类层档",
        "家" => "庭属長长具电電乡鄉企",
        "人" => "民员員均才事力",
        "名" => "称稱单單录錄义義额額",
        "口" => "径岸",
        "位" => "置",
        "户" | "戶" => "籍",
        "部" => "分门門委",
        "对" => "于應应象外",
        "条" | "條" => "件例款",
        "门" | "門" => "店口诊",
        "台" | "臺" => "湾灣账",
        "所" => "有得属在",
        "代" => "表理码",
        "场" | "場" => "所地",
        "天" => "然津",
        "日" => "常益本元圆圓",
        "月" => "均",
        "块" | "塊" => "状",
        "角" => "大度形色落钢",
        "毛" => "笔利发",
        "米" => "厘",
        "班" | "个班" => "级子组次",
        "孩" => "子童",
        "胎" => "儿盘面",
        "周" | "个周" => "期边围转",
        "字" => "号",
        "头" => "等",
        _ => "",
    };
    words.contains(next)
}

#[cfg(test)]
#[path = "tests/unit.rs"]
mod tests;
