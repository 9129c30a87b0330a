//! Places as SARIF wants them.
//!
//! GitHub refuses a whole file for one location without an artifact, or with an address that is no file. So what the binary holds
//! is told in the message, with the address of the provider's document, and has no location.

use serde_json::{Value as Json, json};

use super::plain;
use crate::render::finding::{can_be_opened, line, places, spot, value};
use crate::report::{FactResult, Place, Report};

/// What relative paths start from.
pub(super) const ROOT: &str = "%SRCROOT%";
/// GitHub shows no more locations of a result.
const MOST: usize = 100;

/// The places of the facts of a finding, numbered from 1.
#[derive(Default)]
pub(super) struct Related {
    pub(super) locations: Vec<Json>,
}

impl Related {
    /// A fact in words, with links to its places.
    pub(super) fn fact(&mut self, report: &Report, fact: &FactResult) -> String {
        let shown = format!("{} = {}", fact.name, value(&fact.value));
        let mut notes: Vec<String> = Vec::new();
        for place in places(fact) {
            let name = format!("{}:{}", place.file, place.line);
            if can_be_opened(&place.file) && self.locations.len() < MOST {
                let id = self.locations.len() + 1;
                let mut location = location(report, &place);
                location["id"] = json!(id);
                location["message"] = json!({ "text": shown });
                self.locations.push(location);
                notes.push(format!("[{}]({id})", name.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")));
            } else {
                notes.push(plain(&spot(&place)));
            }
            notes.extend(place.source.map(|source| plain(&source.url)));
        }
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        format!("{}{notes}", plain(&shown))
    }
}

/// A place with its line, from the column to the end.
pub(super) fn location(report: &Report, place: &Place) -> Json {
    let mut location = bare(place);
    let text = line(report, place);
    let rest: String = text.chars().skip(place.column.saturating_sub(1)).collect();
    if place.line > 0 && !rest.is_empty() {
        let region = &mut location["physicalLocation"]["region"];
        region["endLine"] = json!(place.line);
        region["endColumn"] = json!(text.chars().count() + 1);
        region["snippet"] = json!({ "text": rest });
    }
    location
}

/// A place without what stands there.
pub(super) fn bare(place: &Place) -> Json {
    let file = if place.file.is_empty() { "." } else { &place.file };
    let mut artifact = json!({ "uri": uri(file) });
    if !absolute(file) {
        artifact["uriBaseId"] = json!(ROOT);
    }
    // What stands in no line is shown at the first.
    let region = json!({ "startLine": place.line.max(1), "startColumn": place.column.max(1) });
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}

fn absolute(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

fn uri(path: &str) -> String {
    let mut uri = String::new();
    if absolute(path) {
        uri.push_str(if path.starts_with('/') { "file://" } else { "file:///" });
    }
    for (at, byte) in path.bytes().enumerate() {
        let drive = byte == b':' && at == 1 && absolute(path);
        if byte.is_ascii_alphanumeric() || b"-._~/()".contains(&byte) || drive {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_addresses() {
        assert_eq!(uri("a b/c#d.yaml"), "a%20b/c%23d.yaml");
        assert_eq!(uri("客戶.yaml"), "%E5%AE%A2%E6%88%B6.yaml");
        assert_eq!(uri("/srv/a.yaml"), "file:///srv/a.yaml");
        assert_eq!(uri("C:/a.yaml"), "file:///C:/a.yaml");
        assert_eq!(uri("ab:c.yaml"), "ab%3Ac.yaml");
    }
}
