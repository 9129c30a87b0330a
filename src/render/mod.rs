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
pub mod json;
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

pub use page::Page;
pub(crate) use page::{DIM, GREEN, RED, STRONG, styled};

/// A list whose entries are put together one by one while it is written.
pub(crate) struct Each<F>(pub(crate) F);

impl<I: IntoIterator<Item: serde::Serialize>, F: Fn() -> I> serde::Serialize for Each<F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Any value as JSON, with a line break at the end.
pub(crate) fn pretty(value: &impl serde::Serialize) -> Result<String, String> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}
