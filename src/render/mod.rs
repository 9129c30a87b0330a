//! Last stage: the canonical result as text or JSON. What renders a result knows the result and nothing behind it.

pub mod docs;
pub mod exceptions;
pub mod freshness;
mod page;
pub mod problems;
pub mod profile;
pub mod rules;
pub mod text;

use crate::report::Report;

pub use page::Page;

/// The result as JSON, with a line break at the end.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn json(report: &Report) -> Result<String, String> {
    let mut text = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}
