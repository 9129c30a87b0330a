//! Logs for people, and as JSON for programs.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::audit::{Audit, Fault};
use super::entry::Entry;
use super::standing::{BundleStanding, Standing, standings};
use crate::render::page::{DIM, GREEN, Page, RED, STRONG, YELLOW, styled};

/// So many digits of a digest tell people one bundle from another.
const SHORT: usize = 12;

/// Every entry, with how it stands.
pub fn list(entries: &[Entry], width: usize) -> String {
    let mut page = Page::new(width);
    for ((number, entry), standing) in (1..).zip(entries).zip(standings(entries)) {
        match entry {
            Entry::Bundle(bundle) => {
                let (style, word) = mark(&standing);
                let head = format!("{number}  {}  {}", styled(STRONG, &bundle.bundle), styled(style, &word));
                page.hanging(0, 2, &head);
                let facts = format!("logged {}, as of {}, by {}", bundle.time, bundle.as_of, bundle.tool);
                page.hanging(2, 4, &facts);
                let digests = format!("attestation {}…, result {}…", short(&bundle.attestation), short(&bundle.result));
                page.hanging(2, 4, &styled(DIM, &digests));
                if let Some(note) = &bundle.note {
                    page.paragraph(2, note);
                }
            }
            Entry::Withdrawn(withdrawal) => {
                let head = styled(STRONG, &format!("withdrawal of entry {}", withdrawal.entry));
                page.hanging(0, 2, &format!("{number}  {head}"));
                page.hanging(2, 4, &format!("logged {}", withdrawal.time));
                page.paragraph(2, &withdrawal.reason);
            }
        }
    }
    page.paragraph(0, &count(entries.len() as u64));
    page.finish()
}

/// Every entry, as JSON.
pub fn list_json(entries: &[Entry]) -> Json {
    let rows = (1..).zip(entries).zip(standings(entries)).map(|((number, entry), standing): ((u64, _), _)| {
        let mut row = merged(&[json!({"number": number}), value(entry)]);
        row["standing"] = value(&standing);
        row
    });
    json!({"version": 1, "entries": rows.collect::<Vec<_>>()})
}

/// Whether the log is whole, and how a bundle in hand stands in it.
pub fn audit(audit: &Audit, bundle: Option<(&str, &BundleStanding)>, width: usize) -> String {
    let mut page = Page::new(width);
    if audit.faults.is_empty() {
        let head = audit.head.as_ref().map_or(String::new(), |head| format!(", origin {}", head.origin));
        page.hanging(0, 2, &format!("{} {}{head}", styled(GREEN, "✓ the log is whole:"), count(audit.size)));
    } else {
        page.hanging(0, 2, &format!("{} {}", styled(RED, "✗ the log is not whole:"), count(audit.size)));
        faults_on(&mut page, &audit.faults);
    }
    for number in &audit.backdated {
        page.hanging(
            2,
            4,
            &format!("{} entry {number} claims an earlier time than an entry before it", styled(YELLOW, "!")),
        );
    }
    // What the entries say counts only where they are those that were written.
    if audit.faults.is_empty() {
        standings_on(&mut page, &audit.entries);
    }
    if let Some((name, standing)) = bundle {
        let (style, sign, words) = words(standing);
        page.hanging(0, 2, &format!("{} {words}", styled(style, &format!("{sign} {name}:"))));
    }
    page.finish()
}

/// The same as JSON.
pub fn audit_json(audit: &Audit, bundle: Option<(&str, &BundleStanding)>) -> Json {
    let head = audit.head.as_ref().map(|head| json!({"origin": head.origin, "size": head.size}));
    let bundle = bundle.map(|(name, standing)| {
        let mut said = merged(&[json!({"name": name}), value(standing)]);
        said["message"] = json!(words(standing).2);
        said
    });
    json!({
        "version": 1,
        "whole": audit.faults.is_empty(),
        "size": audit.size,
        "head": head,
        "faults": audit.faults,
        "backdated": audit.backdated,
        "bundle": bundle,
    })
}

/// What is wrong with a log to which somebody wanted to append.
pub fn faults(faults: &[Fault], width: usize) -> String {
    let mut page = Page::new(width);
    page.hanging(0, 2, &styled(RED, "✗ the log is not whole; nothing was appended"));
    faults_on(&mut page, faults);
    page.paragraph(2, "restore it from a copy; of an append that was cut short, remove the last entry");
    page.finish()
}

/// Whether a proof holds.
pub fn proof(holds: bool, message: &str, width: usize) -> String {
    let mut page = Page::new(width);
    let sign = if holds { styled(GREEN, "✓ the proof holds:") } else { styled(RED, "✗ the proof does not hold:") };
    page.hanging(0, 2, &format!("{sign} {message}"));
    page.finish()
}

fn faults_on(page: &mut Page, faults: &[Fault]) {
    for fault in faults {
        page.hanging(2, 4, &format!("{} {}", styled(RED, fault.fault), fault.message));
    }
}

/// The bundles that are not the last word any more.
fn standings_on(page: &mut Page, entries: &[Entry]) {
    for ((number, entry), standing) in (1..).zip(entries).zip(standings(entries)) {
        let number: u64 = number;
        let name = match entry {
            Entry::Bundle(bundle) => &bundle.bundle,
            Entry::Withdrawn(_) => continue,
        };
        match &standing {
            Standing::Replaced { .. } | Standing::Withdrawn { .. } => {
                let said = said(&standing);
                page.hanging(2, 4, &format!("{} entry {number} ({name}) {said}", styled(YELLOW, "!")));
            }
            Standing::Current | Standing::Withdrawal => {}
        }
    }
}

fn mark(standing: &Standing) -> (anstyle::Style, String) {
    let style = match standing {
        Standing::Current | Standing::Withdrawal => GREEN,
        Standing::Replaced { .. } => YELLOW,
        Standing::Withdrawn { .. } => RED,
    };
    (style, said(standing))
}

fn said(standing: &Standing) -> String {
    match standing {
        Standing::Current => "stands".to_owned(),
        Standing::Withdrawal => "withdraws".to_owned(),
        Standing::Replaced { by, same_result: true } => format!("was replaced by entry {by}, with the same result"),
        Standing::Replaced { by, same_result: false } => format!("was replaced by entry {by}, with another result"),
        Standing::Withdrawn { by, reason } => format!("was withdrawn by entry {by}: {reason}"),
    }
}

fn words(standing: &BundleStanding) -> (anstyle::Style, &'static str, String) {
    match standing {
        BundleStanding::Logged { entry, standing: Standing::Current } => {
            (GREEN, "✓", format!("is entry {entry} of the log"))
        }
        BundleStanding::Logged { entry, standing } => {
            let (style, said) = mark(standing);
            let sign = if style == RED { "✗" } else { "!" };
            (style, sign, format!("is entry {entry} of the log, which {said}"))
        }
        BundleStanding::OtherResult { entry, logged } => {
            (RED, "✗", format!("its result.json is not the one of entry {entry}, which has {}…", short(logged)))
        }
        BundleStanding::Other { entry, logged } => {
            let words = format!("is not in the log; entry {entry} has its name and attestation {}…", short(logged));
            (RED, "✗", words)
        }
        BundleStanding::Absent => (RED, "✗", "is not in the log".to_owned()),
    }
}

fn count(size: u64) -> String {
    if size == 1 { "1 entry".to_owned() } else { format!("{size} entries") }
}

fn short(digest: &str) -> &str {
    digest.get(..SHORT).unwrap_or(digest)
}

fn value(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

fn merged(parts: &[Json]) -> Json {
    let fields = parts.iter().filter_map(Json::as_object).flatten();
    Json::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
}
