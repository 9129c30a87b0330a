//! Last stage: the canonical result in every form that people and their tools read. What renders a result knows the result and nothing behind it.

pub mod discovery;
pub mod docs;
pub mod exceptions;
mod finding;
pub mod freshness;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod impact;
pub mod junit;
pub mod markdown;
pub mod memo;
pub mod oscal;
pub(crate) mod page;
pub mod problems;
pub mod profile;
pub mod rules;
pub mod sarif;
mod service;
pub mod text;

use crate::report::Report;

pub use page::Page;
pub(crate) use page::{DIM, GREEN, RED, STRONG, styled};

/// The result as JSON, with a line break at the end.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn json(report: &Report) -> Result<String, String> {
    pretty(report)
}

/// Any value as JSON, with a line break at the end.
pub(crate) fn pretty(value: &impl serde::Serialize) -> Result<String, String> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}
