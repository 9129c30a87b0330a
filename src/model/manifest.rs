//! The manifest: an integration that somebody proposes, with its flows.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Date, Tree};

/// An integration: a product or process that sends data to AI services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The kind of document.
    #[schemars(extend("const" = "integration"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Short name, unique among all manifests.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// What the integration does, in one line.
    pub title: String,
    /// Who answers for it: a team's address.
    pub owner: String,
    /// Where it runs. It never relaxes a law or a contract.
    #[schemars(required, extend("x-fact" = "context.flow.environment"))]
    pub environment: Option<String>,
    /// Who we are in this integration.
    #[schemars(extend("x-facts" = "context.flow.organisation", "x-form" = "plain"))]
    pub organisation: Tree,
    /// Technical and organisational measures around the flows.
    #[serde(default)]
    #[schemars(extend("x-facts" = "context.flow.controls", "x-form" = "plain"))]
    pub controls: Tree,
    /// What goes where.
    #[schemars(length(min = 1))]
    pub flows: Vec<Flow>,
}

/// Data items that go to one service for one purpose.
///
/// Fields that a manifest must state and a question may leave open are `Option`: the schema requires them of manifests.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Short name, unique in the manifest.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// Why the data are sent: a purpose of the vocabulary.
    pub purpose: String,
    /// Why the data were collected: purposes of the vocabulary.
    #[schemars(required, length(min = 1))]
    pub collected_for: Option<Vec<String>>,
    /// What the model does with the data.
    #[schemars(required)]
    pub operation: Option<String>,
    /// The service, as `provider/service`.
    pub service: String,
    /// One of the locations that the profile of the service offers.
    pub location: String,
    /// The features of the service that the flow uses.
    #[schemars(required, length(min = 1))]
    pub features: Option<Vec<String>>,
    /// The options of the service that are in use, good or bad, or `[]`.
    pub options: Vec<String>,
    /// After how many days we delete what the service keeps until we delete it.
    pub deletes_after_days: Option<u32>,
    /// The customer contracts that govern the data, or `[none]`.
    #[schemars(required, length(min = 1))]
    pub contracts: Option<Vec<String>>,
    /// The laws that apply, or `[none]`.
    #[schemars(required, length(min = 1))]
    pub laws: Option<Vec<String>>,
    /// The legal bases, per law.
    #[serde(default)]
    pub legal_basis: BTreeMap<String, Vec<String>>,
    /// Whom the data concern.
    #[serde(default)]
    #[schemars(extend("x-facts" = "context.flow.subjects", "x-form" = "plain"))]
    pub subjects: Tree,
    /// Who uses the application.
    #[serde(default)]
    #[schemars(extend("x-facts" = "context.flow.end_users", "x-form" = "plain"))]
    pub end_users: Tree,
    /// What the results decide.
    #[serde(default)]
    #[schemars(extend("x-facts" = "context.flow.decisions", "x-form" = "plain"))]
    pub decisions: Tree,
    /// Why this, why there, why not less.
    #[serde(default)]
    #[schemars(extend("x-facts" = "context.flow.necessity", "x-form" = "plain"))]
    pub necessity: Tree,
    /// The data items.
    #[schemars(length(min = 1))]
    pub data: Vec<DataItem>,
    /// Papers on record.
    #[serde(default)]
    #[schemars(extend("x-facts" = "context.flow.evidence", "x-form" = "papers"))]
    pub evidence: Tree,
    /// Consents of the data subjects.
    #[serde(default)]
    pub consents: Vec<Consent>,
}

/// One field or kind of field that is sent. Never its content.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataItem {
    /// The name of the field in our systems.
    pub field: String,
    /// What it is: a data class of the vocabulary.
    pub class: String,
    /// How identifiable it is to us. Without it: `pseudonymised` when treated, else what the class says.
    pub status: Option<Status>,
    /// What was done to hide the person.
    pub treatment: Option<Treatment>,
}

/// How identifiable an item is to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The person is named or plain to see.
    Identified,
    /// Somebody can undo the treatment with additional information.
    Pseudonymised,
    /// Anonymous for the recipient, personal for us.
    ContextuallyAnonymised,
    /// Nobody can single out the person.
    Anonymised,
    /// Made up.
    Synthetic,
    /// About no person.
    NonPersonal,
}

impl Status {
    /// The word used in documents and rules.
    pub fn word(self) -> &'static str {
        match self {
            Self::Identified => "identified",
            Self::Pseudonymised => "pseudonymised",
            Self::ContextuallyAnonymised => "contextually-anonymised",
            Self::Anonymised => "anonymised",
            Self::Synthetic => "synthetic",
            Self::NonPersonal => "non-personal",
        }
    }
}

/// De-identification of an item.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Treatment {
    /// The technique: one of the vocabulary, in the terms of ISO/IEC 20889.
    pub technique: String,
    /// Whether somebody can undo it.
    pub reversible: Option<bool>,
    /// Who can undo it.
    #[schemars(extend("x-list" = "KeyHolder"))]
    pub key_holder: Option<String>,
    /// The assessment of how identifiable the person still is.
    #[schemars(extend("x-facts" = "principal.assessment", "x-form" = "paper"))]
    pub assessment: Option<Tree>,
}

/// A consent of the data subjects.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Its reference.
    #[schemars(rename = "ref")]
    #[serde(rename = "ref")]
    pub reference: String,
    /// When it was given.
    pub date: Date,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// When it was withdrawn.
    pub withdrawn: Option<Date>,
    /// The purposes it names.
    pub purposes: Vec<String>,
    /// The recipients it names: provider ids.
    pub recipients: Vec<String>,
}
