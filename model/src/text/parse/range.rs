//! Bounds: 不低于60%, 30人以上, 3至5年, 大于5小于10, 五百多.

use super::{Found, Here, Scene, measured};

/// The interval around the measure at `at`, its words included.
pub(super) fn look(scene: Scene<'_>, at: usize, floor: usize) -> Here {
    let interval = match scene.interval(at, floor)? {
        Ok(interval) => interval,
        Err(failed) => return Some(Err(failed)),
    };
    if interval.first.calendar || !interval.is_bounded() {
        return None;
    }
    let found = measured(&interval);
    let exact =
        matches!((&found.lower, &found.upper), (Some(lower), Some(upper)) if lower == upper);
    let value = found.value.clone().filter(|_| exact);
    Some(Ok(Found { start: interval.start, end: interval.end, value, ..found }))
}
