//! Fifth stage: the status of every rule on a flow, by Cedar.
//!
//! One partial evaluation serves always: facts that are not known go in as Cedar unknowns. A `forbid` that is definitely
//! satisfied is a violation; a residual hangs on the unknowns it names. Each rule is evaluated twice, whole and without its
//! `unless`, so that *satisfied* and *not applicable* come apart.

mod request;
mod residual;
mod slice;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use cedar_policy::{Authorizer, Entities, PartialResponse, Policy, PolicyId, Request};

use crate::knowledge::Vocabulary;
use crate::model::Root;
use crate::resolve::FlowFacts;
use crate::rulebook::{OnViolation, Rule, RuleBook};
use request::Vocabularies;
use residual::{Known, simplify};
pub use slice::rules_out;
use slice::{Relevance, Shared, Slices};

/// The status of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The rule is about other flows.
    NotApplicable,
    /// The rule applies and is fulfilled, or is fulfilled whether it applies or not.
    Satisfied,
    /// It hangs on an unknown fact, or its evaluation failed.
    Undetermined,
    /// The rule applies and is not fulfilled.
    Violated,
}

/// What a flow may do. The worst of its rules decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every rule is satisfied or not applicable.
    Permitted,
    /// Evidence, a consent or an agreement on record would cure every violation.
    Conditional,
    /// A fact is not known.
    Undetermined,
    /// Only another flow would do.
    Refused,
}

/// One rule on one data item under one contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its status.
    pub status: Status,
    /// The unknown facts on which an undetermined rule hangs, by full name.
    pub unknown: BTreeSet<String>,
    /// What went wrong in the evaluation.
    pub error: Option<String>,
}

/// The outcomes of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The data item, by position in the flow.
    pub item: usize,
    /// The contract, by position in the flow's facts.
    pub contract: usize,
    /// Every rule, in the order of the rule book.
    pub outcomes: Vec<Outcome>,
}

/// The rule book made ready to decide.
#[derive(Debug)]
pub struct Decider<'a> {
    book: &'a RuleBook,
    vocabularies: Arc<Vocabularies>,
    slices: Slices<'a>,
}

/// Flows as Cedar takes them.
#[derive(Debug)]
pub struct Prepared<'f> {
    flows: &'f [FlowFacts],
    entities: Entities,
    /// Per flow, one request per data item and contract.
    requests: Vec<Vec<Asked>>,
}

/// A request, and what it asks about.
#[derive(Debug)]
struct Asked {
    item: usize,
    contract: usize,
    request: Request,
}

impl Status {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotApplicable => "not-applicable",
            Self::Satisfied => "satisfied",
            Self::Undetermined => "undetermined",
            Self::Violated => "violated",
        }
    }

    /// What the status of a rule means for the flow.
    pub fn verdict(self, on_violation: OnViolation) -> Verdict {
        match (self, on_violation) {
            (Self::NotApplicable | Self::Satisfied, _) => Verdict::Permitted,
            (Self::Undetermined, _) => Verdict::Undetermined,
            (Self::Violated, OnViolation::Condition) => Verdict::Conditional,
            (Self::Violated, OnViolation::Refuse) => Verdict::Refused,
            (Self::Violated, OnViolation::Unsettled) => Verdict::Undetermined,
        }
    }
}

impl Verdict {
    /// All verdicts, from best to worst.
    pub const ALL: [Self; 4] = [Self::Permitted, Self::Conditional, Self::Undetermined, Self::Refused];

    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Permitted => "permitted",
            Self::Conditional => "conditional",
            Self::Undetermined => "undetermined",
            Self::Refused => "refused",
        }
    }
}

/// The version of the policy engine.
pub fn engine_version() -> String {
    cedar_policy::get_sdk_version().to_string()
}

/// The version of the policy language.
pub fn language_version() -> String {
    cedar_policy::get_lang_version().to_string()
}

impl<'a> Decider<'a> {
    /// Prepares to decide.
    ///
    /// # Errors
    /// A vocabulary that Cedar does not accept; checked before, so a fault of the program.
    pub fn new(book: &'a RuleBook, vocabulary: &Vocabulary) -> Result<Self, String> {
        let vocabularies = Arc::new(Vocabularies::new(book, vocabulary)?);
        Ok(Self { book, vocabularies, slices: Slices::new(book) })
    }

    /// The same with other rules over the same facts and words.
    #[must_use]
    pub fn with_book<'b>(&self, book: &'b RuleBook) -> Decider<'b> {
        Decider { book, vocabularies: Arc::clone(&self.vocabularies), slices: Slices::new(book) }
    }

    /// Turns the facts of flows into entities and requests.
    ///
    /// # Errors
    /// Facts that do not fit the schema: a fault of the program, never of the input, which was checked before.
    pub fn prepare<'f>(&self, flows: &'f [FlowFacts]) -> Result<Prepared<'f>, String> {
        let (entities, ids) = self.vocabularies.with(self.book, flows)?;
        let requests = flows.iter().zip(&ids).map(|(flow, ids)| {
            let pairs =
                (0..flow.items.len()).flat_map(|item| (0..flow.contracts.len()).map(move |contract| (item, contract)));
            pairs
                .map(|(item, contract)| Ok(Asked { item, contract, request: ids.request(self.book, item, contract)? }))
                .collect()
        });
        Ok(Prepared { flows, entities, requests: requests.collect::<Result<_, String>>()? })
    }

    /// Decides flows: the outcome of every rule for every request of each.
    ///
    /// # Errors
    /// Rules that Cedar does not accept; checked before, so a fault of the program.
    pub fn decide(&self, prepared: &Prepared<'_>) -> Result<Vec<Vec<Decision>>, String> {
        let flows = prepared.flows.iter().zip(&prepared.requests);
        flows.map(|(flow, requests)| self.decide_flow(flow, requests, &prepared.entities)).collect()
    }

    fn decide_flow(&self, flow: &FlowFacts, requests: &[Asked], entities: &Entities) -> Result<Vec<Decision>, String> {
        let mut decisions = Vec::new();
        let mut shared = Shared::default();
        let of_flow = self.slices.narrow(self.slices.all(), flow, [Root::Flow, Root::Resource, Root::Places], 0, 0);
        for Asked { item, contract, request } in requests {
            let (item, contract) = (*item, *contract);
            let mut relevance =
                self.slices.narrow(of_flow.clone(), flow, [Root::Principal, Root::Contract], item, contract);
            shared.mark(self.book, &mut relevance, contract);
            let rules = self.slices.policies(&relevance)?;
            let response = Authorizer::new().is_authorized_partial(request, &rules, entities);
            let mut outcomes = Answers::read(&response).outcomes(self.book, &relevance);
            shared.exchange(self.book, &relevance, &mut outcomes, contract);
            decisions.push(Decision { item, contract, outcomes });
        }
        Ok(decisions)
    }
}

/// A partial response, by policy.
struct Answers {
    satisfied: HashSet<String>,
    errors: HashSet<String>,
    residuals: HashMap<String, Known>,
}

impl Answers {
    fn read(response: &PartialResponse) -> Self {
        Self {
            satisfied: response.definitely_satisfied().map(|policy| id_of(policy.id())).collect(),
            errors: response.definitely_errored().map(id_of).collect(),
            residuals: response.nontrivial_residuals().map(|policy| (id_of(policy.id()), undecided(&policy))).collect(),
        }
    }

    fn outcomes(&self, book: &RuleBook, relevance: &[Relevance]) -> Vec<Outcome> {
        book.rules.values().zip(relevance).map(|(rule, relevance)| self.outcome(rule, *relevance)).collect()
    }

    fn outcome(&self, rule: &Rule, relevance: Relevance) -> Outcome {
        if matches!(relevance, Relevance::No | Relevance::Known) {
            return Outcome::of(Status::NotApplicable);
        }
        let (whole, applies) = (rule.id.as_str(), rule.applies_id.as_str());
        // Cedar skips a policy whose evaluation fails. Here it never passes.
        if self.errors.contains(whole) || self.errors.contains(applies) {
            let error = Some("the evaluation of the rule failed".to_owned());
            return Outcome { error, ..Outcome::of(Status::Undetermined) };
        }
        match self.holds(whole) {
            Known::Yes => Outcome::of(Status::Violated),
            Known::HangsOn(unknown) => Outcome { unknown, ..Outcome::of(Status::Undetermined) },
            Known::No if relevance == Relevance::Applies => Outcome::of(Status::Satisfied),
            Known::No => match self.holds(applies) {
                Known::No => Outcome::of(Status::NotApplicable),
                Known::Yes | Known::HangsOn(_) => Outcome::of(Status::Satisfied),
            },
        }
    }

    /// Whether the condition of a policy holds, as far as it is known.
    fn holds(&self, id: &str) -> Known {
        if self.satisfied.contains(id) { Known::Yes } else { self.residuals.get(id).cloned().unwrap_or(Known::No) }
    }
}

impl Outcome {
    fn of(status: Status) -> Self {
        Self { status, unknown: BTreeSet::new(), error: None }
    }
}

/// An id as it is, without the escapes of its display.
fn id_of(id: &PolicyId) -> String {
    AsRef::<str>::as_ref(id).to_owned()
}

/// Cedar leaves `unknown && false` as it is; three-valued logic settles it.
fn undecided(policy: &Policy) -> Known {
    match policy.to_json() {
        Ok(json) => simplify(&json),
        // Not reachable for residuals of checked rules; if it ever is, the rule must not pass.
        Err(error) => Known::HangsOn([error.to_string()].into()),
    }
}
