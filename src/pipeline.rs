//! The later stages in a row: resolve, decide, report, gate. Every verb that judges a flow calls [`evaluate`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::decide::{self, Decider, Decision, engine_version};
use crate::gate::{Gate, Seen};
use crate::knowledge::{Known, Listed};
use crate::model::{Date, Manifest, Moment};
use crate::report::{self, Detail, FlowParts, FlowResult, Input, Lines, Report, Summary, Told, Tool, VERSION};
use crate::resolve::{Absent, FlowFacts, Frame, resolve};
use crate::rulebook::RuleBook;
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// Flows per piece of work: enough to share entities, few enough to keep all cores busy.
const CHUNK: usize = 32;

/// Flows per part of a run: enough for all cores. The content of so many is held at a time.
const PART: usize = 512;

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

/// Judges every flow of the manifests and reports it.
///
/// # Errors
/// Facts or rules that the policy engine does not accept after all checks: a fault of the program.
pub fn evaluate(workspace: &Workspace, manifests: &[Listed], run: Run<'_>) -> Result<Report, String> {
    let (mut flows, mut lines) = (Vec::new(), Lines::new());
    let mut report = evaluate_in_parts(workspace, manifests, run, &mut |part| {
        flows.append(&mut part.flows);
        report::merge(&mut lines, std::mem::take(&mut part.lines));
        Ok(())
    })?;
    report.flows = flows;
    report::merge(&mut report.lines, lines);
    Ok(report)
}

/// Judges every flow of the manifests, and passes on the result in parts, so that a long run need not be held whole. Each part is a
/// report with the flows of some manifests, in the order of the whole result, and the lines that they point to; its numbers are those
/// so far. What is returned is the report without the flows.
///
/// # Errors
/// As [`evaluate`], and those of `pass`.
pub fn evaluate_in_parts(
    workspace: &Workspace,
    manifests: &[Listed],
    run: Run<'_>,
    pass: &mut dyn FnMut(&mut Report) -> Result<(), String>,
) -> Result<Report, String> {
    let book = &workspace.book;
    let as_of = run.moment.day();
    let frame = Frame::new(&workspace.knowledge, &book.catalogue, as_of, run.absent);
    let decider = Decider::new(book, &frame.knowledge.vocabulary)?;
    let judge =
        Judge { book, frame: &frame, decider, manner: run.manner, told: Told::default(), done: AtomicUsize::new(0) };
    let mut report = Report {
        version: VERSION,
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: format!("cedar-policy {}", engine_version()),
        },
        as_of: as_of.to_string(),
        inputs: inputs(&workspace.inputs),
        rules: report::rule_infos(book),
        facts: report::fact_docs(book),
        flows: Vec::new(),
        notices: Vec::new(),
        lines: Lines::new(),
        summary: Summary::default(),
        verdict: None,
    };
    let knowledge = || workspace.inputs.iter().map(|(file, _)| file);
    let mut seen = Seen::default();
    for part in parts(manifests) {
        let mut flows = judge.flows(&part)?;
        run.gate.apply(&mut flows, &report.rules, run.moment, &mut seen);
        report.summary.count(&flows);
        report.verdict = report.verdict.max(flows.iter().map(|flow| flow.verdict).max());
        report.lines = report::lines(&flows, &[], knowledge().chain(part.iter().map(|manifest| &manifest.file)));
        report.flows = flows;
        pass(&mut report)?;
        report.flows.clear();
        report.lines.clear();
    }
    let notices = run.gate.notices(&seen);
    report.lines = report::lines(&[], &notices, knowledge());
    report.tell(notices);
    Ok(report)
}

/// The manifests in the order of the result, in parts of so many flows.
fn parts(manifests: &[Listed]) -> Vec<Vec<&Listed>> {
    let mut sorted: Vec<&Listed> = manifests.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let mut parts: Vec<Vec<&Listed>> = Vec::new();
    let mut flows = PART;
    for manifest in sorted {
        if flows >= PART {
            parts.push(Vec::new());
            flows = 0;
        }
        flows += manifest.flows;
        parts.last_mut().into_iter().for_each(|part| part.push(manifest));
    }
    parts
}

/// What judges the flows of a run.
struct Judge<'a> {
    book: &'a RuleBook,
    frame: &'a Frame<'a>,
    decider: Decider<'a>,
    manner: Manner<'a>,
    told: Told,
    done: AtomicUsize,
}

impl Judge<'_> {
    /// Judges every flow of the manifests, in their order.
    fn flows(&self, manifests: &[&Listed]) -> Result<Vec<FlowResult>, String> {
        let read: Result<Vec<Known<Manifest>>, String> = manifests.par_iter().map(|manifest| manifest.read()).collect();
        let read = read?;
        let all: Vec<(&Known<Manifest>, usize)> = read
            .iter()
            .flat_map(|manifest| (0..manifest.model.flows.len()).map(move |index| (manifest, index)))
            .collect();
        let results: Result<Vec<Vec<FlowResult>>, String> =
            all.par_chunks(CHUNK).map(|chunk| self.chunk(chunk)).collect();
        Ok(results?.into_iter().flatten().collect())
    }

    fn chunk(&self, flows: &[(&Known<Manifest>, usize)]) -> Result<Vec<FlowResult>, String> {
        let facts: Vec<FlowFacts> =
            flows.iter().map(|(manifest, index)| resolve(self.frame, manifest, *index)).collect();
        let decided = self.decider.decide(&self.decider.prepare(&facts))?;
        let result = |(facts, decisions): (&FlowFacts, &Vec<Decision>)| {
            report::flow_result(FlowParts {
                book: self.book,
                facts,
                decisions,
                as_of: self.frame.as_of,
                detail: self.manner.detail,
                told: &self.told,
            })
        };
        let results: Vec<FlowResult> = facts.iter().zip(&decided).map(result).collect();
        (self.manner.progress)(self.done.fetch_add(results.len(), Ordering::Relaxed) + results.len());
        Ok(results)
    }
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
