//! What is known of a service, as tables: the same for the pages on providers and for the fact sheets of a dossier.

use std::fmt::Write;

use super::profile::shown;
use crate::knowledge::ServiceView;
use crate::model::{Catalogue, Places};

/// A table about one side of a service.
#[derive(Debug)]
pub struct Section {
    /// The table's title.
    pub title: &'static str,
    /// The heads of a row's name and cells.
    pub heads: &'static [&'static str],
    /// True when a row rests on one source.
    pub sourced: bool,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of such a table.
#[derive(Debug, Default)]
pub struct Row {
    /// The key in the profile; empty for terms.
    pub key: String,
    /// The name in words.
    pub name: String,
    /// What is said.
    pub cells: Vec<String>,
    /// The keys of the sources.
    pub sources: Vec<String>,
    /// How well the fact is known, where it differs from its source, and from when until when it holds.
    pub limits: Limits,
    /// What a reader should know.
    pub note: String,
}

/// What limits a fact.
#[derive(Debug, Default)]
pub struct Limits {
    /// How the fact was read.
    pub confidence: Option<String>,
    /// The days between which it holds, in words.
    pub days: String,
}

/// Every table about a service that has rows.
pub(super) fn sections(view: &ServiceView<'_>, catalogue: &Catalogue) -> Vec<Section> {
    let sections = [
        Section { title: "Terms", heads: &["term", "value"], sourced: true, rows: terms(view, catalogue) },
        Section { title: "Stores", heads: &["store", "keeps"], sourced: true, rows: stores(view) },
        Section {
            title: "Deviations",
            heads: &["deviation", "stores", "keeps"],
            sourced: true,
            rows: deviations(view),
        },
        Section { title: "Features", heads: &["feature", "writes to"], sourced: false, rows: features(view) },
        Section {
            title: "Locations",
            heads: &["location", "processing", "storage", "access"],
            sourced: false,
            rows: locations(view),
        },
        Section {
            title: "Options",
            heads: &["option", "activated by", "does not cover"],
            sourced: true,
            rows: options(view),
        },
    ];
    sections.into_iter().filter(|section| !section.rows.is_empty()).collect()
}

fn terms(view: &ServiceView<'_>, catalogue: &Catalogue) -> Vec<Row> {
    let stated = catalogue.below("resource").filter(|(_, decl)| !decl.computed && !decl.paper);
    let row = |(path, decl): (&str, &crate::model::FactDecl)| {
        let fact = view.term(&path.replace('.', "/"))?;
        let mut days = String::new();
        for (key, word) in [("valid_from", "from"), ("valid_to", "until")] {
            if let Some(day) = fact[key].as_str() {
                let _ = write!(days, " {word} {day}");
            }
        }
        Some(Row {
            name: decl.doc.clone(),
            cells: vec![shown(&fact["value"])],
            sources: fact["source"].as_str().map(str::to_owned).into_iter().collect(),
            limits: Limits { confidence: fact["confidence"].as_str().map(str::to_owned), days },
            note: note(fact["note"].as_str()),
            ..Row::default()
        })
    };
    stated.filter_map(row).collect()
}

fn stores(view: &ServiceView<'_>) -> Vec<Row> {
    let row = |key: &str| {
        let (_, store) = view.find(|service| service.stores.get(key))?;
        let when = if store.exceptional { ", in exceptional cases only" } else { "" };
        Some(Row {
            key: key.to_owned(),
            name: store.title.clone(),
            cells: vec![format!("{}{when}", store.keeps)],
            sources: vec![store.source.clone()],
            note: note(store.note.as_deref()),
            ..Row::default()
        })
    };
    view.keys(|service| &service.stores).into_iter().filter_map(row).collect()
}

fn deviations(view: &ServiceView<'_>) -> Vec<Row> {
    let deviations = view.layers.iter().flat_map(|(_, service)| &service.deviations);
    let row = |deviation: &crate::model::Deviation| {
        let to = deviation.to.map_or("until further notice".to_owned(), |to| format!("to {to}"));
        Row {
            name: format!("{}, {} {to}", deviation.title, deviation.from),
            cells: vec![deviation.stores.join(", "), deviation.keeps.clone()],
            sources: vec![deviation.source.clone()],
            note: note(deviation.note.as_deref()),
            ..Row::default()
        }
    };
    deviations.map(row).collect()
}

fn features(view: &ServiceView<'_>) -> Vec<Row> {
    let row = |key: &str| {
        let (_, feature) = view.find(|service| service.features.get(key))?;
        Some(Row {
            key: key.to_owned(),
            name: feature.title.clone(),
            cells: vec![feature.stores.join(", ")],
            note: note(feature.note.as_deref()),
            ..Row::default()
        })
    };
    view.keys(|service| &service.features).into_iter().filter_map(row).collect()
}

fn locations(view: &ServiceView<'_>) -> Vec<Row> {
    let row = |key: &str| {
        let (_, location) = view.find(|service| service.locations.get(key))?;
        let mut remarks = note(location.note.as_deref());
        for (word, names) in [("Requires", &location.requires), ("Does not cover", &location.excludes)] {
            if !names.is_empty() {
                let _ = write!(remarks, " {word}: {}.", names.join(", "));
            }
        }
        let parts = [&location.processing, &location.storage, &location.access];
        let mut sources: Vec<String> = parts.iter().filter_map(|places| places.source.clone()).collect();
        sources.dedup();
        Some(Row {
            key: key.to_owned(),
            name: location.title.clone(),
            cells: parts.into_iter().map(places).collect(),
            sources,
            note: remarks.trim().to_owned(),
            ..Row::default()
        })
    };
    view.keys(|service| &service.locations).into_iter().filter_map(row).collect()
}

fn options(view: &ServiceView<'_>) -> Vec<Row> {
    let row = |key: &str| {
        let (_, option) = view.find(|service| service.options.get(key))?;
        Some(Row {
            key: key.to_owned(),
            name: option.title.clone(),
            cells: vec![option.activated_by.word().to_owned(), option.excludes.join(", ")],
            sources: vec![option.source.clone()],
            note: note(option.note.as_deref()),
            ..Row::default()
        })
    };
    view.keys(|service| &service.options).into_iter().filter_map(row).collect()
}

fn note(note: Option<&str>) -> String {
    note.unwrap_or_default().trim().to_owned()
}

fn places(places: &Places) -> String {
    places.countries.join(", ")
}
