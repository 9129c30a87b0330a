//! The predicate of an attestation, from a result.

use serde_json::Value as Json;

use super::export::Export;
use super::statement::{Decision, Finding, FlowDecision, InputFile, Paper, Resource, Revision, Tool};
use crate::decide::language_version;
use crate::document::yaml::escape;
use crate::report::{FlowResult, RuleResult, Status};

/// What was decided, from what, by what and when.
pub(super) fn decision(
    export: &Export<'_>,
    inputs: Vec<InputFile>,
    results: Vec<Resource>,
) -> Result<Decision, String> {
    let report = export.report;
    Ok(Decision {
        tool: Tool {
            name: report.tool.name.clone(),
            version: report.tool.version.clone(),
            engine: report.tool.engine.clone(),
            language: format!("Cedar {}", language_version()),
        },
        as_of: export.as_of,
        time_created: export.time,
        expires: export.valid_days.map(|days| export.time.plus_days(days)),
        run: export.run,
        verdict: report.verdict,
        summary: report.summary.clone(),
        flows: report.flows.iter().map(flow).collect(),
        inputs,
        papers: papers(export),
        revision: export.revision.map(|revision| Revision {
            commit: revision.commit.clone(),
            dirty: !revision.changed.is_empty(),
            changed: revision.changed.clone(),
        }),
        results,
    })
}

/// The verdict of a flow, with its findings.
pub(super) fn flow(flow: &FlowResult) -> FlowDecision {
    FlowDecision {
        integration: flow.integration.clone(),
        flow: flow.flow.clone(),
        verdict: flow.verdict,
        service: flow.service.clone(),
        location: flow.location.clone(),
        satisfied: flow.rules.iter().filter(|rule| rule.status == Status::Satisfied).count(),
        findings: flow.rules.iter().filter(|rule| rule.tells()).map(finding).collect(),
    }
}

fn finding(rule: &RuleResult) -> Finding {
    Finding {
        rule: rule.id.to_string(),
        status: rule.status,
        verdict: rule.verdict,
        fingerprint: rule.fingerprint.clone(),
        set_aside: rule.aside.as_ref().map(|aside| aside.by),
    }
}

/// The papers that manifests, contracts and agreements refer to by digest.
fn papers(export: &Export<'_>) -> Vec<Paper> {
    let knowledge = &export.workspace.knowledge;
    let manifests = export.manifests.iter().map(|known| &known.document);
    let contracts = knowledge.contracts.values().map(|known| &known.document);
    let agreements = knowledge.agreements.values().map(|known| &known.document);
    let mut papers = Vec::new();
    for document in manifests.chain(contracts).chain(agreements) {
        find(&document.node.to_json(), &document.file.path, "", &mut papers);
    }
    papers
}

fn find(value: &Json, document: &str, pointer: &str, papers: &mut Vec<Paper>) {
    match value {
        Json::Object(entries) => {
            if let Some(sha256) = entries.get("sha256").and_then(Json::as_str) {
                papers.push(Paper {
                    document: document.to_owned(),
                    pointer: pointer.to_owned(),
                    reference: entries.get("ref").and_then(Json::as_str).map(str::to_owned),
                    sha256: sha256.to_owned(),
                });
            }
            for (key, value) in entries {
                find(value, document, &format!("{pointer}/{}", escape(key)), papers);
            }
        }
        Json::Array(entries) => {
            for (index, value) in entries.iter().enumerate() {
                find(value, document, &format!("{pointer}/{index}"), papers);
            }
        }
        _ => {}
    }
}
