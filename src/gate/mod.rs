//! What counts: findings are set aside by exceptions, by what the organisation has configured, and by a baseline. They stay in
//! the result, each with the reason; nothing else changes a verdict after the rules have decided.

mod check;
mod exceptions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::yaml::escape;
use crate::knowledge::Known;
use crate::model::{Config, Date, Exceptions, Level, Moment};
use crate::report::{AsideBy, FlowResult, Notice, Place, Report, RuleInfo, RuleResult, Verdict};

pub use check::check;
pub use exceptions::{Seen, State};

/// What sets findings aside.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gate<'a> {
    /// The configuration.
    pub config: Option<&'a Known<Config>>,
    /// The exceptions.
    pub exceptions: Option<&'a Known<Exceptions>>,
    /// The fingerprints of findings that were there before.
    pub baseline: Option<&'a Baseline>,
    /// True when the run is about all manifests, so that an exception without a flow is one too many.
    pub whole: bool,
}

/// An earlier result, by its findings.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    /// The day of its decision.
    pub as_of: String,
    /// The fingerprints of its findings.
    pub findings: BTreeSet<String>,
}

impl Baseline {
    /// The findings of an earlier result that counted, or were known before already. What an exception covered is not among them:
    /// when the exception ends, the finding counts.
    pub fn of(report: &Report) -> Self {
        let counted = |rule: &&RuleResult| match &rule.aside {
            None => rule.tells(),
            Some(aside) => aside.by == AsideBy::Baseline,
        };
        let findings = report.flows.iter().flat_map(|flow| &flow.rules).filter(counted);
        Self { as_of: report.as_of.clone(), findings: findings.filter_map(|rule| rule.fingerprint.clone()).collect() }
    }
}

impl Gate<'_> {
    /// Sets findings aside in a part of the flows; `seen` remembers what the exceptions met.
    pub fn apply(
        &self,
        flows: &mut [FlowResult],
        rules: &BTreeMap<Arc<str>, RuleInfo>,
        moment: Moment,
        seen: &mut Seen,
    ) {
        if let Some(config) = self.config {
            let mut packs_off = |finding: &mut RuleResult| pack_off(config, finding);
            each(flows, &mut packs_off);
        }
        if let Some(exceptions) = self.exceptions {
            seen.look(exceptions, flows, rules, moment);
            exceptions::apply(exceptions, flows, seen);
        }
        if let Some(config) = self.config {
            each(flows, &mut |finding| lowered(config, finding, moment.day()));
        }
        if let Some(baseline) = self.baseline {
            each(flows, &mut |finding| known(baseline, finding));
        }
        flows.iter_mut().for_each(FlowResult::decide);
    }

    /// What there is to say about the exceptions, once all flows are seen.
    pub fn notices(&self, seen: &Seen) -> Vec<Notice> {
        self.exceptions.map(|exceptions| exceptions::notices(exceptions, seen, self.whole)).unwrap_or_default()
    }
}

fn each(flows: &mut [FlowResult], change: &mut dyn FnMut(&mut RuleResult)) {
    let findings = flows.iter_mut().flat_map(|flow| &mut flow.rules);
    findings.filter(|rule| rule.verdict > Verdict::Permitted).for_each(change);
}

/// The law of the rule's pack does not apply to the organisation.
fn pack_off(config: &Known<Config>, finding: &mut RuleResult) {
    let pack = finding.id.split('/').next().unwrap_or_default();
    if let Some(reason) = config.model.packs_off.get(pack) {
        let place = place(config, &format!("/packs_off/{}", escape(pack)));
        finding.set_aside(AsideBy::PackOff, reason.clone(), Some(place), None);
    }
}

/// The organisation lets the rule advise for now.
fn lowered(config: &Known<Config>, finding: &mut RuleResult, day: Date) {
    let entries = config.model.enforcement.iter().enumerate();
    let Some((index, entry)) = entries.rev().find(|(_, entry)| entry.concerns(&finding.id, day)) else {
        return;
    };
    if entry.level == Level::Advise {
        let place = place(config, &format!("/enforcement/{index}"));
        finding.set_aside(AsideBy::Advice, entry.reason.clone(), Some(place), None);
    }
}

/// The finding was there in the earlier result.
fn known(baseline: &Baseline, finding: &mut RuleResult) {
    if finding.fingerprint.as_ref().is_some_and(|fingerprint| baseline.findings.contains(fingerprint)) {
        let reason = format!("in the baseline, as of {}", baseline.as_of);
        finding.set_aside(AsideBy::Baseline, reason, None, None);
    }
}

/// Where a part of a document stands.
fn place<T>(document: &Known<T>, pointer: &str) -> Place {
    let (line, column) = document.document.line_column(pointer);
    Place { file: document.document.file.path.clone(), line, column, source: None }
}
