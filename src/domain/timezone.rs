//! A person's time zone, as far as it matters: when it is night there.

use std::{fmt, time::Duration};

use super::Timestamp;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// The night, in milliseconds since midnight: nobody is reminded of anything then.
const NIGHT_BEGINS: i64 = 22 * 60 * MINUTE_MS;
const NIGHT_ENDS: i64 = 8 * 60 * MINUTE_MS;

/// Minutes east of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timezone(i64);

impl Timezone {
    /// As stored.
    pub const fn from_minutes(minutes: i64) -> Self {
        Self(minutes)
    }

    /// Minutes east of UTC.
    pub const fn minutes(self) -> i64 {
        self.0
    }

    /// Reads `+3`, `-4:30`, `UTC+2`, `UTC`: what exists on earth.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_uppercase().replace('−', "-");
        let text = match text.strip_prefix("UTC").or(text.strip_prefix("GMT")) {
            Some("") => "0",
            Some(offset) => offset.trim(),
            None => text.as_str(),
        };
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
        let number = |text: &str| {
            let is_one =
                (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i64>().ok().filter(|_| is_one)
        };
        let (hours, minutes) = (
            number(hours)?,
            number(minutes).filter(|minutes| *minutes < 60)?,
        );
        let offset = sign * (hours * 60 + minutes);
        (-12 * 60..=14 * 60)
            .contains(&offset)
            .then_some(Self(offset))
    }

    /// When the night is over that it is there now; nothing by day.
    pub fn night_ends(self, now: Timestamp) -> Option<Timestamp> {
        let of_day = (now.millis() + self.0 * MINUTE_MS).rem_euclid(DAY_MS);
        let left = match of_day {
            ..NIGHT_ENDS => NIGHT_ENDS - of_day,
            NIGHT_BEGINS.. => DAY_MS - of_day + NIGHT_ENDS,
            _ => return None,
        };
        Some(now.plus(Duration::from_millis(
            u64::try_from(left).unwrap_or_default(),
        )))
    }

    /// `14:05`
    pub fn time(self, now: Timestamp) -> String {
        let minutes = (now.millis() + self.0 * MINUTE_MS).rem_euclid(DAY_MS) / MINUTE_MS;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl fmt::Display for Timezone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.0.abs() / 60, self.0.abs() % 60);
        let sign = if self.0 < 0 { '-' } else { '+' };
        match (hours, minutes) {
            (0, 0) => f.write_str("UTC"),
            (_, 0) => write!(f, "UTC{sign}{hours}"),
            _ => write!(f, "UTC{sign}{hours}:{minutes:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_as_people_write_them() {
        for (text, shown) in [
            ("+3", Some("UTC+3")),
            ("3", Some("UTC+3")),
            (" utc+05:30 ", Some("UTC+5:30")),
            ("-4:30", Some("UTC-4:30")),
            ("−4", Some("UTC-4")),
            ("GMT-12", Some("UTC-12")),
            ("0", Some("UTC")),
            ("+14", Some("UTC+14")),
            ("+14:01", None),
            ("-13", None),
            ("+3:60", None),
            ("++3", None),
            ("+-3", None),
            ("", None),
            ("UTC", Some("UTC")),
            ("Berlin", None),
            ("+3:", None),
        ] {
            assert_eq!(
                Timezone::parse(text)
                    .map(|zone| zone.to_string())
                    .as_deref(),
                shown,
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_night_is_from_ten_to_eight() {
        let at = |hours: i64, minutes: i64| {
            Timestamp::from_millis(20_000 * DAY_MS + (hours * 60 + minutes) * MINUTE_MS)
        };
        let (utc, east) = (Timezone(0), Timezone(180));
        assert_eq!(utc.night_ends(at(21, 59)), None);
        assert_eq!(utc.night_ends(at(22, 0)), Some(at(32, 0)));
        assert_eq!(utc.night_ends(at(7, 59)), Some(at(8, 0)));
        assert_eq!(utc.night_ends(at(8, 0)), None);
        assert_eq!(east.night_ends(at(19, 0)), Some(at(29, 0)));
        assert_eq!(east.night_ends(at(6, 0)), None);
        assert_eq!(east.time(at(22, 5)), "01:05");
    }
}
