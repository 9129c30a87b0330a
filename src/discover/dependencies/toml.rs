//! TOML with places.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Dependency;

/// Reads a text.
pub(super) fn parse(text: &str) -> Result<DeTable<'_>, String> {
    match DeTable::parse(text) {
        Ok(table) => Ok(table.into_inner()),
        Err(error) => Err(format!("it is not TOML: {}", error.message())),
    }
}

/// The table at a path of keys.
pub(super) fn table<'t, 'i>(root: &'t DeTable<'i>, path: &[&str]) -> Option<&'t DeTable<'i>> {
    path.iter().try_fold(root, |table, key| match value(table, key)?.get_ref() {
        DeValue::Table(inner) => Some(inner),
        _ => None,
    })
}

/// The value of a key.
pub(super) fn value<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t Spanned<DeValue<'i>>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
}

/// The tables below every key of a table.
pub(super) fn tables<'t, 'i>(table: Option<&'t DeTable<'i>>) -> impl Iterator<Item = &'t DeTable<'i>> {
    table.into_iter().flat_map(|table| table.iter()).filter_map(|(_, value)| match value.get_ref() {
        DeValue::Table(inner) => Some(inner),
        _ => None,
    })
}

/// A text with the byte at which it starts, after its quote.
pub(super) fn text(value: &Spanned<DeValue<'_>>) -> Option<(String, usize)> {
    match value.get_ref() {
        DeValue::String(text) => Some((text.to_string(), value.span().start + 1)),
        _ => None,
    }
}

/// The texts of a list.
pub(super) fn texts(value: Option<&Spanned<DeValue<'_>>>) -> Vec<(String, usize)> {
    match value.map(Spanned::get_ref) {
        Some(DeValue::Array(items)) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

/// The keys of a table as packages.
pub(super) fn keys(table: Option<&DeTable<'_>>) -> Vec<Dependency> {
    let keys = table.into_iter().flat_map(|table| table.iter());
    keys.map(|(key, _)| Dependency { name: key.get_ref().to_string(), at: key.span().start }).collect()
}
