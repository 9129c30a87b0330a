//! Provider profiles for people: the list of services, and the facts of one.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::page::{DIM, Page, STRONG, styled};
use super::rules::table;
use crate::knowledge::{Knowledge, ServiceView};
use crate::model::{Catalogue, Places, Source, UNKNOWN};

/// Every service with the answers that procurement asks for first.
pub fn list(knowledge: &Knowledge, width: usize) -> String {
    let mut page = Page::new(width);
    let mut rows = vec![["service", "tier", "trains", "role"].map(str::to_owned).to_vec()];
    for name in knowledge.services() {
        let Some(view) = knowledge.service(&name) else { continue };
        let term = |path: &str| view.term(path).map_or_else(|| UNKNOWN.to_owned(), |fact| shown(&fact["value"]));
        rows.push(vec![name.clone(), term("tier"), term("training/on_customer_data"), term("role")]);
    }
    table(&mut page, &rows);
    page.gap();
    let oldest = knowledge.profiles.values().map(|profile| profile.model.reviewed).min();
    let reviewed = oldest.map_or(String::new(), |day| format!(", none reviewed before {day}"));
    page.paragraph(0, &format!("{} services of {} providers{reviewed}", rows.len() - 1, knowledge.profiles.len()));
    page.finish()
}

/// Everything known of one service, every fact with its source.
pub fn show(name: &str, view: &ServiceView<'_>, catalogue: &Catalogue, width: usize) -> String {
    let mut page = Page::new(width);
    let profile = &view.profile.model;
    let title = view.layers.first().map_or("", |(_, service)| service.title.as_str());
    page.paragraph(0, &format!("{}  {title}", styled(STRONG, name)));
    page.paragraph(
        0,
        &styled(
            DIM,
            &format!(
                "reviewed {}, next review due {}, {}",
                profile.reviewed,
                profile.due(),
                view.profile.document.file.path
            ),
        ),
    );
    for note in view.find(|service| service.note.as_ref()).into_iter().map(|(_, note)| note) {
        page.paragraph(0, note);
    }
    heading(&mut page, "Terms");
    for (path, decl) in catalogue.below("resource").filter(|(_, decl)| !decl.computed && !decl.paper) {
        let Some(fact) = view.term(&path.replace('.', "/")) else { continue };
        entry(
            &mut page,
            &profile.sources,
            &decl.doc,
            &shown(&fact["value"]),
            fact["source"].as_str(),
            fact["note"].as_str(),
        );
    }
    heading(&mut page, "Stores");
    for key in view.keys(|service| &service.stores) {
        if let Some((_, store)) = view.find(|service| service.stores.get(key)) {
            let when = if store.exceptional { " (exceptional cases only)" } else { "" };
            entry(
                &mut page,
                &profile.sources,
                &format!("{key}: {}", store.title),
                &format!("{}{when}", store.keeps),
                Some(&store.source),
                store.note.as_deref(),
            );
        }
    }
    heading(&mut page, "Features");
    for key in view.keys(|service| &service.features) {
        if let Some((_, feature)) = view.find(|service| service.features.get(key)) {
            page.hanging(
                2,
                4,
                &format!(
                    "{} {} {}",
                    styled(STRONG, key),
                    feature.title,
                    styled(DIM, &format!("writes to {}", feature.stores.join(", ")))
                ),
            );
        }
    }
    heading(&mut page, "Locations");
    for key in view.keys(|service| &service.locations) {
        if let Some((_, location)) = view.find(|service| service.locations.get(key)) {
            page.hanging(2, 4, &format!("{} {}", styled(STRONG, key), location.title));
            for (part, places) in
                [("processing", &location.processing), ("storage", &location.storage), ("access", &location.access)]
            {
                place(&mut page, part, places);
            }
            if !location.requires.is_empty() {
                page.hanging(4, 6, &format!("requires {}", location.requires.join(", ")));
            }
        }
    }
    heading(&mut page, "Options");
    for key in view.keys(|service| &service.options) {
        if let Some((_, option)) = view.find(|service| service.options.get(key)) {
            entry(
                &mut page,
                &profile.sources,
                &format!("{key}: {}", option.title),
                "",
                Some(&option.source),
                option.note.as_deref(),
            );
        }
    }
    page.finish()
}

fn heading(page: &mut Page, title: &str) {
    page.gap();
    page.paragraph(0, &styled(STRONG, title));
}

fn place(page: &mut Page, part: &str, places: &Places) {
    page.hanging(4, 6, &format!("{part}: {}", places.countries.join(", ")));
}

fn entry(
    page: &mut Page,
    sources: &BTreeMap<String, Source>,
    what: &str,
    value: &str,
    source: Option<&str>,
    note: Option<&str>,
) {
    let value = if value.is_empty() { String::new() } else { format!(" {}", styled(STRONG, value)) };
    page.hanging(2, 4, &format!("{what}{value}"));
    if let Some(source) = source.and_then(|key| sources.get(key)) {
        let dated = source.dated.map_or_else(|| "undated".to_owned(), |date| date.to_string());
        let confidence = source.confidence.map_or("", |confidence| confidence.word());
        page.paragraph(4, &styled(DIM, &format!("{} ({dated}, {confidence})", source.url)));
    }
    if let Some(note) = note {
        page.paragraph(4, note);
    }
}

/// A stated value in words.
pub(super) fn shown(value: &Json) -> String {
    match value {
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
