//! One page per provider, readable by procurement: every fact with its source, date and confidence.

use std::fmt::Write;

use super::super::profile::shown;
use super::table;
use crate::knowledge::{Knowledge, Known, ServiceView};
use crate::model::{Catalogue, Places, ProviderProfile};

pub(super) fn page(profile: &Known<ProviderProfile>, knowledge: &Knowledge, catalogue: &Catalogue) -> String {
    let model = &profile.model;
    let mut page = format!("# {}\n\n", model.title);
    let _ = writeln!(
        page,
        "Reviewed {}. The next review is due {}; after {} the facts count as unknown.",
        model.reviewed,
        model.due(),
        model.counts_until()
    );
    if let Some(note) = &model.note {
        let _ = writeln!(page, "\n{}", note.trim());
    }
    for key in model.services.keys() {
        if let Some(view) = knowledge.service(&format!("{}/{key}", model.id)) {
            service(&mut page, &format!("{}/{key}", model.id), &view, catalogue);
        }
    }
    traces(&mut page, model);
    sources(&mut page, model);
    page
}

fn service(page: &mut String, name: &str, view: &ServiceView<'_>, catalogue: &Catalogue) {
    let title = view.layers.first().map_or("", |(_, service)| service.title.as_str());
    let _ = writeln!(page, "\n## {name}\n\n{title}.");
    if let Some((_, note)) = view.find(|service| service.note.as_ref()) {
        let _ = writeln!(page, "\n{}", note.trim());
    }
    let mut rows = vec![["term", "value", "source", "note"].map(str::to_owned).to_vec()];
    for (path, decl) in catalogue.below("resource").filter(|(_, decl)| !decl.computed && !decl.paper) {
        let Some(fact) = view.term(&path.replace('.', "/")) else { continue };
        let mut cited = cite(fact["source"].as_str(), fact["confidence"].as_str());
        for (key, word) in [("valid_from", "from"), ("valid_to", "until")] {
            if let Some(day) = fact[key].as_str() {
                let _ = write!(cited, " {word} {day}");
            }
        }
        rows.push(vec![decl.doc.clone(), shown(&fact["value"]), cited, note(fact["note"].as_str())]);
    }
    section(page, "Terms", &rows);

    let mut rows = vec![["store", "keeps", "source", "note"].map(str::to_owned).to_vec()];
    for key in view.keys(|service| &service.stores) {
        let Some((_, store)) = view.find(|service| service.stores.get(key)) else { continue };
        let when = if store.exceptional { ", in exceptional cases only" } else { "" };
        rows.push(vec![
            format!("`{key}` {}", store.title),
            format!("{}{when}", store.keeps),
            cite(Some(&store.source), None),
            note(store.note.as_deref()),
        ]);
    }
    section(page, "Stores", &rows);

    let mut rows = vec![["deviation", "stores", "keeps", "source", "note"].map(str::to_owned).to_vec()];
    for deviation in view.layers.iter().flat_map(|(_, service)| &service.deviations) {
        let to = deviation.to.map_or("until further notice".to_owned(), |to| format!("to {to}"));
        rows.push(vec![
            format!("{}, {} {to}", deviation.title, deviation.from),
            deviation.stores.join(", "),
            deviation.keeps.clone(),
            cite(Some(&deviation.source), None),
            note(deviation.note.as_deref()),
        ]);
    }
    section(page, "Deviations", &rows);

    let mut rows = vec![["feature", "writes to", "note"].map(str::to_owned).to_vec()];
    for key in view.keys(|service| &service.features) {
        let Some((_, feature)) = view.find(|service| service.features.get(key)) else { continue };
        rows.push(vec![format!("`{key}` {}", feature.title), feature.stores.join(", "), note(feature.note.as_deref())]);
    }
    section(page, "Features", &rows);

    let mut rows = vec![["location", "processing", "storage", "access", "note"].map(str::to_owned).to_vec()];
    for key in view.keys(|service| &service.locations) {
        let Some((_, location)) = view.find(|service| service.locations.get(key)) else { continue };
        let mut remarks = note(location.note.as_deref());
        for (word, names) in [("Requires", &location.requires), ("Does not cover", &location.excludes)] {
            if !names.is_empty() {
                let _ = write!(remarks, " {word}: {}.", names.join(", "));
            }
        }
        rows.push(vec![
            format!("`{key}` {}", location.title),
            places(&location.processing),
            places(&location.storage),
            places(&location.access),
            remarks.trim().to_owned(),
        ]);
    }
    section(page, "Locations", &rows);

    let mut rows = vec![["option", "activated by", "does not cover", "source", "note"].map(str::to_owned).to_vec()];
    for key in view.keys(|service| &service.options) {
        let Some((_, option)) = view.find(|service| service.options.get(key)) else { continue };
        rows.push(vec![
            format!("`{key}` {}", option.title),
            option.activated_by.word().to_owned(),
            option.excludes.join(", "),
            cite(Some(&option.source), None),
            note(option.note.as_deref()),
        ]);
    }
    section(page, "Options", &rows);
}

fn section(page: &mut String, title: &str, rows: &[Vec<String>]) {
    if rows.len() > 1 {
        let _ = write!(page, "\n### {title}\n\n{}", table(rows));
    }
}

/// What shows in a repository that it uses the provider.
fn traces(page: &mut String, profile: &ProviderProfile) {
    let mut rows =
        vec![["services", "packages", "hosts", "variables and other names", "note"].map(str::to_owned).to_vec()];
    for group in &profile.traces {
        let code = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let packages = group.packages.each().map(|(ecosystem, name)| format!("`{name}` ({})", ecosystem.word()));
        let services = if group.services.is_empty() { "any".to_owned() } else { code(&group.services) };
        let others = match group.also.as_slice() {
            [] => String::new(),
            also => format!(" These clients also reach {}.", also.join(", ")),
        };
        rows.push(vec![
            services,
            packages.collect::<Vec<_>>().join(", "),
            code(&group.hosts),
            code(&[group.variables.as_slice(), &group.identifiers].concat()),
            format!("{}{others}", note(group.note.as_deref())).trim().to_owned(),
        ]);
    }
    if rows.len() > 1 {
        let _ = write!(page, "\n## What shows its use in a repository\n\n{}", table(&rows));
    }
}

fn sources(page: &mut String, profile: &ProviderProfile) {
    let mut rows = vec![["source", "document", "dated", "confidence", "note"].map(str::to_owned).to_vec()];
    for (key, source) in &profile.sources {
        rows.push(vec![
            format!("<a id=\"source-{key}\"></a>`{key}`"),
            format!("[{}]({})", source.title, source.url),
            source.dated.map_or("undated".to_owned(), |day| day.to_string()),
            source.confidence.map_or("", |confidence| confidence.word()).to_owned(),
            note(source.note.as_deref()),
        ]);
    }
    let _ = write!(page, "\n## Sources\n\n{}", table(&rows));
}

/// A link to the source in the page's table of sources.
fn cite(source: Option<&str>, confidence: Option<&str>) -> String {
    let Some(source) = source else { return String::new() };
    let confidence = confidence.map_or(String::new(), |confidence| format!(", {confidence}"));
    format!("[{source}](#source-{source}){confidence}")
}

fn note(note: Option<&str>) -> String {
    note.unwrap_or_default().trim().to_owned()
}

fn places(places: &Places) -> String {
    places.countries.join(", ")
}
