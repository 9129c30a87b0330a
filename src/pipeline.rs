//! The later stages in a row: resolve, decide, report, gate. Every verb that judges a flow calls [`evaluate`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::decide::{self, Decider, engine_version};
use crate::gate::Gate;
use crate::knowledge::Known;
use crate::model::{Date, Manifest, Moment};
use crate::report::{self, Detail, FlowParts, FlowResult, Input, Report, Summary, Told, Tool, VERSION};
use crate::resolve::{Absent, FlowFacts, Frame, resolve};
use crate::rulebook::RuleBook;
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// Flows per piece of work: enough to share entities, few enough to keep all cores busy and bound the memory of facts.
const CHUNK: usize = 32;

/// How a run goes about its work.
#[derive(Clone, Copy)]
pub struct Manner<'a> {
    /// For which rules to give the facts.
    pub detail: Detail,
    /// Told how many flows are done.
    pub progress: &'a (dyn Fn(usize) + Sync),
}

/// When and how a run decides.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// When.
    pub moment: Moment,
    /// What it means that a manifest does not say something.
    pub absent: Absent,
    /// What sets findings aside.
    pub gate: Gate<'a>,
    /// How it goes about its work.
    pub manner: Manner<'a>,
}

/// Judges every flow of the manifests and reports it. The manifests are given away: each is freed once it is judged.
///
/// # Errors
/// Facts or rules that the policy engine does not accept after all checks: a fault of the program.
pub fn evaluate(workspace: &Workspace, manifests: Vec<Known<Manifest>>, run: Run<'_>) -> Result<Report, String> {
    let book = &workspace.book;
    let as_of = run.moment.day();
    let frame = Frame::new(&workspace.knowledge, &book.catalogue, as_of, run.absent);
    let files: Vec<Arc<SourceFile>> = manifests.iter().map(|manifest| Arc::clone(&manifest.document.file)).collect();
    let mut flows = judge(book, &frame, manifests, run.manner)?;
    flows.sort_by(|a, b| a.integration.cmp(&b.integration));
    let rules = report::rule_infos(book);
    let notices = run.gate.apply(&mut flows, &rules, run.moment);
    let lines = report::lines(&flows, &notices, workspace.inputs.iter().map(|(file, _)| file).chain(&files));
    Ok(Report {
        version: VERSION,
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: format!("cedar-policy {}", engine_version()),
        },
        as_of: as_of.to_string(),
        verdict: flows.iter().map(|flow| flow.verdict).chain(notices.iter().map(|notice| notice.verdict)).max(),
        summary: Summary::of(&flows),
        inputs: inputs(&workspace.inputs),
        rules,
        facts: report::fact_docs(book),
        flows,
        notices,
        lines,
    })
}

/// Judges every flow of the manifests, in their order.
fn judge(
    book: &RuleBook,
    frame: &Frame<'_>,
    manifests: Vec<Known<Manifest>>,
    manner: Manner<'_>,
) -> Result<Vec<FlowResult>, String> {
    let decider = Decider::new(book, &frame.knowledge.vocabulary)?;
    let mut all = manifests
        .into_iter()
        .flat_map(|manifest| (0..manifest.model.flows.len()).map(move |index| (manifest.clone(), index)));
    let chunks: Vec<Vec<(Known<Manifest>, usize)>> = std::iter::from_fn(|| {
        let chunk: Vec<_> = all.by_ref().take(CHUNK).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
    .collect();
    let done = AtomicUsize::new(0);
    let told = Told::default();
    let results: Result<Vec<Vec<FlowResult>>, String> = chunks
        .into_par_iter()
        .map(|chunk| {
            let facts: Vec<FlowFacts> =
                chunk.iter().map(|(manifest, index)| resolve(frame, manifest, *index)).collect();
            let decided = decider.decide(&decider.prepare(&facts))?;
            let parts = facts.iter().zip(&decided);
            let results: Vec<FlowResult> = parts
                .map(|(facts, decisions)| {
                    let (as_of, detail) = (frame.as_of, manner.detail);
                    report::flow_result(FlowParts { book, facts, decisions, as_of, detail, told: &told })
                })
                .collect();
            (manner.progress)(done.fetch_add(results.len(), Ordering::Relaxed) + results.len());
            Ok(results)
        })
        .collect();
    Ok(results?.into_iter().flatten().collect())
}

/// The files by which anybody can take the decisions again with Cedar's own command line; see `decide::export`.
///
/// # Errors
/// As [`evaluate`].
pub fn cedar_files(
    workspace: &Workspace,
    manifests: &[Known<Manifest>],
    as_of: Date,
    absent: Absent,
) -> Result<BTreeMap<String, String>, String> {
    let book = &workspace.book;
    let frame = &Frame::new(&workspace.knowledge, &book.catalogue, as_of, absent);
    // In the order of the result.
    let mut manifests: Vec<&Known<Manifest>> = manifests.iter().collect();
    manifests.sort_by(|a, b| a.model.id.cmp(&b.model.id));
    let flows = manifests
        .into_iter()
        .flat_map(|manifest| (0..manifest.model.flows.len()).map(move |index| resolve(frame, manifest, index)));
    decide::export(book, &workspace.knowledge.vocabulary, &flows.collect::<Vec<FlowFacts>>())
}

fn inputs(files: &[(Arc<SourceFile>, &'static str)]) -> Vec<Input> {
    let mut inputs: Vec<Input> = files
        .par_iter()
        .map(|(file, kind)| Input { path: file.path.clone(), kind: (*kind).to_owned(), sha256: file.sha256() })
        .collect();
    inputs.sort();
    inputs
}
