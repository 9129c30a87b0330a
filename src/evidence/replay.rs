//! Deciding again, from a bundle alone: its own rules, words, profiles, contracts and manifests, on its own day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::contents::BASELINE;
use super::statement::{Decision, InputFile};
use super::{Files, RESULT_FILE};
use crate::gate::{Baseline, Gate};
use crate::knowledge::Listed;
use crate::load::{Embedded, embedded};
use crate::model::Moment;
use crate::pipeline::{Manner, Run, evaluate};
use crate::problem::Problem;
use crate::render;
use crate::report::{Detail, FlowResult, Report, RuleResult, Verdict};
use crate::resolve::Absent;
use crate::source::SourceFile;
use crate::workspace::{Texts, Workspace};

/// What came of deciding again.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Replay {
    /// How the new result compares with the one in the bundle.
    pub outcome: Outcome,
    /// What decided then.
    pub then: String,
    /// What decides now.
    pub now: String,
    /// The verdicts and statuses that differ.
    pub changes: Vec<Change>,
    /// The parts of the result that differ, such as `tool`.
    pub parts: Vec<String>,
}

/// How a new result compares with an old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Byte by byte the same.
    Identical,
    /// The same verdicts and statuses; versions or words differ.
    SameDecisions,
    /// Another verdict, or a rule with another status.
    Different,
}

/// A flow or a rule on it that is decided otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// The manifest's id.
    pub integration: String,
    /// The flow's id.
    pub flow: String,
    /// The rule; none when it is about the flow's verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The verdict or status then; none when there was no such flow or rule.
    pub before: Option<String>,
    /// The verdict or status now.
    pub after: Option<String>,
    /// The facts that the rule consulted and that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<FactChange>,
}

/// A fact with another value.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FactChange {
    /// Its name.
    pub name: String,
    /// The values then; none when it was not consulted.
    pub before: Vec<Json>,
    /// The values now.
    pub after: Vec<Json>,
}

/// Decides again, from the files of a bundle whose digests are in order.
///
/// # Errors
/// Everything that this Tidegate cannot read in them.
pub fn replay(files: &Files, decision: &Decision) -> Result<Replay, Vec<Problem>> {
    let (workspace, manifests) = open(files, decision)?;
    let known = carried();
    let baseline = decision.inputs.iter().find(|input| input.kind == BASELINE);
    let baseline = baseline
        .map(|input| {
            let file = text(files, input, &known).map_err(|problem| vec![problem])?;
            Ok::<_, Vec<Problem>>(Baseline::of(&Report::read(&file)?))
        })
        .transpose()?;
    let gate = Gate {
        config: workspace.config.as_ref(),
        exceptions: workspace.exceptions.as_ref().filter(|_| decision.run.exceptions),
        baseline: baseline.as_ref(),
        whole: decision.run.whole,
    };
    let run = Run {
        moment: Moment::On(decision.as_of),
        absent: Absent::NotDone,
        gate,
        manner: Manner { detail: Detail::All, progress: &|_| {} },
    };
    let failed = |message: String| vec![Problem::new(message)];
    let now = evaluate(&workspace, &manifests, run).map_err(failed)?;
    let bytes = files.get(RESULT_FILE).ok_or_else(|| failed(format!("there is no `{RESULT_FILE}`")))?;
    let then: Report = serde_json::from_slice(bytes).map_err(|error| failed(error.to_string()))?;
    let identical = render::json::render(&now).map_err(failed)?.as_bytes() == bytes.as_slice();
    let changes = changes(&then, &now);
    let outcome = match (identical, changes.is_empty()) {
        (true, _) => Outcome::Identical,
        (false, true) => Outcome::SameDecisions,
        (false, false) => Outcome::Different,
    };
    let tool = |report: &Report| format!("{} {}, {}", report.tool.name, report.tool.version, report.tool.engine);
    Ok(Replay { outcome, then: tool(&then), now: tool(&now), changes, parts: parts(&then, &now) })
}

/// Everything that decided, from the files of a bundle.
///
/// # Errors
/// Everything that this Tidegate cannot read in them.
pub fn open(files: &Files, decision: &Decision) -> Result<(Workspace, Vec<Listed>), Vec<Problem>> {
    let known = carried();
    let inputs = decision.inputs.iter().filter(|input| input.kind != BASELINE);
    let texts = inputs.map(|input| Ok((text(files, input, &known)?, input.kind.clone())));
    let texts = Texts::of(texts.collect::<Result<Vec<_>, Problem>>().map_err(|problem| vec![problem])?)?;
    Workspace::of(texts)
}

/// What this binary carries, by path.
fn carried() -> BTreeMap<String, Arc<SourceFile>> {
    Embedded::ALL.into_iter().flat_map(embedded).map(|file| (file.path.clone(), file)).collect()
}

/// A text of the bundle, under the name that it had in the run. What this binary brings itself it need not check.
fn text(
    files: &Files,
    input: &InputFile,
    known: &BTreeMap<String, Arc<SourceFile>>,
) -> Result<Arc<SourceFile>, Problem> {
    let bytes = files.get(&input.file).ok_or_else(|| Problem::new(format!("`{}` is not in the bundle", input.file)))?;
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::new(format!("`{}` is not UTF-8", input.file)))?;
    if let Some(own) = known.get(&input.path).filter(|own| input.embedded && own.text == text) {
        return Ok(Arc::clone(own));
    }
    Ok(Arc::new(SourceFile::new(&input.path, text, input.embedded).untested()))
}

/// Verdicts and statuses that differ, flow by flow.
fn changes(then: &Report, now: &Report) -> Vec<Change> {
    let (before, after) = (by_name(then), by_name(now));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let (before, after) = (before.get(name), after.get(name));
        let change = |rule: Option<&str>, before: Option<&str>, after: Option<&str>, facts| Change {
            integration: name.0.to_owned(),
            flow: name.1.to_owned(),
            rule: rule.map(str::to_owned),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            facts,
        };
        let verdicts = (before.map(|flow| flow.verdict.word()), after.map(|flow| flow.verdict.word()));
        if verdicts.0 != verdicts.1 {
            changes.push(change(None, verdicts.0, verdicts.1, Vec::new()));
        }
        let (before, after) = (rules(before.copied()), rules(after.copied()));
        let ids: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
        for id in ids {
            let (before, after) = (before.get(id).copied(), after.get(id).copied());
            let stands = |rule: Option<&RuleResult>| rule.map(|rule| (rule.status, rule.verdict));
            if stands(before) != stands(after) {
                let words = (before.map(status), after.map(status));
                changes.push(change(Some(id), words.0.as_deref(), words.1.as_deref(), facts(before, after)));
            }
        }
    }
    changes
}

fn by_name(report: &Report) -> BTreeMap<(&str, &str), &FlowResult> {
    report.flows.iter().map(|flow| ((&*flow.integration, &*flow.flow), flow)).collect()
}

fn rules(flow: Option<&FlowResult>) -> BTreeMap<&str, &RuleResult> {
    flow.into_iter().flat_map(|flow| &flow.rules).map(|rule| (&*rule.id, rule)).collect()
}

/// A status, with what sets the finding aside.
fn status(rule: &RuleResult) -> String {
    let word = rule.status.word();
    match &rule.aside {
        Some(aside) if rule.verdict == Verdict::Permitted => format!("{word}, {}", aside.by.word()),
        _ => word.to_owned(),
    }
}

fn facts(before: Option<&RuleResult>, after: Option<&RuleResult>) -> Vec<FactChange> {
    fn values(rule: Option<&RuleResult>) -> BTreeMap<&str, Vec<Json>> {
        let mut values: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
        for fact in rule.into_iter().flat_map(|rule| &rule.facts) {
            values.entry(&fact.name).or_default().push(fact.value.clone());
        }
        values
    }
    let (before, after) = (values(before), values(after));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let of = |values: &BTreeMap<&str, Vec<Json>>, name| values.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| FactChange { name: name.to_owned(), before: of(&before, name), after: of(&after, name) })
        .filter(|change| change.before != change.after)
        .collect()
}

/// The parts of a result that differ.
fn parts(then: &Report, now: &Report) -> Vec<String> {
    let parts = [
        ("tool", then.tool == now.tool),
        ("verdict", then.verdict == now.verdict && then.summary == now.summary),
        ("inputs", then.inputs == now.inputs),
        ("rules", then.rules == now.rules),
        ("facts", then.facts == now.facts),
        ("flows", then.flows == now.flows),
        ("notices", then.notices == now.notices),
        ("lines", then.lines == now.lines),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name.to_owned()).collect()
}
