//! All-day events as iCalendar (RFC 5545).
//!
//! The crates for it were looked at: one asks the clock and draws random ids where it is not told otherwise, the other folds one octet
//! too late. The few lines that are needed are written here.

use std::fmt::Write;

use crate::model::Date;
use crate::source::sha256;

/// The longest line, in octets and without its end.
const LINE: usize = 75;

/// Something that happens on a day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    /// The day.
    pub(super) day: Date,
    /// What happens.
    pub(super) summary: String,
    /// What to do, and where it is written.
    pub(super) description: String,
    /// What kind of thing it is.
    pub(super) category: &'static str,
    /// Names the thing, whatever its day: when the day moves, it stays the same event.
    pub(super) key: String,
}

/// The calendar, with the moment at which it was written.
pub(super) fn write(events: &[Event], stamp: &str) -> String {
    let mut text = String::new();
    let mut line = |content: &str| fold(&mut text, content);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line(concat!("PRODID:-//Tidegate//Tidegate ", env!("CARGO_PKG_VERSION"), "//EN"));
    line("CALSCALE:GREGORIAN");
    for event in events {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", uid(&event.key)));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;VALUE=DATE:{}", event.day.basic()));
        line(&format!("SUMMARY:{}", escape(&event.summary)));
        line(&format!("DESCRIPTION:{}", escape(&event.description)));
        line(&format!("CATEGORIES:{}", escape(event.category)));
        line("TRANSP:TRANSPARENT");
        line("BEGIN:VALARM");
        line("ACTION:DISPLAY");
        line(&format!("DESCRIPTION:{}", escape(&event.summary)));
        line("TRIGGER:-P30D");
        line("END:VALARM");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

/// A name that no other calendar has.
fn uid(key: &str) -> String {
    let digest = sha256(format!("tidegate expiry\n{key}").as_bytes());
    format!("{}@tidegate", &digest[..32])
}

/// Text as a property value. Other control characters are not allowed at all.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            _ if c.is_control() => escaped.push(' '),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Writes a content line in pieces of at most [`LINE`] octets. A continuation begins with a space, which counts, and no character is
/// cut.
fn fold(text: &mut String, content: &str) {
    let mut width = 0;
    for c in content.chars() {
        if width + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            width = 1;
        }
        text.push(c);
        width += c.len_utf8();
    }
    let _ = write!(text, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_at_octets_and_never_inside_a_character() {
        for content in ["合約".repeat(60), "a".repeat(300), format!("x{}", "é".repeat(100))] {
            let mut text = String::new();
            fold(&mut text, &content);
            let lines: Vec<&str> = text.strip_suffix("\r\n").unwrap().split("\r\n").collect();
            assert!(lines.iter().all(|line| line.len() <= LINE), "{lines:?}");
            assert!(lines[..lines.len() - 1].iter().all(|line| line.len() > LINE - 4), "lines are filled: {lines:?}");
            assert!(lines[1..].iter().all(|line| line.starts_with(' ')), "{lines:?}");
            assert_eq!(text.replace("\r\n ", "").trim_end(), content);
        }
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(escape("a, b; c\\d\r\ne\nf\u{7}"), "a\\, b\\; c\\\\d\\ne\\nf ");
    }
}
