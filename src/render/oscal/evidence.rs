//! Evidence: the files that were read, with their digests, and the lines in them at which facts stand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::Source;
use super::ids::{id, line, prop, prose, title};
use crate::render::finding::{places, plain_fact};
use crate::report::{FactResult, Input};

/// The id of a file that was read.
pub(super) fn resource(input: &Input) -> String {
    id(&["input", &input.path, &input.sha256])
}

/// Every file that was read.
pub(super) fn resources(source: &Source<'_>) -> Vec<Json> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let inputs = source.report.inputs.iter().filter(|input| known.insert(resource(input)));
    let resources = inputs.map(|input| {
        json!({
            "uuid": resource(input),
            "title": title(&input.path),
            "description": prose(&format!("Read as {}.", line(&input.kind))),
            "rlinks": [{
                "href": address(&(source.place)(&input.path)),
                "hashes": [{ "algorithm": "SHA-256", "value": input.sha256 }],
            }],
        })
    });
    resources.collect()
}

/// The files that were read, by path.
pub(super) struct Files<'a> {
    ids: BTreeMap<&'a str, String>,
}

impl<'a> Files<'a> {
    pub(super) fn new(inputs: &'a [Input]) -> Self {
        Self { ids: inputs.iter().map(|input| (input.path.as_str(), resource(input))).collect() }
    }

    /// Facts as evidence, each with the lines at which it stands and the documents behind them.
    pub(super) fn evidence<'f>(&self, facts: impl IntoIterator<Item = &'f FactResult>) -> Vec<Json> {
        facts.into_iter().map(|fact| self.fact(fact)).collect()
    }

    fn fact(&self, fact: &FactResult) -> Json {
        let mut evidence =
            json!({ "description": prose(&line(&plain_fact(fact))), "props": [prop("fact", &fact.name)] });
        let mut links: Vec<Json> = Vec::new();
        for place in places(fact) {
            if let Some(id) = self.ids.get(place.file.as_str()) {
                // A line as RFC 5147 names it: from the place before it to the one after it.
                let spot = format!("line={},{}", place.line.saturating_sub(1), place.line);
                links.push(json!({ "href": format!("#{id}"), "rel": "reference", "resource-fragment": spot }));
            }
            let source = place.source.filter(|source| opens(&source.url));
            if let Some(source) = source {
                let link = json!({ "href": source.url, "rel": "canonical", "text": title(&source.title) });
                if !links.contains(&link) {
                    links.push(link);
                }
            }
        }
        if let Some(first) = links.first() {
            evidence["href"] = first["href"].clone();
        }
        super::some(&mut evidence, "links", links);
        evidence
    }
}

/// True for an address on the web that can stand as it is.
fn opens(url: &str) -> bool {
    let web = url.starts_with("https://") || url.starts_with("http://");
    web && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte))
}

/// A path as a reference of an address.
fn address(path: &str) -> String {
    let mut address = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/()".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}
