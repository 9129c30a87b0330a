//! The result as SARIF 2.1.0, for code scanning and editors. One run, one result for each finding.
//!
//! A violation is a `fail`. Where a fact is not known the result is `open`, and where the law is not settled it is for `review`; the
//! standard gives both no level. What is set aside stays in the file with a suppression, and as no more than a note.

mod place;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::finding::{self, Finding};
use super::{Each, pretty};
use crate::report::{FlowResult, Notice, Report, RuleResult, Status, Verdict};
use place::Related;

/// GitHub refuses files with more results in a run.
const RESULTS: usize = 25_000;
/// The key of our fingerprint: finding, flow and facts, in their first form.
const FINGERPRINT: &str = "tidegate/v1";
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Renders the result; `verbose` adds the rules that are satisfied, and those that do not apply.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn render(report: &Report, verbose: bool) -> Result<String, String> {
    let findings = finding::all(report);
    let ids = findings.iter().map(|finding| &*finding.rule.id);
    let passed: Vec<(&FlowResult, &RuleResult)> = if verbose { passed(report) } else { Vec::new() };
    let ids = ids.chain(passed.iter().map(|(_, rule)| &*rule.id));
    let ids: BTreeSet<&str> = ids.chain(report.notices.iter().map(|notice| notice.id.as_str())).collect();
    let index: BTreeMap<&str, usize> = ids.into_iter().enumerate().map(|(at, id)| (id, at)).collect();

    let left_out = (report.notices.len() + findings.len() + passed.len()).saturating_sub(RESULTS);
    let results = || {
        let told = report.notices.iter().map(notice).chain(findings.iter().map(result));
        let all = told.chain(passed.iter().map(|(flow, rule)| pass(report, flow, rule)));
        all.take(RESULTS).map(|mut result| {
            let at = result["ruleId"].as_str().and_then(|id| index.get(id)).copied();
            result["ruleIndex"] = json!(at);
            result
        })
    };
    let mut invocation = json!({ "executionSuccessful": true });
    if left_out > 0 {
        let text = format!(
            "{left_out} results are left out, the least grave: code scanning takes {RESULTS} a run. The JSON result has all."
        );
        invocation["toolExecutionNotifications"] = json!([{ "level": "warning", "message": { "text": text } }]);
    }
    let run = Run {
        tool: json!({ "driver": {
            "name": "Tidegate",
            "version": report.tool.version,
            "semanticVersion": report.tool.version,
            "rules": index.keys().map(|id| rules::descriptor(report, id)).collect::<Vec<_>>(),
        }}),
        automation_details: json!({ "id": format!("tidegate/{}", report.as_of) }),
        invocations: [invocation],
        column_kind: "unicodeCodePoints",
        original_uri_base_ids: json!({
            (place::ROOT): { "description": { "text": "The folder in which Tidegate was run." } }
        }),
        results: Each(results),
    };
    pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

/// A log file (SARIF 2.1.0, 3.13).
#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [R; 1],
}

/// A run (SARIF 2.1.0, 3.14). Of thousands of results one is put together at a time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R> {
    tool: Json,
    automation_details: Json,
    invocations: [Json; 1],
    column_kind: &'static str,
    original_uri_base_ids: Json,
    results: R,
}

fn passed(report: &Report) -> Vec<(&FlowResult, &RuleResult)> {
    let rules = report.flows.iter().flat_map(|flow| flow.rules.iter().map(move |rule| (flow, rule)));
    let mut passed: Vec<_> = rules.filter(|(_, rule)| !rule.tells()).collect();
    // Satisfied ones first: what is left out at the end tells least.
    passed.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.status));
    passed
}

fn result(finding: &Finding<'_>) -> Json {
    let mut related = Related::default();
    let parts = finding.parts(|fact| related.fact(finding.report, fact));
    let text = message(&finding.sentence(), parts);
    let verdict = finding.aside().map_or(finding.rule.verdict, |aside| aside.verdict);
    let (kind, level) = if finding.rule.status == Status::Undetermined {
        ("open", "none")
    } else if finding.unsettled() {
        ("review", "none")
    } else if finding.aside().is_some() {
        ("fail", "note")
    } else {
        ("fail", level(verdict))
    };
    let mut result = json!({
        "ruleId": finding.rule.id,
        "kind": kind,
        "level": level,
        "message": { "text": text },
        "locations": [place::location(finding.report, &finding.place())],
        "partialFingerprints": { FINGERPRINT: finding.fingerprint() },
        "properties": {
            "integration": finding.flow.integration,
            "flow": finding.flow.flow,
            "verdict": verdict.word(),
        },
    });
    let related = related.locations;
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    if let Some(aside) = finding.aside() {
        let mut suppression = json!({ "kind": "external", "status": "accepted", "justification": finding.because() });
        if let Some(place) = aside.place.as_ref().filter(|place| finding::can_be_opened(&place.file)) {
            suppression["location"] = place::location(finding.report, place);
        }
        result["suppressions"] = json!([suppression]);
    }
    result
}

/// A rule that is satisfied, or does not apply.
fn pass(report: &Report, flow: &FlowResult, rule: &RuleResult) -> Json {
    let title = report.rules.get(&rule.id).map_or("", |info| info.title.trim_end_matches('.'));
    let name = format!("flow {} of {}", flow.flow, flow.integration);
    let (kind, text) = match rule.status {
        Status::NotApplicable => {
            ("notApplicable", format!("Not applicable: {} is not about {name}: {title}.", rule.id))
        }
        _ => ("pass", format!("Satisfied: {name} meets {}: {title}.", rule.id)),
    };
    json!({
        "ruleId": rule.id,
        "kind": kind,
        "level": "none",
        "message": { "text": plain(&text) },
        "locations": [place::location(report, &flow.place)],
        "properties": { "integration": flow.integration, "flow": flow.flow },
    })
}

fn notice(notice: &Notice) -> Json {
    let (kind, level) = match notice.verdict {
        Verdict::Permitted => ("informational", "none"),
        Verdict::Undetermined => ("open", "none"),
        verdict => ("fail", level(verdict)),
    };
    json!({
        "ruleId": notice.id,
        "kind": kind,
        "level": level,
        "message": { "text": message(&notice.message, vec![("Remedy", notice.remedy.clone())]) },
        "locations": [place::bare(&notice.place)],
        "partialFingerprints": { FINGERPRINT: finding::notice_fingerprint(notice) },
    })
}

fn level(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Refused => "error",
        _ => "warning",
    }
}

/// A sentence, and what there is to say beyond it, line by line. Links of facts are already written.
fn message(sentence: &str, parts: Vec<finding::Part>) -> String {
    let mut text = plain(sentence);
    for (label, part) in parts {
        let part = if label == "Fact" { part } else { plain(&part) };
        text.push_str(&format!("\n{label}: {part}"));
    }
    text
}

/// A text in which nothing is taken for a link.
fn plain(text: &str) -> String {
    text.replace("](", "] (")
}
