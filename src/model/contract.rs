//! What we signed: contracts with customers, agreements with providers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Date, Tree};

/// A customer's contract: it restricts us.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerContract {
    /// The kind of document.
    #[schemars(extend("const" = "customer-contract"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Short name, unique among the contracts.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// The contract's name.
    pub title: String,
    /// When it is in force.
    pub effective: Effective,
    /// What the contract means where it has no clause: ask, permit or deny.
    pub silence: Silence,
    /// The same for single clauses, where it differs.
    #[serde(default)]
    #[schemars(extend("x-children" = "context.contract"))]
    pub silence_on: BTreeMap<String, Silence>,
    /// The data that it governs: data classes. Without it: all data of the flow.
    pub covers: Option<Vec<String>>,
    /// The clauses that bear on AI services, each with its place in the document.
    #[schemars(extend("x-facts" = "context.contract", "x-form" = "clauses"))]
    pub clauses: Tree,
    /// The customer's written consents.
    #[serde(default)]
    pub consents: Vec<CustomerConsent>,
    /// Notices of new sub-processors that the customer was given.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// The days between which a contract is in force.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// The first day.
    pub from: Date,
    /// The last day; without it, until terminated.
    pub to: Option<Date>,
}

/// What a contract means where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// Nobody knows: ask the customer.
    Ask,
    /// What is not forbidden is allowed.
    Permit,
    /// What is not allowed is forbidden.
    Deny,
}

impl Silence {
    /// The word used in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Permit => "permit",
            Self::Deny => "deny",
        }
    }
}

/// A written consent of the customer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerConsent {
    /// Its reference.
    #[schemars(rename = "ref")]
    #[serde(rename = "ref")]
    pub reference: String,
    /// When it was given.
    pub date: Date,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// The clauses whose consent it gives.
    #[schemars(rename = "for", length(min = 1), extend("x-children" = "context.contract.consents"))]
    #[serde(rename = "for")]
    pub clauses: Vec<String>,
    /// The providers it names.
    #[schemars(length(min = 1))]
    pub providers: Vec<String>,
    /// The purposes it names.
    #[schemars(length(min = 1))]
    pub purposes: Vec<String>,
    /// SHA-256 of the signed document.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub sha256: Option<String>,
}

/// A notice that a provider becomes our sub-processor.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its reference.
    #[schemars(rename = "ref")]
    #[serde(rename = "ref")]
    pub reference: String,
    /// When the customer was told.
    pub date: Date,
    /// The provider it names.
    pub provider: String,
}

/// Our agreement with a provider.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderAgreement {
    /// The kind of document.
    #[schemars(extend("const" = "provider-agreement"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Short name, unique among the agreements.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// The agreement's name.
    pub title: String,
    /// The provider.
    pub provider: String,
    /// The services it covers, as `provider/service`.
    #[schemars(length(min = 1))]
    pub services: Vec<String>,
    /// What was executed, such as `dpa`, `baa`, `scc`.
    #[serde(default)]
    #[schemars(extend("x-facts" = "resource.agreement", "x-form" = "papers"))]
    pub papers: Tree,
    /// The options that are active.
    #[serde(default)]
    pub options: BTreeMap<String, Paper>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// A signed paper.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Its reference.
    #[schemars(rename = "ref")]
    #[serde(rename = "ref")]
    pub reference: String,
    /// The first day on which it holds.
    pub date: Date,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// SHA-256 of the signed document.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub sha256: Option<String>,
}
