//! What an organisation decides about its gate: the configuration, and exceptions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Date, Expiry};

/// `tidegate.yaml`: where the documents stand, and what counts how much. Paths are relative to this file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The kind of document.
    #[schemars(extend("const" = "config"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Where manifests are looked for when the command line names no path. Without it: the folder of this file.
    pub paths: Option<Vec<PathBuf>>,
    /// Folders and files that hold no manifests of ours, as in a `.gitignore`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Folders with customer contracts and provider agreements. Without it: `contracts`, where there is one.
    pub contracts: Option<Vec<PathBuf>>,
    /// Folders with rule packs of our own.
    #[serde(default)]
    pub policies: Vec<PathBuf>,
    /// Folders with provider profiles of our own.
    #[serde(default)]
    pub profiles: Vec<PathBuf>,
    /// Folders with vocabulary of our own.
    #[serde(default)]
    pub vocabulary: Vec<PathBuf>,
    /// The file with exceptions. Without it: `exceptions.yaml`, where there is one.
    pub exceptions: Option<PathBuf>,
    /// The saved result of an earlier run: what it found is told but does not count.
    pub baseline: Option<PathBuf>,
    /// Who we are, for the records of processing.
    pub organisation: Option<Organisation>,
    /// Which rules only advise for now. Of several entries for a rule the last one holds. Mandatory packs cannot be lowered.
    #[serde(default)]
    pub enforcement: Vec<Enforcement>,
    /// Packs of laws that do not apply to us, each with the reason.
    #[serde(default)]
    pub packs_off: BTreeMap<String, String>,
    /// Where names of providers stand without an integration, such as a list of secrets to redact: `discover` sets them aside.
    #[serde(default)]
    pub not_integrations: Vec<NotIntegration>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// Who we are: what a record of processing names, and no manifest repeats.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Our name.
    pub name: Option<String>,
    /// How to reach us.
    pub contact: Option<String>,
    /// Our representative, where the law asks for one, with contact details; `none` where it does not.
    pub representative: Option<String>,
    /// Our data protection officer, with contact details; `none` where there need not be one.
    pub data_protection_officer: Option<String>,
}

/// Files that only look as if data went to a provider.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct NotIntegration {
    /// Files or folders, as in a `.gitignore`.
    #[schemars(length(min = 1))]
    pub path: String,
    /// Why no data flow from there.
    #[schemars(length(min = 1))]
    pub reason: String,
}

/// How much a rule counts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Enforcement {
    /// Rules by id, such as `terms/no-training`, or all of a pack, such as `terms/*`.
    #[schemars(length(min = 1))]
    pub rules: Vec<String>,
    /// What they do.
    pub level: Level,
    /// Why.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// The last day of the entry; without it, until it is taken out.
    pub until: Option<Date>,
}

/// What a rule does when it is not satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It is told, and does not count.
    Advise,
    /// It counts.
    Gate,
}

/// `exceptions.yaml`: approved waivers, each of one rule on one flow until a day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// The kind of document.
    #[schemars(extend("const" = "exceptions"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// The exceptions.
    pub exceptions: Vec<Exception>,
}

/// One rule waived on one flow, on the facts of the day of approval.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Short name, unique among the exceptions.
    #[schemars(length(min = 1))]
    pub id: String,
    /// The rule, by id.
    pub rule: String,
    /// The manifest, by id.
    pub integration: String,
    /// The flow, by id.
    pub flow: String,
    /// The finding's fingerprint, as the result shows it. When a fact changes, the finding is another one.
    #[schemars(regex(pattern = r"^[0-9a-f]{32}$"))]
    pub fingerprint: String,
    /// Why the rule is waived.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// Who answers for it.
    #[schemars(length(min = 1))]
    pub owner: String,
    /// Who approved it: somebody other than the owner.
    #[schemars(length(min = 1))]
    pub approver: String,
    /// The ticket in which it was approved.
    #[schemars(length(min = 1))]
    pub ticket: String,
    /// The last day on which it counts, with the zone in which that day ends: `2026-12-31+08:00`, or `2026-12-31Z`.
    pub expires: Expiry,
}

impl Enforcement {
    /// True when the entry is about the rule, on the day.
    pub fn concerns(&self, rule: &str, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
            && self.rules.iter().any(|wanted| match wanted.strip_suffix("/*") {
                Some(pack) => rule.split('/').next() == Some(pack),
                None => wanted == rule,
            })
    }
}
