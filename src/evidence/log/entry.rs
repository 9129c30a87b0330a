//! Entries: one line of JSON each, in one canonical form, so that equal entries have equal bytes.

use std::sync::Arc;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::model::Moment;
use crate::problem::Problem;
use crate::report::Report;
use crate::source::{SourceFile, sha256};

/// The version of the entries' form.
pub const VERSION: u32 = 1;

/// What a line of a log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Entry {
    /// A bundle was exported.
    Bundle(Bundle),
    /// An earlier bundle no longer stands.
    Withdrawn(Withdrawal),
}

/// An exported bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The version of this form.
    pub version: u32,
    /// When it was appended: a moment such as `2026-11-22T10:00:00Z`, or a day.
    pub time: String,
    /// Its name. A later bundle of the same name replaces it.
    pub bundle: String,
    /// SHA-256 of its `attestation.json`.
    pub attestation: String,
    /// SHA-256 of its `result.json`.
    pub result: String,
    /// The day of the decision.
    pub as_of: String,
    /// The program that decided, with its version.
    pub tool: String,
    /// What the person who appended it had to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A bundle that no longer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The version of this form.
    pub version: u32,
    /// When it was withdrawn.
    pub time: String,
    /// The number of the entry, from 1.
    pub entry: u64,
    /// Why.
    pub reason: String,
}

/// The lines of a log. A carriage return is part of its line: whoever puts one there has changed the entry.
pub(super) fn lines(entries: &str) -> impl Iterator<Item = &str> {
    entries.split_terminator('\n')
}

impl Entry {
    /// Reads a line.
    ///
    /// # Errors
    /// Why it is no entry in canonical form.
    pub fn parse(line: &str) -> Result<Self, String> {
        let entry: Self = serde_json::from_str(line).map_err(|error| format!("is no entry: {error}"))?;
        entry.check()?;
        match entry.line() {
            Ok(canonical) if canonical == line => Ok(entry),
            _ => Err("is not written as Tidegate writes entries: keys, order or spaces differ".to_owned()),
        }
    }

    /// The line, without its line break: the leaf of the tree.
    ///
    /// # Errors
    /// A value that JSON cannot hold: a fault of the program.
    pub fn line(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|error| error.to_string())
    }

    /// When it was appended.
    pub fn time(&self) -> &str {
        match self {
            Self::Bundle(bundle) => &bundle.time,
            Self::Withdrawn(withdrawal) => &withdrawal.time,
        }
    }

    /// What no entry may lack.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let (version, time) = match self {
            Self::Bundle(bundle) => (bundle.version, &bundle.time),
            Self::Withdrawn(withdrawal) => (withdrawal.version, &withdrawal.time),
        };
        if version != VERSION {
            return Err(format!("has version {version}; this Tidegate reads version {VERSION}"));
        }
        if time.parse::<Moment>().map(Moment::written).as_ref() != Ok(time) {
            return Err(format!("has `{time}` as its time, which is no moment such as 2026-11-22T10:00:00Z"));
        }
        match self {
            Self::Bundle(bundle) => {
                if bundle.bundle.trim().is_empty() {
                    return Err("names no bundle".to_owned());
                }
                let digest =
                    |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                match [&bundle.attestation, &bundle.result].into_iter().find(|text| !digest(text)) {
                    Some(text) => Err(format!("has `{text}`, which is no SHA-256 value")),
                    None => Ok(()),
                }
            }
            Self::Withdrawn(withdrawal) if withdrawal.reason.trim().is_empty() => Err("gives no reason".to_owned()),
            Self::Withdrawn(_) => Ok(()),
        }
    }
}

impl Bundle {
    /// The entry of a bundle with these two files.
    ///
    /// # Errors
    /// A result that Tidegate cannot read, or an attestation that is no JSON.
    pub fn of(
        name: &str,
        attestation: &SourceFile,
        result: &Arc<SourceFile>,
        moment: Moment,
    ) -> Result<Self, Vec<Problem>> {
        if serde_json::from_str::<IgnoredAny>(&attestation.text).is_err() {
            return Err(vec![
                Problem::new(format!("`{}` is not JSON", attestation.path)).help("export the bundle anew"),
            ]);
        }
        let report = Report::read(result)?;
        Ok(Self {
            version: VERSION,
            time: moment.written(),
            bundle: name.to_owned(),
            attestation: sha256(attestation.text.as_bytes()),
            result: sha256(result.text.as_bytes()),
            as_of: report.as_of,
            tool: format!("{} {}", report.tool.name, report.tool.version),
            note: None,
        })
    }
}
