//! A moment to the second, in UTC.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Date, Moment};

/// A moment as RFC 3339 writes it, such as `2026-11-22T09:30:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(Timestamp);

impl Time {
    /// The moment a number of days later; the last moment of the calendar when there is none.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        let later = self.0.checked_add(SignedDuration::from_hours(i64::from(days) * 24));
        Self(later.unwrap_or(Timestamp::MAX))
    }

    /// The day, in UTC.
    pub fn day(self) -> Date {
        Date(jiff::tz::Offset::UTC.to_datetime(self.0).date())
    }
}

impl Moment {
    /// The time, when a clock showed it.
    pub fn time(self) -> Option<Time> {
        match self {
            Self::On(_) => None,
            Self::At(clock) => Timestamp::from_second(clock.as_second()).ok().map(Time),
        }
    }
}

impl From<Time> for Timestamp {
    fn from(time: Time) -> Self {
        time.0
    }
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no moment in UTC; write it as 2026-11-22T09:30:00Z");
        let time: Timestamp = text.parse().map_err(|_| wrong())?;
        let time = Self(time);
        // One way to write it: what is signed must not depend on taste.
        if time.to_string() == text { Ok(time) } else { Err(wrong()) }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
