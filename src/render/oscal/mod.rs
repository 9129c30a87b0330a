//! The result as OSCAL assessment results, with the catalogue of rules and the plan that they refer to.
//!
//! The flows are the subjects and the rules the controls. A finding is *satisfied* only where Tidegate says so; a violated rule, an
//! unknown fact and a finding that is set aside are all *not satisfied*, each with a risk that says what is open.

mod controls;
mod evidence;
mod findings;
mod ids;
mod subjects;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{json, pretty};
use crate::report::{Report, Verdict};
use crate::source::sha256;
use ids::{id, prop, title};

/// The form that is written: what is used of it is the same in 1.1 and 1.2.
const OSCAL: &str = "1.1.3";

/// The names of the files; they refer to each other.
const RESULTS: &str = "assessment-results.json";
const PLAN: &str = "assessment-plan.json";
const CATALOG: &str = "catalog.json";

/// What a set of files is made from.
struct Source<'a> {
    report: &'a Report,
    /// The moment of the export, without parts of a second.
    time: String,
    /// Where a reader finds an input, by its path.
    place: &'a (dyn Fn(&str) -> String + Sync),
    /// The digest of the result: what is in the files follows from it.
    digest: String,
}

/// The files, by name. `exported` is the moment of the export; `place` leads from the folder of the files to an input, by its path.
///
/// # Errors
/// A moment or a value that cannot be written: a fault of the program.
pub fn files(
    report: &Report,
    exported: Timestamp,
    place: &(dyn Fn(&str) -> String + Sync),
) -> Result<BTreeMap<String, String>, String> {
    let time = Timestamp::from_second(exported.as_second()).map_err(|error| error.to_string())?.to_string();
    let digest = sha256(json::render(report)?.as_bytes());
    let source = Source { report, time, place, digest };
    Ok(BTreeMap::from([
        (RESULTS.to_owned(), pretty(&results(&source))?),
        (PLAN.to_owned(), pretty(&plan(&source))?),
        (CATALOG.to_owned(), pretty(&controls::catalog(&source))?),
    ]))
}

/// The assessment results alone.
///
/// # Errors
/// As [`files`].
pub fn render(report: &Report, exported: Timestamp, place: &(dyn Fn(&str) -> String + Sync)) -> Result<String, String> {
    files(report, exported, place)?.remove(RESULTS).ok_or_else(|| "there are no assessment results".to_owned())
}

impl Source<'_> {
    /// The id of one of the files.
    fn document(&self, name: &str) -> Json {
        json!(id(&[name, &self.digest, &self.time]))
    }

    fn head(&self, what: &str) -> Json {
        let tool = &self.report.tool;
        let mut metadata = json!({
            "title": title(&format!("{what} of Tidegate as of {}", self.report.as_of)),
            "last-modified": self.time,
            "version": self.report.as_of,
            "oscal-version": OSCAL,
            "props": [
                prop("tool", &format!("{} {}", tool.name, tool.version)),
                prop("engine", &tool.engine),
                prop("as-of", &self.report.as_of),
                prop("result-sha256", &self.digest),
            ],
        });
        metadata["roles"] = json!([
            { "id": "risk-owner", "title": "Answers for an exception" },
            { "id": "risk-approver", "title": "Approved an exception" },
        ]);
        metadata
    }
}

fn results(source: &Source<'_>) -> Json {
    let report = source.report;
    let told = findings::of(source);
    let mut metadata = source.head("Assessment results");
    some(&mut metadata, "parties", subjects::parties(report));
    let summary = &report.summary;
    let count = |name: &str, number: usize| prop(name, &number.to_string());
    let mut result = json!({
        "uuid": id(&["result", &source.digest, &source.time]),
        "title": title(&format!("{} flows as of {}", summary.flows, report.as_of)),
        "description": "Every flow of customer data to an AI service, judged by every rule that applies to it.",
        "start": source.time,
        "end": source.time,
        "props": [
            prop("as-of", &report.as_of),
            prop("verdict", report.verdict.map_or("none", Verdict::word)),
            count("flows", summary.flows),
            count("permitted", summary.permitted),
            count("conditional", summary.conditional),
            count("undetermined", summary.undetermined),
            count("refused", summary.refused),
        ],
        "local-definitions": subjects::definitions(source),
        "reviewed-controls": controls::reviewed(report),
    });
    some(&mut result, "observations", told.observations);
    some(&mut result, "risks", told.risks);
    some(&mut result, "findings", told.findings);
    let mut document = json!({
        "uuid": source.document(RESULTS),
        "metadata": metadata,
        "import-ap": { "href": PLAN },
        "results": [result],
    });
    let resources = evidence::resources(source);
    if !resources.is_empty() {
        document["back-matter"] = json!({ "resources": resources });
    }
    json!({ "assessment-results": document })
}

/// What was to be assessed: every flow against every rule. Assessment results must refer to a plan.
fn plan(source: &Source<'_>) -> Json {
    let system = id(&["system", &source.digest]);
    let mut plan = json!({
        "uuid": source.document(PLAN),
        "metadata": source.head("Assessment plan"),
        "import-ssp": { "href": format!("#{system}") },
        "reviewed-controls": controls::reviewed(source.report),
        "assessment-subjects": [{
            "type": "inventory-item",
            "description": "Every flow of the integrations that were checked.",
            "include-all": {},
        }],
    });
    plan["back-matter"] = json!({ "resources": [{
        "uuid": system,
        "title": "The integrations",
        "description":
            "There is no system security plan. What is assessed are the flows that the manifests of integrations propose; the \
             assessment results define them.",
        "rlinks": [{ "href": RESULTS }],
    }]});
    json!({ "assessment-plan": plan })
}

/// Sets a list; OSCAL knows no empty ones.
fn some(object: &mut Json, key: &str, list: Vec<Json>) {
    if !list.is_empty() {
        object[key] = Json::Array(list);
    }
}
