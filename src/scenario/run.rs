//! Running scenarios through the same stages as manifests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::page::Scenario;
use crate::decide::Decider;
use crate::document::{Document, Kind};
use crate::knowledge::{Knowledge, Known};
use crate::model::{CustomerContract, Date, Manifest, ProviderAgreement, ProviderProfile};
use crate::problem::Problem;
use crate::report::{Detail, FlowParts, FlowResult, Status, Told, flow_result};
use crate::resolve::{Absent, FlowFacts, Frame, resolve};
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// One scenario that was run.
#[derive(Debug)]
pub struct Tested<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What came out, or why nothing did.
    pub result: Result<FlowResult, String>,
    /// Where it differs from what the page expects.
    pub mismatches: Vec<Mismatch>,
}

/// A difference between page and result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// Another verdict.
    Verdict {
        /// What the page says.
        expected: String,
        /// What came out.
        found: String,
    },
    /// A rule that the page does not list.
    Noisy(String, &'static str),
    /// A rule that the page lists.
    Missing(String, &'static str),
    /// The scenario could not be run.
    Broken(String),
}

/// Which rules the scenarios exercise.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Rules that some scenario violates.
    pub violated: BTreeSet<Arc<str>>,
    /// Rules that some scenario satisfies.
    pub satisfied: BTreeSet<Arc<str>>,
}

/// The facts of a scenario's flow and the day of its decision.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) facts: FlowFacts,
    pub(super) as_of: Date,
}

/// Runs scenarios.
///
/// # Errors
/// Rules or words that Cedar does not accept; checked before, so a fault of the program.
pub fn test<'a>(workspace: &Workspace, scenarios: &'a [Scenario]) -> Result<(Vec<Tested<'a>>, Coverage), String> {
    let decider = Decider::new(&workspace.book, &workspace.knowledge.vocabulary)?;
    let tested: Vec<Tested<'a>> = scenarios
        .par_iter()
        .map(|scenario| {
            let result = case(workspace, scenario).and_then(|case| judge(workspace, &decider, &case));
            let mismatches = compare(scenario, &result);
            Tested { scenario, result, mismatches }
        })
        .collect();
    let mut coverage = Coverage::default();
    for rule in tested.iter().filter_map(|tested| tested.result.as_ref().ok()).flat_map(|flow| &flow.rules) {
        match rule.status {
            Status::Violated => coverage.violated.insert(rule.id.clone()),
            Status::Satisfied => coverage.satisfied.insert(rule.id.clone()),
            Status::NotApplicable | Status::Undetermined => false,
        };
    }
    Ok((tested, coverage))
}

fn judge(workspace: &Workspace, decider: &Decider<'_>, case: &Case) -> Result<FlowResult, String> {
    let prepared = decider.prepare(std::slice::from_ref(&case.facts));
    let decisions = decider.decide(&prepared)?.pop().unwrap_or_default();
    let book = &workspace.book;
    let (facts, as_of) = (&case.facts, case.as_of);
    Ok(flow_result(FlowParts {
        book,
        facts,
        decisions: &decisions,
        as_of,
        detail: Detail::Findings,
        told: &Told::default(),
    }))
}

/// The facts of a scenario, through the same stages as those of manifests.
pub(super) fn case(workspace: &Workspace, scenario: &Scenario) -> Result<Case, String> {
    let texts = Texts::of(workspace, scenario)?;
    let mut problems = Vec::new();
    let mut knowledge = Knowledge {
        vocabulary: Arc::clone(&workspace.knowledge.vocabulary),
        profiles: workspace.knowledge.profiles.clone(),
        ..Knowledge::default()
    };
    if let Some(profile) = texts.profile {
        let known = read::<ProviderProfile>(workspace, Kind::ProviderProfile, &profile, &mut problems);
        knowledge.profiles.extend(known.map(|known| (known.model.id.clone(), known)));
    }
    if let Some(contract) = texts.contract {
        let known = read::<CustomerContract>(workspace, Kind::CustomerContract, &contract, &mut problems);
        knowledge.contracts.extend(known.map(|known| (known.model.id.clone(), known)));
    }
    if let Some(agreement) = texts.agreement {
        let known = read::<ProviderAgreement>(workspace, Kind::ProviderAgreement, &agreement, &mut problems);
        knowledge.agreements.extend(known.map(|known| (known.model.id.clone(), known)));
    }
    let manifest = read::<Manifest>(workspace, Kind::Integration, &texts.integration, &mut problems);
    let catalogue = &workspace.book.catalogue;
    knowledge.check(catalogue, false, &mut problems);
    if let Some(manifest) = &manifest {
        knowledge.check_manifest(catalogue, manifest, &mut problems);
    }
    match manifest {
        Some(manifest) if problems.is_empty() => {
            let as_of = scenario.block.as_of.unwrap_or(scenario.given.as_of);
            let frame = Frame::new(&knowledge, catalogue, as_of, Absent::NotDone);
            Ok(Case { facts: resolve(&frame, &manifest, 0), as_of })
        }
        _ => Err(problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("; ")),
    }
}

/// The documents of a scenario after its changes.
struct Texts {
    integration: Value,
    contract: Option<Value>,
    agreement: Option<Value>,
    profile: Option<Value>,
}

impl Texts {
    fn of(workspace: &Workspace, scenario: &Scenario) -> Result<Self, String> {
        let given = &scenario.given;
        let mut texts = Self {
            integration: given.integration.clone(),
            contract: given.contract.clone(),
            agreement: given.agreement.clone(),
            profile: given.profile.clone(),
        };
        let change = |key: &str| scenario.block.change.get(key);
        if let Some(unknown) = scenario
            .block
            .change
            .keys()
            .find(|key| !["integration", "flow", "contract", "agreement", "service"].contains(&key.as_str()))
        {
            return Err(format!("`{unknown}` is nothing that a scenario can change"));
        }
        if let Some(patch) = change("integration") {
            merge(&mut texts.integration, patch);
        }
        if let Some(patch) = change("flow") {
            let flow = texts.integration.pointer_mut("/flows/0").ok_or("the given manifest has no flow")?;
            merge(flow, patch);
        }
        for (document, key) in [(&mut texts.contract, "contract"), (&mut texts.agreement, "agreement")] {
            match change(key) {
                Some(Value::Null) => *document = None,
                Some(patch) => merge(document.get_or_insert(json!({})), patch),
                None => {}
            }
        }
        if let Some(patch) = change("service") {
            texts.change_service(workspace, patch)?;
        }
        Ok(texts)
    }

    /// Changes the flow's service in the profile that has it: the given's, or a real one.
    fn change_service(&mut self, workspace: &Workspace, patch: &Value) -> Result<(), String> {
        let name = self.integration.pointer("/flows/0/service").and_then(Value::as_str).unwrap_or_default();
        let (provider, key) = name.split_once('/').ok_or("the flow names no service")?;
        if self.profile.as_ref().is_none_or(|profile| profile["id"] != provider) {
            let real = workspace.knowledge.profiles.get(provider).ok_or(format!("no profile of `{provider}`"))?;
            self.profile = Some(real.document.node.to_json());
        }
        let services = self.profile.as_mut().and_then(|profile| profile.get_mut("services"));
        let service = services.and_then(|services| services.get_mut(key)).ok_or(format!("no service `{name}`"))?;
        merge(service, patch);
        Ok(())
    }
}

/// JSON merge patch, RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    if let Some(object) = target.as_object_mut() {
        for (key, change) in changes {
            if change.is_null() {
                object.remove(key);
            } else {
                merge(object.entry(key.clone()).or_insert(Value::Null), change);
            }
        }
    }
}

/// Through the same door as files.
fn read<T: DeserializeOwned>(
    workspace: &Workspace,
    kind: Kind,
    value: &Value,
    problems: &mut Vec<Problem>,
) -> Option<Known<T>> {
    let file = Arc::new(SourceFile::new(format!("({})", kind.word()), value.to_string(), false));
    let (document, value) = Document::parse(&file, &[kind], &workspace.schemas, problems)?;
    let model = document.read(value, problems)?;
    Some(Known { document, model: Arc::new(model) })
}

fn compare(scenario: &Scenario, result: &Result<FlowResult, String>) -> Vec<Mismatch> {
    let flow = match result {
        Ok(flow) => flow,
        Err(message) => return vec![Mismatch::Broken(message.clone())],
    };
    let mut mismatches = Vec::new();
    let found = flow.verdict.word();
    if found != scenario.block.expect {
        mismatches.push(Mismatch::Verdict { expected: scenario.block.expect.clone(), found: found.to_owned() });
    }
    let mut by_status: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for rule in &flow.rules {
        if rule.aside.is_some() {
            by_status.entry("advised").or_default().insert(rule.id.to_string());
            continue;
        }
        match rule.status {
            Status::Violated => by_status.entry("violated").or_default().insert(rule.id.to_string()),
            Status::Undetermined => by_status.entry("undetermined").or_default().insert(rule.id.to_string()),
            Status::Satisfied | Status::NotApplicable => false,
        };
    }
    let block = &scenario.block;
    for (status, expected) in
        [("violated", &block.violated), ("undetermined", &block.undetermined), ("advised", &block.advised)]
    {
        let found = by_status.remove(status).unwrap_or_default();
        mismatches.extend(found.difference(expected).map(|rule| Mismatch::Noisy(rule.clone(), status)));
        mismatches.extend(expected.difference(&found).map(|rule| Mismatch::Missing(rule.clone(), status)));
    }
    mismatches
}
