//! Audit evidence: a bundle that stands without Tidegate. What was decided, from which texts, by which rules and when, signed; and the
//! other way round: whether a bundle is whole, and whether it decides the same again.
//!
//! Bundles are files by path here. Only `load` and `save` know folders and archives.

mod contents;
mod decision;
pub mod diff;
mod envelope;
mod export;
mod fault;
mod keys;
pub mod log;
mod replay;
mod statement;
mod timestamp;
mod verify;

use std::collections::BTreeMap;

pub use contents::{bundle, dossier};
pub use envelope::{Envelope, PAYLOAD_TYPE, Signature, pae};
pub use export::Export;
pub use fault::{Fault, FaultKind};
pub use keys::{Algorithm, PublicKey, SigningKey};
pub use replay::{Change, FactChange, Outcome, Replay, open, replay};
pub use statement::{
    DECISION, Decision, Digest, FLOW_PERMITTED, FLOW_WAIVED, Finding, FlowDecision, InputFile, PERMITTED, Paper,
    RESULT, Resource, Revision, RunManner, STATEMENT, Statement, Tool, VERIFIER, VerificationResult, Verifier, schema,
};
pub use timestamp::{Authority, TimeStamp};
pub use verify::{Expected, Inspection, Signer, Stamp, inspect, sign};

/// The files of a bundle, by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The signed statement about everything else.
pub const ATTESTATION: &str = "attestation.json";
/// The canonical result.
pub const RESULT_FILE: &str = "result.json";
/// The report for people, for a browser.
pub const REPORT_HTML: &str = "report.html";
/// The report for people, on paper.
pub const REPORT_PDF: &str = "report.pdf";
/// The folder of the simple verification results.
pub const RESULTS: &str = "results/";
/// A time stamp by RFC 3161 over the attestation, where somebody has got one.
pub const TIMESTAMP: &str = "timestamp.tsr";
/// The digests of all files but the signed statements.
pub const SUMS: &str = "SHA256SUMS";
/// The digests of the policies.
pub const POLICIES: &str = "policies.sha256";

/// How to check a bundle without Tidegate.
const README: &str = include_str!("README.txt");
