//! The later stages in a row: resolve, decide, report. Every verb that judges a flow calls [`evaluate`].

use std::sync::Arc;

use rayon::prelude::*;

use crate::decide::{Decider, Decision, engine_version};
use crate::knowledge::Known;
use crate::model::{Date, Manifest};
use crate::report::{self, FlowParts, FlowResult, Input, Report, Summary, Tool, VERSION};
use crate::resolve::{Absent, FlowFacts, Frame, resolve};
use crate::rulebook::RuleBook;
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// Flows per piece of work: enough to keep all cores busy, few enough to bound the memory that facts take.
const CHUNK: usize = 256;

/// Judges every flow of the manifests and reports it.
///
/// # Errors
/// Facts or rules that the policy engine does not accept after all checks: a fault of the program.
pub fn evaluate(
    workspace: &Workspace,
    manifests: &[Known<Manifest>],
    as_of: Date,
    absent: Absent,
    progress: &dyn Fn(usize),
) -> Result<Report, String> {
    let book = &workspace.book;
    let frame = Frame { knowledge: &workspace.knowledge, catalogue: &book.catalogue, as_of, absent };
    let mut flows = judge(book, &frame, manifests, progress)?;
    flows.sort_by(|a, b| a.integration.cmp(&b.integration));
    Ok(Report {
        version: VERSION,
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: format!("cedar-policy {}", engine_version()),
        },
        as_of: as_of.to_string(),
        verdict: flows.iter().map(|flow| flow.verdict).max(),
        summary: Summary::of(&flows),
        inputs: inputs(&workspace.inputs),
        rules: report::rule_infos(book),
        facts: report::fact_docs(book),
        flows,
    })
}

/// Judges every flow of the manifests, in their order.
///
/// # Errors
/// As [`evaluate`].
pub fn judge(
    book: &RuleBook,
    frame: &Frame<'_>,
    manifests: &[Known<Manifest>],
    progress: &dyn Fn(usize),
) -> Result<Vec<FlowResult>, String> {
    let mut decider = Decider::new(book, &frame.knowledge.vocabulary)?;
    let mut flows: Vec<FlowResult> = Vec::new();
    let all: Vec<(&Known<Manifest>, usize)> = manifests
        .iter()
        .flat_map(|manifest| (0..manifest.model.flows.len()).map(move |index| (manifest, index)))
        .collect();
    for chunk in all.chunks(CHUNK) {
        let facts: Vec<FlowFacts> =
            chunk.par_iter().map(|(manifest, index)| resolve(frame, manifest, *index)).collect();
        decider.prepare(&facts)?;
        let decided: Result<Vec<FlowResult>, String> = facts
            .par_iter()
            .map(|facts| {
                let decisions: Vec<Decision> = decider.decide(facts)?;
                Ok(report::flow_result(FlowParts { book, facts, decisions: &decisions }))
            })
            .collect();
        flows.extend(decided?);
        progress(flows.len());
    }
    Ok(flows)
}

fn inputs(files: &[(Arc<SourceFile>, &'static str)]) -> Vec<Input> {
    let mut inputs: Vec<Input> = files
        .par_iter()
        .map(|(file, kind)| Input { path: file.path.clone(), kind: (*kind).to_owned(), sha256: file.sha256() })
        .collect();
    inputs.sort();
    inputs
}
