use std::sync::Arc;

use super::statement::RunManner;
use crate::knowledge::Known;
use crate::load::Revision;
use crate::model::{Date, Manifest, Time};
use crate::report::Report;
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// A run, and what there is to say about its evidence.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The result, with the facts of every rule.
    pub report: &'a Report,
    /// What decided; all of the knowledge, not only what the manifests name.
    pub workspace: &'a Workspace,
    /// The manifests.
    pub manifests: &'a [Known<Manifest>],
    /// The earlier result that the run was compared with.
    pub baseline: Option<&'a Arc<SourceFile>>,
    /// How the run was made.
    pub run: RunManner,
    /// The day of the decision.
    pub as_of: Date,
    /// When the bundle is made.
    pub time: Time,
    /// For how many days it may be relied on.
    pub valid_days: Option<u32>,
    /// The git repository of the inputs.
    pub revision: Option<&'a Revision>,
}
