//! The documents as plain data, after the door: what JSON Schema promised is no `Option` here.
//!
//! Parts whose shape the catalogue of facts decides (`terms`, `clauses`, `evidence`, …) stay trees: a new term, clause or
//! paper is an attribute in `policies/schema.cedarschema`, and needs no type here.

mod catalogue;
mod contract;
mod date;
mod gate;
mod manifest;
mod moment;
mod provider;
mod time;
mod traces;
mod vocabulary;

use serde_json::{Map, Value};

pub use catalogue::{Catalogue, FactDecl, FactType, Root};
pub use contract::{CustomerConsent, CustomerContract, Effective, Notice, Paper, ProviderAgreement, Silence};
pub use date::Date;
pub use gate::{Config, Enforcement, Exception, Exceptions, Level, NotIntegration, Organisation};
pub use manifest::{Consent, DataItem, Flow, Manifest, Status, Treatment};
pub use moment::{Expiry, Moment};
pub use provider::{
    ActivatedBy, Clock, Confidence, Deviation, Feature, Keeps, Location, OptionTerms, Places, ProviderProfile, Service,
    Source, Store,
};
pub use time::Time;
pub use traces::{Ecosystem, Packages, Traces};
pub use vocabulary::{Membership, RulePack, Standing, Term, TermType, VocabularyFile};

/// A part of a document whose shape the catalogue of facts decides.
pub type Tree = Map<String, Value>;

/// The word that stands for "not limited to any places".
pub const ANY: &str = "any";
/// The word that stands for a fact that is not known.
pub const UNKNOWN: &str = "unknown";
/// The word that says explicitly that a list has no entry, in `contracts` and `laws`.
pub const NONE: &str = "none";
