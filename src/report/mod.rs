//! Sixth stage: the canonical result. Every output is rendered from it, and nothing else is.
//!
//! The types are the published form (`schemas/result.schema.json`): plain texts and numbers, no type of an earlier stage.

mod build;
mod read;

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use build::{Detail, FlowParts, Told, fact_docs, flow_result, lines, rule_infos};

/// The version of the result's form. It grows with every change that a reader could notice.
pub const VERSION: u32 = 1;

/// The result of a run. What is known only at the end of a run stands last, so that a long result can be written while it grows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The version of this form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// What decided.
    pub tool: Tool,
    /// The day of the decision.
    pub as_of: String,
    /// Every file that was read for the run, with its digest.
    pub inputs: Vec<Input>,
    /// What the rules say, for the ids in `flows`.
    pub rules: BTreeMap<Arc<str>, RuleInfo>,
    /// What the facts mean, for the names in `flows`.
    pub facts: BTreeMap<String, String>,
    /// The flows, sorted by integration and in the order of the manifest.
    pub flows: Vec<FlowResult>,
    /// What there is to say beyond the flows: exceptions that need care, for example.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// The lines that places point to, by file and number.
    pub lines: Lines,
    /// How many flows have which verdict.
    pub summary: Summary,
    /// The worst verdict of flows and notices; null when there was none.
    pub verdict: Option<Verdict>,
}

/// Lines of files, by path and number.
pub type Lines = BTreeMap<String, BTreeMap<usize, String>>;

/// What decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `tidegate`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The policy engine and its version.
    pub engine: String,
}

/// A verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every rule is satisfied or not applicable.
    Permitted,
    /// Papers on record would cure every violation.
    Conditional,
    /// A fact is not known.
    Undetermined,
    /// Only another flow would do.
    Refused,
}

/// The status of a rule on a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The rule is about other flows.
    NotApplicable,
    /// The rule is fulfilled.
    Satisfied,
    /// The rule hangs on an unknown fact.
    Undetermined,
    /// The rule is not fulfilled.
    Violated,
}

/// Numbers of flows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// All flows.
    pub flows: usize,
    /// Permitted flows.
    pub permitted: usize,
    /// Conditional flows.
    pub conditional: usize,
    /// Undetermined flows.
    pub undetermined: usize,
    /// Refused flows.
    pub refused: usize,
    /// Findings that do not count, by what sets them aside.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set_aside: BTreeMap<AsideBy, usize>,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// The path; `(embedded)/…` for what the binary holds.
    pub path: String,
    /// The kind of document, or `policy`, or `schema`.
    pub kind: String,
    /// SHA-256 of the text.
    pub sha256: String,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleInfo {
    /// The requirement.
    pub title: String,
    /// Article, clause or term.
    pub cites: String,
    /// How to satisfy it.
    pub remedy: String,
    /// The verdict that a violation causes.
    pub on_violation: Verdict,
    /// The facts that satisfy it, by name.
    pub satisfied_by: Vec<String>,
    /// The facts that make it apply, by name.
    pub applies_by: Vec<String>,
    /// What a lawyer must confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// The day from which the rule counts; before, it advises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// False when nobody may waive the rule.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub waivable: bool,
    /// The readings between which the law is not settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readings: Option<String>,
}

fn yes() -> bool {
    true
}

/// One flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowResult {
    /// The manifest's id.
    pub integration: String,
    /// The flow's id.
    pub flow: String,
    /// The integration's title.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The purpose.
    pub purpose: String,
    /// The service.
    pub service: String,
    /// The location.
    pub location: String,
    /// The contracts; null when nobody has said which.
    pub contracts: Option<Vec<String>>,
    /// The laws; null when nobody has said which.
    pub laws: Option<Vec<String>>,
    /// Where the flow stands.
    pub place: Place,
    /// Every rule, by id.
    pub rules: Vec<RuleResult>,
}

/// A rule on a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleResult {
    /// The rule's id.
    pub id: Arc<str>,
    /// Its status: the worst over the data items and contracts of the flow.
    pub status: Status,
    /// What the status means for the flow.
    pub verdict: Verdict,
    /// Names the finding by rule, flow and facts, whatever the lines on which they stand. Only findings have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Why the finding does not count, so that its verdict is `permitted` whatever its status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aside: Option<Box<Aside>>,
    /// The data items that have the status; none are named where the rule does not apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Arc<str>>,
    /// The contracts under which they have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<Arc<str>>,
    /// The unknown facts on which an undetermined rule hangs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// What went wrong in the evaluation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The facts that the rule consulted: what satisfies it first, then what makes it apply. Of a rule that does not apply, the
    /// fact that rules it out, or what would make it apply.
    pub facts: Vec<Arc<FactResult>>,
}

/// A finding that is told but does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Aside {
    /// What sets it aside.
    pub by: AsideBy,
    /// What the finding would mean for the flow if it counted.
    pub verdict: Verdict,
    /// The recorded reason; for a rule that is not in force yet, the day from which it counts.
    pub reason: String,
    /// Where the reason is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Who approved it until when: of an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
}

/// What sets a finding aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AsideBy {
    /// The rule counts only from a later day.
    NotInForce,
    /// The organisation has switched the rule's pack off.
    PackOff,
    /// An approved exception.
    Exception,
    /// The organisation lets the rule advise.
    Advice,
    /// The finding was there before: it stands in the baseline.
    Baseline,
}

/// Who approved an exception, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// The exception's id.
    pub id: String,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it: somebody else.
    pub approver: String,
    /// The ticket.
    pub ticket: String,
    /// The last day on which it counts, with its zone.
    pub expires: String,
}

/// Something to know beyond the flows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notice {
    /// What it is, such as `exceptions/expired`.
    pub id: String,
    /// What it means for the run; `permitted` when it only informs.
    pub verdict: Verdict,
    /// What is the case.
    pub message: String,
    /// How to mend it.
    pub remedy: String,
    /// Where.
    pub place: Place,
}

/// A fact that a rule consulted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FactResult {
    /// The fact's name, as the rule writes it.
    pub name: String,
    /// The value; `null` when it is not known.
    pub value: Json,
    /// The file in which it was set, or would be.
    pub file: String,
    /// The line, from 1; 0 when the fact stands in no file.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The document behind the fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceInfo>,
    /// Further places that had a part in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Place>,
}

/// A place in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The path.
    pub file: String,
    /// The line, from 1; 0 when the fact stands in no file.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The document behind the fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceInfo>,
}

/// The document behind a fact of a provider profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceInfo {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<String>,
    /// How well the fact is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
}

/// Adds lines to others.
pub fn merge(lines: &mut Lines, more: Lines) {
    for (file, more) in more {
        lines.entry(file).or_default().extend(more);
    }
}

impl Verdict {
    /// All verdicts, from best to worst.
    pub const ALL: [Self; 4] = [Self::Permitted, Self::Conditional, Self::Undetermined, Self::Refused];

    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Permitted => "permitted",
            Self::Conditional => "conditional",
            Self::Undetermined => "undetermined",
            Self::Refused => "refused",
        }
    }
}

impl Status {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotApplicable => "not applicable",
            Self::Satisfied => "satisfied",
            Self::Undetermined => "undetermined",
            Self::Violated => "violated",
        }
    }
}

impl Summary {
    /// Counts further flows.
    pub fn count(&mut self, flows: &[FlowResult]) {
        self.flows += flows.len();
        for flow in flows {
            let number = match flow.verdict {
                Verdict::Permitted => &mut self.permitted,
                Verdict::Conditional => &mut self.conditional,
                Verdict::Undetermined => &mut self.undetermined,
                Verdict::Refused => &mut self.refused,
            };
            *number += 1;
            for aside in flow.rules.iter().filter_map(|rule| rule.aside.as_deref()) {
                *self.set_aside.entry(aside.by).or_default() += 1;
            }
        }
    }
}

impl FlowResult {
    /// Decides the verdict anew, after findings have been set aside.
    pub fn decide(&mut self) {
        self.verdict = self.rules.iter().map(|rule| rule.verdict).max().unwrap_or(Verdict::Permitted);
    }

    /// The rules that keep the flow from being permitted, the worst first.
    pub fn findings(&self) -> Vec<&RuleResult> {
        let mut findings: Vec<&RuleResult> =
            self.rules.iter().filter(|rule| rule.verdict > Verdict::Permitted).collect();
        findings.sort_by(|a, b| b.verdict.cmp(&a.verdict).then_with(|| a.id.cmp(&b.id)));
        findings
    }

    /// The findings that do not count, in the order of what sets them aside.
    pub fn set_aside(&self) -> Vec<(&RuleResult, &Aside)> {
        let mut found: Vec<_> = self.rules.iter().filter_map(|rule| Some((rule, rule.aside.as_deref()?))).collect();
        found.sort_by_key(|(rule, aside)| (aside.by, &rule.id));
        found
    }
}

impl RuleResult {
    /// True when the rule keeps the flow from being permitted, or would if it counted.
    pub fn tells(&self) -> bool {
        matches!(self.status, Status::Violated | Status::Undetermined)
    }

    /// Lets the finding stand but not count. What already does not count stays as it is.
    pub fn set_aside(&mut self, by: AsideBy, reason: String, place: Option<Place>, approval: Option<Approval>) {
        if self.verdict > Verdict::Permitted {
            let verdict = std::mem::replace(&mut self.verdict, Verdict::Permitted);
            self.aside = Some(Box::new(Aside { by, verdict, reason, place, approval }));
        }
    }
}

impl AsideBy {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::NotInForce, Self::PackOff, Self::Exception, Self::Advice, Self::Baseline];

    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotInForce => "not in force yet",
            Self::PackOff => "switched off",
            Self::Exception => "excepted",
            Self::Advice => "advice only",
            Self::Baseline => "known before",
        }
    }
}

impl FactResult {
    /// The places of the fact, the first first.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        let first =
            Place { file: self.file.clone(), line: self.line, column: self.column, source: self.source.clone() };
        std::iter::once(first).chain(self.also.iter().cloned())
    }
}

impl Report {
    /// Adds what there is to say beyond the flows.
    pub fn tell(&mut self, notices: Vec<Notice>) {
        self.verdict = self.verdict.max(notices.iter().map(|notice| notice.verdict).max());
        self.notices.extend(notices);
    }

    /// The published schema of the result.
    pub fn schema() -> Json {
        schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Self>().to_value()
    }
}
