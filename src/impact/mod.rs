//! What a change does: two results compared, flow by flow and rule by rule.
//!
//! Like those of the result, the types are the published form (`schemas/impact.schema.json`).

mod compare;
mod facts;
mod state;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::report::{Aside, Notice, SourceInfo, Status, Summary, Tool, Verdict};

pub use compare::compare;
pub use state::State;

/// The version of the form. It grows with every change that a reader could notice.
pub const VERSION: u32 = 1;

/// What differs between two states, the base and the head.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Impact {
    /// The version of this form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// The state before.
    pub base: StateInfo,
    /// The state after.
    pub head: StateInfo,
    /// How many flows changed in which way.
    pub summary: Counts,
    /// The flows whose verdict or reasons changed, by the way in which they did.
    pub flows: Vec<FlowChange>,
    /// The files that differ.
    pub inputs: Vec<InputChange>,
    /// What there is to say of the head beyond the flows, and was not of the base: an exception that ended, for example.
    pub notices: Vec<Notice>,
}

/// One of the two states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StateInfo {
    /// What the user calls it: a revision, a folder, a saved result, the work tree.
    pub name: String,
    /// The commit, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The day of the decision.
    pub as_of: String,
    /// What decided.
    pub tool: Tool,
    /// The worst verdict; null when there was nothing to check.
    pub verdict: Option<Verdict>,
    /// How many flows have which verdict.
    pub summary: Summary,
}

/// Numbers of flows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Flows with a better verdict than before.
    pub loosened: usize,
    /// Flows with a worse verdict.
    pub tightened: usize,
    /// Flows with the same verdict for other reasons.
    pub reasons: usize,
    /// Flows that are new.
    pub added: usize,
    /// Flows that are no more.
    pub removed: usize,
    /// Flows with the same verdict for the same reasons.
    pub unchanged: usize,
    /// Of the flows tightened or with other reasons: those on which a rule counts less than before.
    pub eased: usize,
}

/// In which way a flow changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The verdict is better.
    Loosened,
    /// The verdict is worse.
    Tightened,
    /// The verdict is the same, for other reasons.
    Reasons,
    /// The flow is new.
    Added,
    /// The flow is no more.
    Removed,
}

/// In which way a rule changed on a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// What the rule means for the flow is better.
    Loosened,
    /// What it means is worse.
    Tightened,
    /// It means the same, for another reason.
    Neither,
}

/// A flow that changed.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FlowChange {
    /// The manifest's id.
    pub integration: String,
    /// The flow's id.
    pub flow: String,
    /// The integration's title.
    pub title: String,
    /// In which way it changed.
    pub change: Change,
    /// The verdict before; null when there was no such flow.
    pub base: Option<Verdict>,
    /// The verdict after; null when there is no such flow any more.
    pub head: Option<Verdict>,
    /// Where the flow stands, or stood.
    pub place: Spot,
    /// The rules that changed on the flow. Of a flow that is new or no more, none.
    pub rules: Vec<RuleChange>,
}

/// A rule that changed on a flow, and why.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RuleChange {
    /// The rule's id.
    pub id: String,
    /// The requirement.
    pub title: String,
    /// In which way it changed.
    pub direction: Direction,
    /// How the rule stood before; null when there was no such rule.
    pub base: Option<Standing>,
    /// How it stands after; null when there is no such rule any more.
    pub head: Option<Standing>,
    /// The rule's own file, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<InputChange>,
    /// The facts that the rule consulted and that differ.
    pub facts: Vec<FactChange>,
    /// Where neither the rule, nor a fact, nor what sets the finding aside differs: the files that say what words mean, and the flow's
    /// manifest, as far as they do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<InputChange>,
}

/// How a rule stands on a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Standing {
    /// Its status.
    pub status: Status,
    /// What that means for the flow.
    pub verdict: Verdict,
    /// Why the finding does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<Aside>,
    /// The data items that have the status.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Arc<str>>,
    /// The contracts under which they have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<Arc<str>>,
}

/// A fact that differs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FactChange {
    /// The fact's name, as the rule writes it.
    pub name: String,
    /// The values that only the base has: several where the data items or contracts of the flow differ, none where the fact had no
    /// part.
    pub base: Vec<FactValue>,
    /// The values that only the head has.
    pub head: Vec<FactValue>,
}

/// A value of a fact, with its places.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FactValue {
    /// The value; `null` when it is not known.
    pub value: Json,
    /// Where it was set, or would be.
    pub places: Vec<Spot>,
}

/// A place, with its line as it was in that state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Spot {
    /// The path.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The text of the line.
    pub text: String,
    /// The document behind the fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceInfo>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct InputChange {
    /// The path; `(embedded)/…` for what the binary holds.
    pub path: String,
    /// The kind of document, or `policy`, or `schema`.
    pub kind: String,
    /// In which way it differs.
    pub change: FileChange,
}

/// In which way a file differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileChange {
    /// The text is another one.
    Changed,
    /// The file is new.
    Added,
    /// The file is no more.
    Removed,
}

impl Change {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::Loosened, Self::Tightened, Self::Reasons, Self::Added, Self::Removed];

    /// The words used in reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Loosened => "loosened",
            Self::Tightened => "tightened",
            Self::Reasons => "same verdict, other reasons",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

impl FileChange {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

impl FlowChange {
    /// True when the verdict is not better, but a rule counts less than before.
    pub fn eased(&self) -> bool {
        matches!(self.change, Change::Tightened | Change::Reasons)
            && self.rules.iter().any(|rule| rule.direction == Direction::Loosened)
    }
}

impl RuleChange {
    /// True when the rule kept the flow from being permitted in one of the states, or would have if the finding counted.
    pub fn of_finding(&self) -> bool {
        [&self.base, &self.head].into_iter().flatten().any(Standing::is_finding)
    }
}

impl Standing {
    /// True of a rule that is violated or undetermined, whether or not that counts.
    pub fn is_finding(&self) -> bool {
        matches!(self.status, Status::Violated | Status::Undetermined)
    }
}

impl Counts {
    /// How many flows changed in a way.
    pub fn of(&self, change: Change) -> usize {
        match change {
            Change::Loosened => self.loosened,
            Change::Tightened => self.tightened,
            Change::Reasons => self.reasons,
            Change::Added => self.added,
            Change::Removed => self.removed,
        }
    }
}

impl Impact {
    /// The flows that changed in a way.
    pub fn flows(&self, change: Change) -> impl Iterator<Item = &FlowChange> {
        self.flows.iter().filter(move |flow| flow.change == change)
    }

    /// The published schema of the form.
    pub fn schema() -> Json {
        schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Self>().to_value()
    }
}
