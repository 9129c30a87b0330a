//! What is signed: an in-toto statement (v1) over the digests of a bundle, with the decision as its predicate, and a simple
//! verification result for what is permitted. The schema of the first is published (`tidegate schema evidence`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::model::{Date, Time};
use crate::report::{AsideBy, Status, Summary, Verdict};

/// The type of a statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The type of our predicate.
pub const DECISION: &str = "urn:tidegate:decision:v1";
/// The type of a simple verification result.
pub const RESULT: &str = "https://in-toto.io/attestation/svr/v0.2";
/// Who verifies, in a simple verification result. The number grows when the properties mean something else.
pub const VERIFIER: &str = "urn:tidegate:verifier:v1";
/// The property of a manifest all of whose flows are permitted, with no finding set aside.
pub const PERMITTED: &str = "TIDEGATE_PERMITTED";
/// The property of a permitted flow, before its id.
pub const FLOW_PERMITTED: &str = "TIDEGATE_FLOW_PERMITTED:";
/// The property of a flow that is permitted because findings are set aside, before its id.
pub const FLOW_WAIVED: &str = "TIDEGATE_FLOW_PERMITTED_WITH_WAIVERS:";

/// An in-toto statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statement<P> {
    /// The type of the statement.
    #[serde(rename = "_type")]
    #[schemars(extend("const" = STATEMENT))]
    pub kind: String,
    /// What it is about: files by their digests.
    pub subject: Vec<Resource>,
    /// The type of the predicate.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said about them.
    pub predicate: P,
}

/// A file, by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// The path in the bundle.
    pub name: String,
    /// The digest.
    pub digest: Digest,
}

/// A digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Digest {
    /// SHA-256, in lower-case hexadecimal digits.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub sha256: String,
}

/// What was decided, from what, by what and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// What decided.
    pub tool: Tool,
    /// The day of the decision.
    pub as_of: Date,
    /// When the bundle was made.
    pub time_created: Time,
    /// Until when it may be relied on; without it, nothing is said about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
    /// How the run was made.
    pub run: RunManner,
    /// The worst verdict of flows and notices.
    pub verdict: Option<Verdict>,
    /// How many flows have which verdict.
    pub summary: Summary,
    /// Every flow with its verdict, refusals too.
    pub flows: Vec<FlowDecision>,
    /// Every text that decided, in the order in which it was read.
    pub inputs: Vec<InputFile>,
    /// The signed papers that the documents refer to by digest. They are not in the bundle.
    pub papers: Vec<Paper>,
    /// The state of the git repository that the inputs were read from, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Revision>,
    /// The payloads of the simple verification results, by the path of their envelopes.
    pub results: Vec<Resource>,
}

/// What decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `tidegate`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The policy engine and its version.
    pub engine: String,
    /// The policy language and its version.
    pub language: String,
}

/// How a run was made, beyond its inputs and its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunManner {
    /// True when the run was about all manifests, so that an exception without a flow is one too many.
    pub whole: bool,
    /// False when no exception was to count.
    pub exceptions: bool,
}

/// The verdict of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FlowDecision {
    /// The manifest's id.
    pub integration: String,
    /// The flow's id.
    pub flow: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The service.
    pub service: String,
    /// The location.
    pub location: String,
    /// How many rules are satisfied.
    pub satisfied: usize,
    /// The rules that are violated or undetermined.
    pub findings: Vec<Finding>,
}

/// A rule that is violated or undetermined on a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// Its status.
    pub status: Status,
    /// What it means for the flow.
    pub verdict: Verdict,
    /// Names the finding by rule, flow and facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Why it does not count, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<AsideBy>,
}

/// A text that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputFile {
    /// The path under which the result names it.
    pub path: String,
    /// The kind of document, or `policy`, `schema`, `contract`, `baseline`.
    pub kind: String,
    /// True when the program brought it.
    pub embedded: bool,
    /// The path in the bundle.
    pub file: String,
    /// SHA-256 of the text.
    pub sha256: String,
}

/// A signed paper that a document refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Paper {
    /// The document that refers to it.
    pub document: String,
    /// Where in the document, as a JSON pointer.
    pub pointer: String,
    /// The paper's reference, where it has one.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// SHA-256 of the paper, as the document states it.
    pub sha256: String,
}

/// The state of a git repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// The commit.
    pub commit: String,
    /// True when an input is not as it stands in the commit.
    pub dirty: bool,
    /// Those inputs.
    pub changed: Vec<String>,
}

/// A simple verification result: the passing properties of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationResult {
    /// Who verified, by which policies.
    pub verifier: Verifier,
    /// When.
    pub time_created: Time,
    /// What passed.
    pub properties: Vec<String>,
}

/// Who verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verifier {
    /// Its name.
    pub id: String,
    /// The list of the policies' digests.
    pub policies: Vec<Resource>,
}

impl<P: Serialize> Statement<P> {
    /// A statement about files.
    pub fn new(subject: Vec<Resource>, predicate_type: &str, predicate: P) -> Self {
        Self { kind: STATEMENT.to_owned(), subject, predicate_type: predicate_type.to_owned(), predicate }
    }

    /// The text that is signed.
    ///
    /// # Errors
    /// A fault of the program.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        serde_json::to_vec(self).map_err(|error| error.to_string())
    }
}

impl Resource {
    /// A file by its digest.
    pub fn new(name: impl Into<String>, sha256: impl Into<String>) -> Self {
        Self { name: name.into(), digest: Digest { sha256: sha256.into() } }
    }
}

/// The published schema of the statement in `attestation.json`.
pub fn schema() -> Json {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let mut schema = settings.into_generator().into_root_schema_for::<Statement<Decision>>().to_value();
    if let Some(named) = schema.pointer_mut("/properties/predicateType").and_then(Json::as_object_mut) {
        named.insert("const".to_owned(), DECISION.into());
    }
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), "Evidence".into());
    }
    schema
}
