//! The rules as controls.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::ids::{id, objective, prop, prose, title, token};
use super::{CATALOG, Source};
use crate::report::{Report, RuleInfo};

/// The rules of each pack.
fn packs(report: &Report) -> BTreeMap<&str, Vec<(&str, &RuleInfo)>> {
    let mut packs: BTreeMap<&str, Vec<(&str, &RuleInfo)>> = BTreeMap::new();
    for (rule, info) in &report.rules {
        packs.entry(rule.split('/').next().unwrap_or_default()).or_default().push((rule, info));
    }
    packs
}

/// Which rules were looked at: a selection for each pack.
pub(super) fn reviewed(report: &Report) -> Json {
    let mut selections: Vec<Json> = packs(report)
        .into_iter()
        .map(|(pack, rules)| {
            let controls: Vec<Json> = rules.iter().map(|(rule, _)| json!({ "control-id": token(rule) })).collect();
            json!({ "props": [prop("pack", pack)], "include-controls": controls })
        })
        .collect();
    if selections.is_empty() {
        selections.push(json!({ "include-all": {} }));
    }
    json!({
        "description": "Every rule of the run. A rule that does not apply to a flow has no finding on it.",
        "links": [{ "href": CATALOG, "rel": "reference" }],
        "control-selections": selections,
    })
}

/// The rules as a catalogue of controls, so that the ids in the results lead somewhere.
pub(super) fn catalog(source: &Source<'_>) -> Json {
    let groups: Vec<Json> = packs(source.report)
        .into_iter()
        .map(|(pack, rules)| {
            let controls: Vec<Json> = rules.into_iter().map(|(rule, info)| control(rule, info)).collect();
            json!({ "id": token(&format!("pack {pack}")), "title": title(pack), "controls": controls })
        })
        .collect();
    let mut catalog = json!({ "uuid": source.document(CATALOG), "metadata": source.head("Catalogue of the rules") });
    super::some(&mut catalog, "groups", groups);
    json!({ "catalog": catalog })
}

fn control(rule: &str, info: &RuleInfo) -> Json {
    let mut props = vec![prop("rule", rule), prop("on-violation", info.on_violation.word())];
    props.extend(info.effective.iter().map(|day| prop("effective", day)));
    if !info.waivable {
        props.push(prop("waivable", "no"));
    }
    let token = token(rule);
    let mut guidance = format!("Source: {}. Remedy: {}.", info.cites, info.remedy);
    for (label, text) in [("Unsettled", &info.readings), ("Confirm", &info.confirm)] {
        if let Some(text) = text {
            guidance.push_str(&format!(" {label}: {text}"));
        }
    }
    let facts = |names: &[String]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    json!({
        "id": token,
        "class": "rule",
        "title": title(&info.title),
        "props": props,
        "parts": [
            { "id": format!("{token}_smt"), "name": "statement", "prose": prose(&info.title) },
            { "id": format!("{token}_gdn"), "name": "guidance", "prose": prose(&guidance) },
            {
                "id": objective(rule),
                "name": "assessment-objective",
                "prose": prose(&format!(
                    "The rule applies by: {}. It is satisfied by: {}.",
                    facts(&info.applies_by),
                    facts(&info.satisfied_by)
                )),
            },
        ],
    })
}

/// The component that stands for the program.
pub(super) fn tool(report: &Report) -> String {
    id(&["tool", &report.tool.name, &report.tool.version, &report.tool.engine])
}
