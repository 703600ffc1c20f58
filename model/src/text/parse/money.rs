//! Amounts of money: 5000万元, 人民币50元, 50元6角三分, $20.

use super::{Here, Scene, measured};
use crate::text::numeral::glyph;
use crate::text::unit::UnitKind;

/// The amount at `at`, with a currency.
pub(super) fn look(scene: Scene<'_>, at: usize, floor: usize) -> Here {
    let interval = match scene.interval(at, floor)? {
        Ok(interval) => interval,
        Err(failed) => return Some(Err(failed)),
    };
    (interval.measure().kind() == Some(UnitKind::Money)).then(|| Ok(measured(&interval)))
}

/// 注册资本5000万以上: in a line that names no currency at all, a number in 万
/// or 亿 without a unit of its own is taken for 元.
pub(super) fn bare(scene: Scene<'_>, at: usize, floor: usize) -> Here {
    let interval = scene.interval(at, floor)?.ok()?;
    let measure = interval.second.unwrap_or(interval.first);
    let written = scene.chars.get(measure.number.start..measure.number.end)?;
    let large = written.iter().any(|&c| glyph::big(c).is_some());
    let alone = scene
        .chars
        .get(measure.end)
        .is_none_or(|&c| !c.is_alphanumeric() || "以及或的至到和与内".contains(c));
    (large && alone && measure.unit.is_none()).then(|| {
        let mut found = measured(&interval);
        found.unit = Some("元".to_owned());
        Ok(found)
    })
}
