//! Ages: 18周岁, 十个月大, 16-59周岁.

use super::{Found, Here, Scene, measured};
use crate::text::scan;
use crate::text::unit::UnitKind;

/// The age at `at`: a measure in 岁, or a length of time with 大 or 龄 behind.
pub(super) fn look(scene: Scene<'_>, at: usize, floor: usize) -> Here {
    let interval = match scene.interval(at, floor)? {
        Ok(interval) => interval,
        Err(failed) => return Some(Err(failed)),
    };
    let measure = interval.measure();
    match measure.kind()? {
        UnitKind::Age => Some(Ok(measured(&interval))),
        UnitKind::Time if !measure.calendar => {
            let last = interval.second.unwrap_or(measure);
            let end = old(scene.chars, last.end)?;
            let found = measured(&interval);
            Some(Ok(Found { end: found.end.max(end), ..found }))
        }
        _ => None,
    }
}

/// Behind 大, which makes an age of a length of time; 大学 and the like do not.
fn old(chars: &[char], index: usize) -> Option<usize> {
    let end = scan::word(chars, index, "大").or_else(|| scan::word(chars, index, "龄"))?;
    (!chars.get(end).is_some_and(|&c| "学型概量专多约赛会庆".contains(c))).then_some(end)
}
