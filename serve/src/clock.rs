//! The only place that asks for the time. Days are those of China, which has
//! one time zone and no summer time.

use jiff::{SignedDuration, Timestamp, civil::Date, tz};

/// Hours that China is ahead of UTC.
const CHINA: i8 = 8;

/// The day in China.
#[must_use]
pub fn today() -> Date {
    tz::offset(CHINA).to_datetime(Timestamp::now()).date()
}

/// The moment as ISO 8601 in UTC with milliseconds; text order is time order.
#[must_use]
pub fn now() -> String {
    format!("{:.3}", Timestamp::now())
}

/// The moment so many times 24 hours ago, in the form of [`now`].
#[must_use]
pub fn days_ago(days: i64) -> String {
    let then = Timestamp::now().checked_sub(SignedDuration::from_hours(24 * days));
    format!("{:.3}", then.unwrap_or(Timestamp::MIN))
}
