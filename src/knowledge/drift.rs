//! Which facts rest on documents that changed after the profile was reviewed.

use serde_json::Value;

use super::{Knowledge, Known};
use crate::document::yaml::escape;
use crate::model::{Date, ProviderProfile};

/// A source of a profile that an archive of terms keeps.
#[derive(Debug)]
pub struct Archived<'a> {
    /// The profile.
    pub profile: &'a Known<ProviderProfile>,
    /// The source's short name in it.
    pub source: &'a str,
    /// The document's path in the archive.
    pub document: &'a str,
    /// The day up to which the facts were compared with it.
    pub reviewed: Date,
}

impl Knowledge {
    /// Every source that names its document in an archive, by provider.
    pub fn archived(&self) -> Vec<Archived<'_>> {
        self.profiles
            .values()
            .flat_map(|profile| {
                profile.model.sources.iter().filter_map(move |(source, stated)| {
                    let document = stated.archive.as_deref()?;
                    Some(Archived { profile, source, document, reviewed: profile.model.reviewed })
                })
            })
            .collect()
    }
}

impl Archived<'_> {
    /// The facts that cite the source: pointer and line in the profile's file.
    pub fn facts(&self) -> Vec<(String, usize)> {
        let document = &self.profile.document;
        let mut pointers = Vec::new();
        citing(&document.node.to_json()["services"], "/services", self.source, &mut pointers);
        pointers
            .into_iter()
            .map(|pointer| {
                let (line, _) = document.file.line_column(document.node.locate_entry(&pointer).start);
                (pointer, line)
            })
            .collect()
    }
}

fn citing(value: &Value, at: &str, source: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            if map.get("source").is_some_and(|cited| cited == source) {
                found.push(at.to_owned());
            }
            for (key, inner) in map {
                citing(inner, &format!("{at}/{}", escape(key)), source, found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                citing(inner, &format!("{at}/{index}"), source, found);
            }
        }
        _ => {}
    }
}
