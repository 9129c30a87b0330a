//! Traces against declared flows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::scan::Found;
use super::search::{Group, Search};
use super::{DeclaredFlow, Finding, Look, SetAside, Trace};
use crate::knowledge::Known;
use crate::load::Patterns;
use crate::model::{Config, NotIntegration};
use crate::problem::Problem;
use crate::report::Place;

/// The places that are recorded as no integration.
#[derive(Debug, Default)]
pub struct Exclusions<'a> {
    entries: Vec<(&'a NotIntegration, Place)>,
    patterns: Option<Patterns>,
}

/// Reads what is recorded as no integration.
pub fn exclusions<'a>(config: Option<&'a Known<Config>>, problems: &mut Vec<Problem>) -> Exclusions<'a> {
    let Some(config) = config else { return Exclusions::default() };
    let stated = &config.model.not_integrations;
    let root = Path::new(&config.document.file.path).parent().unwrap_or(Path::new(""));
    match Patterns::new(root, stated.iter().map(|entry| entry.path.as_str())) {
        Ok(patterns) => {
            let place = |index| {
                let (line, column) = config.document.line_column(&format!("/not_integrations/{index}"));
                Place { file: config.document.file.path.clone(), line, column, source: None }
            };
            let entries = stated.iter().enumerate().map(|(index, entry)| (entry, place(index))).collect();
            Exclusions { entries, patterns: Some(patterns) }
        }
        Err((index, why)) => {
            let at = format!("/not_integrations/{index}/path");
            let problem = config.document.problem(&at, format!("this pattern cannot be read: {why}"), "this pattern");
            problems.push(problem.help("write it as in a .gitignore, such as `tools/redact/`"));
            Exclusions::default()
        }
    }
}

impl Exclusions<'_> {
    fn about(&self, file: &str) -> Option<&(&NotIntegration, Place)> {
        self.entries.get(self.patterns.as_ref()?.about(Path::new(file))?)
    }
}

/// Sorts the traces by provider and holds them against the declared flows.
///
/// # Errors
/// A fault of the program.
pub(super) fn judge(
    search: &Search<'_>,
    found: Vec<Found>,
    look: &Look<'_>,
    exclusions: &Exclusions<'_>,
) -> Result<(Vec<Finding>, Vec<SetAside>), String> {
    let flows = flows(look)?;
    let mut aside = Vec::new();
    let mut counted: Vec<Found> = Vec::new();
    for found in found {
        match exclusions.about(&found.trace.file) {
            Some((entry, place)) => aside.push(SetAside {
                provider: search.groups[found.group].profile.id.clone(),
                trace: found.trace,
                reason: entry.reason.clone(),
                place: Some(place.clone()),
            }),
            None => counted.push(found),
        }
    }
    let standing: Vec<(Group<'_>, String)> = counted
        .iter()
        .map(|found| (search.groups[found.group], found.trace.file.clone()))
        .filter(|(group, _)| group.traces.also.is_empty())
        .collect();

    let mut findings: BTreeMap<&str, (Vec<Trace>, BTreeSet<String>)> = BTreeMap::new();
    for Found { group, mut trace } in counted {
        let group = search.groups[group];
        let services = services(group);
        trace.declared = flows.iter().any(|flow| services.contains(&flow.service));
        if !trace.declared
            && let Some(reason) = other(group, &trace, &standing, &flows)
        {
            aside.push(SetAside { provider: group.profile.id.clone(), trace, reason, place: None });
            continue;
        }
        let (traces, all) = findings.entry(&group.profile.id).or_default();
        traces.push(trace);
        all.extend(services);
    }
    aside.sort_by(|a, b| (&a.trace, &a.provider).cmp(&(&b.trace, &b.provider)));
    let finding = |(id, (mut traces, services)): (&str, (Vec<Trace>, BTreeSet<String>))| {
        traces.sort();
        // A name may stand in two groups of a provider; where one of them is declared, so is the name.
        traces.reverse();
        traces.dedup_by(|a, b| (&a.file, a.line, a.column, a.kind) == (&b.file, b.line, b.column, b.kind));
        traces.reverse();
        Finding {
            provider: id.to_owned(),
            title: look.knowledge.profiles.get(id).map_or_else(|| id.to_owned(), |known| known.model.title.clone()),
            declared: traces.iter().all(|trace| trace.declared),
            services: services.into_iter().collect(),
            flows: flows.iter().filter(|flow| provider(&flow.service) == id).cloned().collect(),
            traces,
        }
    };
    Ok((findings.into_iter().map(finding).collect(), aside))
}

/// Why a trace of a client that reaches several providers does not show this one.
fn other(group: Group<'_>, trace: &Trace, standing: &[(Group<'_>, String)], flows: &[DeclaredFlow]) -> Option<String> {
    let also = &group.traces.also;
    // The project that a dependency manifest is about is its folder.
    let near = |file: &str| match trace.file.rsplit_once('/') {
        Some((folder, _)) => file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        None => true,
    };
    let mut nearby = standing.iter().filter(|(_, file)| near(file)).map(|(group, _)| group.profile);
    if nearby.clone().any(|profile| profile.id == group.profile.id) {
        return None;
    }
    if let Some(profile) = nearby.find(|profile| also.contains(&profile.id)) {
        return Some(format!("this client also reaches {}, of which there are traces nearby", profile.title));
    }
    let flow = flows.iter().find(|flow| also.iter().any(|id| id == provider(&flow.service)))?;
    let DeclaredFlow { integration, flow, service } = flow;
    Some(format!("this client also reaches {service}, to which {integration} › {flow} is declared"))
}

/// The services that a group of traces may show.
fn services(group: Group<'_>) -> BTreeSet<String> {
    let named = &group.traces.services;
    let shown = group.profile.services.keys().filter(|key| named.is_empty() || named.contains(key));
    shown.map(|key| format!("{}/{key}", group.profile.id)).collect()
}

fn provider(service: &str) -> &str {
    service.split('/').next().unwrap_or_default()
}

fn flows(look: &Look<'_>) -> Result<Vec<DeclaredFlow>, String> {
    let mut flows = Vec::new();
    for manifest in look.manifests {
        flows.extend(manifest.read()?.model.flows.iter().map(|flow| DeclaredFlow {
            integration: manifest.id.clone(),
            flow: flow.id.clone(),
            service: flow.service.clone(),
        }));
    }
    flows.sort();
    Ok(flows)
}
