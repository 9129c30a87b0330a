//! Exceptions: approved, expiring waivers of one rule on one flow, as long as the facts stay as they were.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::place;
use crate::knowledge::Known;
use crate::model::{Exception, Exceptions, Moment};
use crate::report::{Approval, AsideBy, FlowResult, Notice, Place, RuleInfo, RuleResult, Status, Verdict};

/// So many days before its end an exception says that it ends.
const SOON: i64 = 30;

/// How an exception stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It sets a finding aside.
    InUse,
    /// It does, and ends in so many days.
    Expiring(i64),
    /// Its last day is over.
    Expired,
    /// There is such a finding no more.
    Unused,
    /// The facts are others than those on which it was approved.
    Superseded,
    /// The finding hangs on a fact that is not known: nothing is known that could be waived.
    Undetermined,
    /// The rule is one that nobody may waive.
    NotWaivable,
    /// The run is not about its flow.
    Elsewhere,
}

impl State {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::InUse => "in use",
            Self::Expiring(_) => "expiring",
            Self::Expired => "expired",
            Self::Unused => "unused",
            Self::Superseded => "superseded",
            Self::Undetermined => "undetermined",
            Self::NotWaivable => "not-waivable",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// True when it needs no care.
    pub fn in_order(self) -> bool {
        matches!(self, Self::InUse | Self::Elsewhere)
    }

    /// True when it sets the finding aside.
    pub fn holds(self) -> bool {
        matches!(self, Self::InUse | Self::Expiring(_))
    }
}

/// The findings that the exceptions are about, among the flows seen so far. Flows come in parts.
#[derive(Debug, Default)]
pub struct Seen {
    /// By the exception's place in the file, where there was a flow of its integration: how it stands towards its finding.
    met: BTreeMap<usize, Option<State>>,
}

impl Seen {
    /// Looks at further flows.
    pub fn look(
        &mut self,
        exceptions: &Known<Exceptions>,
        flows: &[FlowResult],
        rules: &BTreeMap<Arc<str>, RuleInfo>,
        moment: Moment,
    ) {
        for (index, exception) in exceptions.model.exceptions.iter().enumerate() {
            let mut judged = flows.iter().filter(|flow| flow.integration == exception.integration).peekable();
            if judged.peek().is_none() {
                continue;
            }
            let findings = judged.filter(|flow| flow.flow == exception.flow).flat_map(|flow| &flow.rules);
            let finding = findings.filter(|rule| rule.tells()).find(|rule| *rule.id == *exception.rule);
            let state = finding.map(|finding| state(exception, finding, rules, moment));
            let met = self.met.entry(index).or_default();
            *met = met.or(state);
        }
    }

    /// How an exception stands. `whole`: the flows are all there are.
    pub fn state(&self, index: usize, whole: bool) -> State {
        match self.met.get(&index) {
            None if !whole => State::Elsewhere,
            None | Some(None) => State::Unused,
            Some(Some(state)) => *state,
        }
    }
}

fn state(exception: &Exception, finding: &RuleResult, rules: &BTreeMap<Arc<str>, RuleInfo>, moment: Moment) -> State {
    if exception.expires.is_over(moment) {
        State::Expired
    } else if finding.status == Status::Undetermined {
        State::Undetermined
    } else if rules.get(&finding.id).is_none_or(|rule| !rule.waivable) {
        State::NotWaivable
    } else if finding.fingerprint.as_ref() != Some(&exception.fingerprint) {
        State::Superseded
    } else if exception.expires.days_left(moment) <= SOON {
        State::Expiring(exception.expires.days_left(moment))
    } else {
        State::InUse
    }
}

/// Sets aside what the exceptions waive in a part of the flows.
pub(super) fn apply(exceptions: &Known<Exceptions>, flows: &mut [FlowResult], seen: &Seen) {
    for (index, exception) in exceptions.model.exceptions.iter().enumerate() {
        if !seen.state(index, true).holds() {
            continue;
        }
        let of_flow = |flow: &&mut FlowResult| flow.integration == exception.integration && flow.flow == exception.flow;
        let findings = flows.iter_mut().filter(of_flow).flat_map(|flow| &mut flow.rules);
        for finding in findings.filter(|finding| *finding.id == *exception.rule) {
            let (at, approval) = (at(exceptions, index), approval(exception));
            finding.set_aside(AsideBy::Exception, exception.reason.clone(), Some(at), Some(approval));
        }
    }
}

/// Which exceptions need care, once all flows are seen.
pub(super) fn notices(exceptions: &Known<Exceptions>, seen: &Seen, whole: bool) -> Vec<Notice> {
    let all = exceptions.model.exceptions.iter().enumerate();
    all.filter_map(|(index, exception)| {
        let state = seen.state(index, whole);
        let (message, remedy) = care(exception, state)?;
        let id = format!("exceptions/{}", state.word());
        Some(Notice { id, verdict: Verdict::Permitted, message, remedy, place: at(exceptions, index) })
    })
    .collect()
}

fn at(exceptions: &Known<Exceptions>, index: usize) -> Place {
    place(exceptions, &format!("/exceptions/{index}"))
}

fn approval(exception: &Exception) -> Approval {
    Approval {
        id: exception.id.clone(),
        owner: exception.owner.clone(),
        approver: exception.approver.clone(),
        ticket: exception.ticket.clone(),
        expires: exception.expires.to_string(),
    }
}

/// What needs care about an exception, and what to do.
fn care(exception: &Exception, state: State) -> Option<(String, String)> {
    let Exception { id, rule, integration, flow, expires, .. } = exception;
    let subject = format!("the exception {id} from {rule} on {integration} › {flow}");
    let (says, remedy) = match state {
        State::InUse | State::Elsewhere => return None,
        State::Expiring(0) => ("ends today".to_owned(), "satisfy the rule, or have the exception approved anew"),
        State::Expiring(1) => ("ends tomorrow".to_owned(), "satisfy the rule, or have the exception approved anew"),
        State::Expiring(days) => {
            (format!("ends in {days} days, on {expires}"), "satisfy the rule, or have the exception approved anew")
        }
        State::Expired => (
            format!("ended on {expires} and counts no more"),
            "take it out, or have it approved anew if the rule is still not satisfied",
        ),
        State::Unused => ("waives nothing: there is no such finding".to_owned(), "take it out"),
        State::Superseded => (
            "does not count: facts that the rule consulted have changed since it was approved".to_owned(),
            "look at the finding again, and have the exception approved anew with its new fingerprint",
        ),
        State::Undetermined => (
            "does not count: the rule hangs on a fact that is not known, and what nobody knows cannot be waived"
                .to_owned(),
            "find the fact out; the finding names it",
        ),
        State::NotWaivable => {
            ("does not count: nobody may waive this rule".to_owned(), "satisfy the rule, and take the exception out")
        }
    };
    Some((format!("{subject} {says}"), remedy.to_owned()))
}
