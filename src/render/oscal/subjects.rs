//! What was assessed and by whom: flows as inventory items, services as components, the program as the tool.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::Source;
use super::controls::tool;
use super::evidence::resource;
use super::ids::{id, line, prop, prose, title};
use crate::render::finding::circumstances;
use crate::report::{Approval, FlowResult, Report};

/// The id of a flow.
pub(super) fn flow(flow: &FlowResult) -> String {
    id(&["flow", &flow.integration, &flow.flow])
}

/// A reference to a flow.
pub(super) fn subject(of: &FlowResult) -> Json {
    json!({
        "subject-uuid": flow(of),
        "type": "inventory-item",
        "title": title(&format!("{} › {}", of.integration, of.flow)),
    })
}

pub(super) fn definitions(source: &Source<'_>) -> Json {
    let report = source.report;
    let services: BTreeSet<&str> = report.flows.iter().map(|flow| flow.service.as_str()).collect();
    let components = services.iter().map(|name| {
        json!({
            "uuid": id(&["service", name]),
            "type": "service",
            "title": title(name),
            "description": "An AI service, under one tier of its provider's terms.",
            "status": { "state": "other", "remarks": "Whether the service runs is not part of the assessment." },
        })
    });
    let resources: BTreeMap<&str, String> =
        report.inputs.iter().map(|input| (input.path.as_str(), resource(input))).collect();
    let items = report.flows.iter().map(|result| item(result, &resources));
    let tool_id = tool(report);
    let mut definitions = json!({ "assessment-assets": {
        "components": [{
            "uuid": tool_id,
            "type": "software",
            "title": title(&format!("{} {}", report.tool.name, report.tool.version)),
            "description": prose(&format!("Decides by {}.", report.tool.engine)),
            "status": { "state": "operational" },
        }],
        "assessment-platforms": [{
            "uuid": id(&["platform", &tool_id]),
            "title": "The run",
            "uses-components": [{ "component-uuid": tool_id }],
        }],
    }});
    super::some(&mut definitions, "components", components.collect());
    super::some(&mut definitions, "inventory-items", items.collect());
    definitions
}

fn item(result: &FlowResult, resources: &BTreeMap<&str, String>) -> Json {
    let mut item = json!({
        "uuid": flow(result),
        "description": prose(&format!("{}: {}", line(&result.title), line(&circumstances(result)))),
        "props": [
            prop("integration", &result.integration),
            prop("flow", &result.flow),
            prop("purpose", &result.purpose),
            prop("service", &result.service),
            prop("location", &result.location),
            prop("verdict", result.verdict.word()),
            prop("line", &result.place.line.to_string()),
        ],
        "implemented-components": [{ "component-uuid": id(&["service", &result.service]) }],
    });
    let manifest = resources.get(result.place.file.as_str());
    super::some(
        &mut item,
        "links",
        manifest.map(|id| json!({ "href": format!("#{id}"), "rel": "reference" })).into_iter().collect(),
    );
    item
}

/// The id of somebody who owns or approved an exception.
pub(super) fn party(name: &str) -> String {
    id(&["party", &line(name)])
}

/// Everybody who owns or approved an exception.
pub(super) fn parties(report: &Report) -> Vec<Json> {
    let rules = report.flows.iter().flat_map(|flow| &flow.rules);
    let approvals = rules.filter_map(|rule| rule.aside.as_ref()?.approval.as_ref());
    let names: BTreeSet<String> =
        approvals.flat_map(|Approval { owner, approver, .. }| [line(owner), line(approver)]).collect();
    let named = names.iter().filter(|name| !name.is_empty());
    // What is given is a name or an address, of a person or of a team: nothing is read into it.
    named.map(|name| json!({ "uuid": party(name), "type": "person", "name": name })).collect()
}
