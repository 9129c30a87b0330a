//! Sub-processors in use: whom the providers' terms name as further recipients, and where they keep the list of the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{NONE, Source, UNKNOWN};
use crate::resolve::{Fact, Value};

use super::entry::{Entry, Register};
use super::table::{Table, list, or_unknown};

const HEAD: [&str; 18] = [
    "provider",
    "service",
    "service_name",
    "sub_processor",
    "sub_processor_name",
    "countries",
    "countries_of_service",
    "role_of_provider",
    "list_is_complete",
    "list_of_the_provider",
    "authorisation",
    "notice_days",
    "objection_days",
    "source",
    "source_dated",
    "confidence",
    "reviewed",
    "used_by",
];

/// How many cells of a row may differ between the flows that use a service, by its features, options and locations.
const CELLS: usize = 13;

/// One sub-processor under one service, as the flows that use it have it.
#[derive(Default)]
struct Row {
    cells: Vec<BTreeSet<String>>,
    used_by: BTreeSet<String>,
}

pub(super) fn csv(register: &Register<'_>) -> Result<String, String> {
    let mut rows: BTreeMap<[String; 4], Row> = BTreeMap::new();
    for entry in &register.flows {
        for name in named(entry) {
            let key = key(entry, &name);
            let row = rows.entry(key).or_default();
            row.cells.resize_with(CELLS, BTreeSet::new);
            for (known, cell) in row.cells.iter_mut().zip(cells(entry, &name)) {
                known.insert(cell);
            }
            row.used_by.insert(format!("{}/{}", entry.manifest().id, entry.flow().id));
        }
    }
    let mut table = Table::new(&HEAD);
    for (key, row) in rows {
        table.row(key.into_iter().chain(row.cells.into_iter().map(list)).chain([list(row.used_by)]));
    }
    table.csv()
}

fn key(entry: &Entry<'_>, name: &str) -> [String; 4] {
    let (provider, service) = entry.titles();
    [provider, entry.flow().service.clone(), service, name.to_owned()]
}

/// The recipients beside the provider itself. Profiles name those that get content by design; who runs the infrastructure stands on the
/// provider's own list. So somebody unknown is among them, unless the terms let the provider have no sub-processors.
fn named(entry: &Entry<'_>) -> Vec<String> {
    let provider = entry.value("resource.provider");
    let own = |name: &String| matches!(provider, Value::Text(text) if text == name);
    let mut names: Vec<String> = match entry.value("resource.recipients.names") {
        Value::Set(names) => names.iter().filter(|name| !own(name)).cloned().collect(),
        _ => Vec::new(),
    };
    if !matches!(entry.value("resource.sub_processors.authorisation"), Value::Name(word) if word == NONE) {
        names.push(UNKNOWN.to_owned());
    }
    names
}

fn cells(entry: &Entry<'_>, name: &str) -> [String; CELLS] {
    let fact = |path: &str| entry.facts.endpoint.get(path);
    let about = if name == UNKNOWN { "sub_processors.authorisation" } else { "recipients.names" };
    let (source, confidence) = cited(entry, fact(about));
    let profile = entry.facts.profile.as_ref().map(|profile| &profile.model);
    let title = match entry.knowledge.profiles.get(name) {
        Some(profile) => profile.model.title.clone(),
        None if name == UNKNOWN => match entry.value("resource.sub_processors.list") {
            Value::Text(_) => "unknown: those on the provider's list, which was not read name by name".to_owned(),
            _ => "unknown: no list of the provider's is known".to_owned(),
        },
        None => name.to_owned(),
    };
    [
        title,
        // Profiles say where a service works, not where each of its sub-processors does.
        UNKNOWN.to_owned(),
        places(entry),
        entry.says("resource.role"),
        entry.says("resource.recipients.bounded"),
        entry.says("resource.sub_processors.list"),
        entry.says("resource.sub_processors.authorisation"),
        entry.says("resource.sub_processors.notice_days"),
        entry.says("resource.sub_processors.objection_days"),
        or_unknown(source.map(|source| format!("{}, {}", source.title, source.url))),
        or_unknown(source.and_then(|source| source.dated)),
        or_unknown(confidence),
        or_unknown(profile.map(|profile| profile.reviewed)),
    ]
}

/// Where the service works, part by part.
fn places(entry: &Entry<'_>) -> String {
    list(["processing", "storage", "access"].map(|part| {
        let countries = match entry.value(&format!("resource.{part}.bounded")) {
            Value::Bool(true) => entry.says(&format!("resource.{part}.countries")).replace(" | ", ", "),
            Value::Bool(false) => "not limited".to_owned(),
            _ => UNKNOWN.to_owned(),
        };
        format!("{part}: {countries}")
    }))
}

/// The document behind a fact, and how well the fact is known.
fn cited<'a>(entry: &'a Entry<'_>, fact: Option<&'a Fact>) -> (Option<&'a Source>, Option<String>) {
    let cited = fact.and_then(|fact| fact.origins.iter().find_map(|origin| origin.cited.as_ref()));
    let profile = entry.facts.profile.as_ref();
    let source = cited.zip(profile).and_then(|(cited, profile)| profile.model.sources.get(&cited.source));
    let stated = source.and_then(|source| source.confidence).map(|confidence| confidence.word().to_owned());
    (source, cited.and_then(|cited| cited.confidence.clone()).or(stated))
}
