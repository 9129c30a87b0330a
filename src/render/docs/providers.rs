//! One page per provider, readable by procurement: every fact with its source, date and confidence.

use std::fmt::Write;

use super::super::service::{Section, sections};
use super::table;
use crate::knowledge::{Knowledge, Known, ServiceView};
use crate::model::{Catalogue, ProviderProfile};

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
    for Section { title, heads, sourced, rows } in sections(view, catalogue) {
        let heads = heads.iter().copied().chain(sourced.then_some("source")).chain(["note"]);
        let mut all = vec![heads.map(str::to_owned).collect::<Vec<_>>()];
        all.extend(rows.into_iter().map(|row| {
            let name = if row.key.is_empty() { row.name } else { format!("`{}` {}", row.key, row.name) };
            let confidence = row.limits.confidence.as_deref();
            let cited = sourced.then(|| cite(row.sources.first().map(String::as_str), confidence) + &row.limits.days);
            std::iter::once(name).chain(row.cells).chain(cited).chain([row.note]).collect()
        }));
        let _ = write!(page, "\n### {title}\n\n{}", table(&all));
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
