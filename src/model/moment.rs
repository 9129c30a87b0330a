//! When a run decides, and when an exception ends.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::Date;

/// When a run decides.
#[derive(Debug, Clone, Copy)]
pub enum Moment {
    /// On a day that the user names. It is the same day in every zone.
    On(Date),
    /// At a moment of the clock: a day that depends on the zone.
    At(Timestamp),
}

impl Moment {
    /// The moment that a clock shows.
    pub fn of(clock: SystemTime) -> Option<Self> {
        Timestamp::try_from(clock).ok().map(Self::At)
    }

    /// The day of the decision; by the clock, the day in the system's time zone.
    pub fn day(self) -> Date {
        match self {
            Self::On(day) => day,
            Self::At(clock) => Date(clock.to_zoned(TimeZone::system()).date()),
        }
    }

    /// As it is written down: a day, or a moment of UTC in seconds.
    pub fn written(self) -> String {
        match self {
            Self::On(day) => day.to_string(),
            Self::At(clock) => Timestamp::from_second(clock.as_second()).unwrap_or(clock).to_string(),
        }
    }

    /// The moment in UTC, in the basic form of ISO 8601: `20261122T000000Z`.
    pub fn stamp(self) -> String {
        match self {
            Self::On(day) => format!("{}T000000Z", day.basic()),
            Self::At(clock) => clock.strftime("%Y%m%dT%H%M%SZ").to_string(),
        }
    }

    fn day_at(self, offset: Offset) -> Date {
        match self {
            Self::On(day) => day,
            Self::At(clock) => Date(offset.to_datetime(clock).date()),
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    /// Reads what [`Moment::written`] wrote.
    fn from_str(text: &str) -> Result<Self, String> {
        let day = || text.parse().map(Self::On);
        text.parse().map_or_else(|_| day(), |clock| Ok(Self::At(clock)))
    }
}

/// The last day of something, and the zone in which that day ends. Written like a date of XML Schema: `2026-12-31+08:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// The last day.
    pub day: Date,
    offset: Offset,
}

impl Expiry {
    /// The format's name in JSON Schema.
    pub const FORMAT: &'static str = "date-with-zone";

    /// True when the last day is over.
    pub fn is_over(self, moment: Moment) -> bool {
        moment.day_at(self.offset) > self.day
    }

    /// Days from the moment to the last day; negative when that is over.
    pub fn days_left(self, moment: Moment) -> i64 {
        self.day.days_since(moment.day_at(self.offset))
    }
}

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a day with a zone; write it as 2026-12-31+08:00 or 2026-12-31Z");
        let (day, zone) = text.split_at_checked(10).ok_or_else(wrong)?;
        let offset = match zone {
            "Z" => Offset::UTC,
            // The parser wants a time before an offset.
            _ if zone.len() == 6 => {
                let moment = format!("1970-01-02T00:00{zone}");
                let since = moment.parse::<Timestamp>().map_err(|_| wrong())?.as_second() - 24 * 60 * 60;
                // No zone is further from UTC: XML Schema part 2, section 3.2.7.3.
                let seconds = i32::try_from(-since).ok().filter(|seconds| seconds.abs() <= 14 * 60 * 60);
                Offset::from_seconds(seconds.ok_or_else(wrong)?).map_err(|_| wrong())?
            }
            _ => return Err(wrong()),
        };
        Ok(Self { day: day.parse()?, offset })
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset.seconds() / 60;
        if minutes == 0 {
            return write!(formatter, "{}Z", self.day);
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(formatter, "{}{sign}{:02}:{:02}", self.day, minutes.abs() / 60, minutes.abs() % 60)
    }
}

impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Expiry {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Expiry".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": Self::FORMAT })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::At(text.parse().unwrap())
    }

    #[test]
    fn a_last_day_ends_in_its_zone() {
        let taipei: Expiry = "2026-12-31+08:00".parse().unwrap();
        assert!(!taipei.is_over(moment("2026-12-31T15:59:59Z")));
        assert!(taipei.is_over(moment("2026-12-31T16:00:00Z")));
        let new_york: Expiry = "2026-12-31-05:00".parse().unwrap();
        assert!(!new_york.is_over(moment("2027-01-01T04:59:59Z")));
        assert!(new_york.is_over(moment("2027-01-01T05:00:00Z")));
        assert_eq!(new_york.days_left(moment("2026-12-30T12:00:00Z")), 1);
    }

    #[test]
    fn a_named_day_is_the_same_in_every_zone() {
        for expires in ["2026-12-31+08:00", "2026-12-31Z", "2026-12-31-11:30"] {
            let expiry: Expiry = expires.parse().unwrap();
            assert!(!expiry.is_over(Moment::On("2026-12-31".parse().unwrap())));
            assert!(expiry.is_over(Moment::On("2027-01-01".parse().unwrap())));
            assert_eq!(expiry.to_string(), expires);
        }
    }

    #[test]
    fn a_moment_is_written_as_it_is_read() {
        for text in ["2026-11-22", "2026-11-22T10:00:00Z"] {
            assert_eq!(text.parse().map(Moment::written), Ok(text.to_owned()));
        }
        assert_eq!(moment("2026-11-22T18:00:00.5+08:00").written(), "2026-11-22T10:00:00Z");
    }

    #[test]
    fn a_day_without_zone_is_refused() {
        for wrong in ["2026-12-31", "2026-12-31+8", "2026-12-31+25:00", "2026-02-30Z", "2026-12-31T00:00Z", "台灣"] {
            assert!(wrong.parse::<Expiry>().is_err(), "{wrong}");
        }
    }
}
