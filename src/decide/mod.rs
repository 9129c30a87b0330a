//! Fifth stage: the status of every rule on a flow, by Cedar.
//!
//! One partial evaluation serves always: facts that are not known go in as Cedar unknowns. A `forbid` that is definitely
//! satisfied is a violation; a residual hangs on the unknowns it names. Each rule is evaluated twice, whole and without its
//! `unless`, so that *satisfied* and *not applicable* come apart.

mod request;
mod residual;

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Authorizer, Entities, PartialResponse, Policy, PolicySet};

use crate::resolve::{FlowFacts, Value};
use crate::rulebook::{OnViolation, RuleBook, applies_id};
use residual::{Known, simplify};

pub use request::Vocabularies;

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
    /// The rule.
    pub rule: String,
    /// Its status.
    pub status: Status,
    /// The unknown facts on which an undetermined rule hangs, by full name.
    pub unknown: BTreeSet<String>,
    /// What went wrong in the evaluation.
    pub error: Option<String>,
}

/// The outcomes of one request.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The data item, by position in the flow.
    pub item: usize,
    /// The contract, by position in the flow's facts.
    pub contract: usize,
    /// Every rule, by id.
    pub outcomes: Vec<Outcome>,
}

/// The rule book made ready to decide.
#[derive(Debug)]
pub struct Decider<'a> {
    book: &'a RuleBook,
    vocabularies: Vocabularies,
    /// The rules that can apply, per set of laws that rules ask for and the flow has.
    slices: BTreeMap<BTreeSet<String>, PolicySet>,
    /// Every law that some rule asks for.
    laws: BTreeSet<String>,
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

impl<'a> Decider<'a> {
    /// Prepares the rules for every combination of laws that rules ask for.
    ///
    /// # Errors
    /// A vocabulary or rule that Cedar does not accept; checked before, so a fault of the program.
    pub fn new(book: &'a RuleBook, vocabulary: &crate::knowledge::Vocabulary) -> Result<Self, String> {
        let laws: BTreeSet<String> = book.rules.values().flat_map(|rule| rule.consulted.laws.clone()).collect();
        let vocabularies = Vocabularies::new(book, vocabulary)?;
        Ok(Self { book, vocabularies, slices: BTreeMap::new(), laws })
    }

    /// Builds the slices that the flows need. Rules are cloned once per combination of laws, not per flow.
    ///
    /// # Errors
    /// Two rules of one id; checked before.
    pub fn prepare<'f>(&mut self, flows: impl IntoIterator<Item = &'f FlowFacts>) -> Result<(), String> {
        for flow in flows {
            let key = self.slice_key(flow);
            if !self.slices.contains_key(&key) {
                let mut policies = PolicySet::new();
                for rule in self.book.rules.values().filter(|rule| rule.consulted.laws.is_subset(&key)) {
                    policies.add(rule.policy.clone()).map_err(|error| error.to_string())?;
                    policies.add(rule.applies.clone()).map_err(|error| error.to_string())?;
                }
                self.slices.insert(key, policies);
            }
        }
        Ok(())
    }

    /// The laws of the flow that rules ask for; all of them when the flow's laws are not known.
    fn slice_key(&self, flow: &FlowFacts) -> BTreeSet<String> {
        match flow.circumstances.get("laws").map(|fact| &fact.value) {
            Some(Value::Set(laws)) => self.laws.intersection(laws).cloned().collect(),
            _ => self.laws.clone(),
        }
    }

    /// Decides a flow: one request per data item and contract.
    ///
    /// # Errors
    /// Facts that do not fit the schema: a fault of the program, never of the input, which was checked before.
    pub fn decide(&self, flow: &FlowFacts) -> Result<Vec<Decision>, String> {
        let rules = self.slices.get(&self.slice_key(flow)).ok_or("the flow was not prepared")?;
        let entities = self.vocabularies.with(self.book, flow)?;
        let mut decisions = Vec::new();
        for item in 0..flow.items.len() {
            for contract in 0..flow.contracts.len() {
                let outcomes = self.outcomes(rules, flow, item, contract, &entities)?;
                decisions.push(Decision { item, contract, outcomes });
            }
        }
        Ok(decisions)
    }

    fn outcomes(
        &self,
        rules: &PolicySet,
        flow: &FlowFacts,
        item: usize,
        contract: usize,
        entities: &Entities,
    ) -> Result<Vec<Outcome>, String> {
        let request = request::build(self.book, flow, item, contract)?;
        let response = Authorizer::new().is_authorized_partial(&request, rules, entities);
        let answers = Answers::read(&response);
        Ok(self.book.rules.values().map(|rule| answers.outcome(rules, rule.id.as_str())).collect())
    }
}

/// A partial response, by policy.
struct Answers {
    satisfied: BTreeSet<String>,
    errors: BTreeSet<String>,
    residuals: BTreeMap<String, Known>,
}

impl Answers {
    fn read(response: &PartialResponse) -> Self {
        Self {
            satisfied: response.definitely_satisfied().map(|policy| policy.id().to_string()).collect(),
            errors: response.definitely_errored().map(ToString::to_string).collect(),
            residuals: response.nontrivial_residuals().map(|policy| (policy.id().to_string(), undecided(&policy))).collect(),
        }
    }

    /// Whether the condition of a policy holds, as far as it is known.
    fn holds(&self, id: &str) -> Known {
        if self.satisfied.contains(id) {
            Known::Yes
        } else {
            self.residuals.get(id).cloned().unwrap_or(Known::No)
        }
    }

    fn outcome(&self, rules: &PolicySet, id: &str) -> Outcome {
        let applies_id = applies_id(id);
        let applies: &str = applies_id.as_ref();
        let outcome = |status, unknown| Outcome { rule: id.to_owned(), status, unknown, error: None };
        if rules.policy(&applies_id).is_none() {
            return outcome(Status::NotApplicable, BTreeSet::new());
        }
        // Cedar skips a policy whose evaluation fails. Here it never passes.
        if self.errors.contains(id) || self.errors.contains(applies) {
            let error = Some("the evaluation of the rule failed".to_owned());
            return Outcome { error, ..outcome(Status::Undetermined, BTreeSet::new()) };
        }
        match self.holds(id) {
            Known::Yes => outcome(Status::Violated, BTreeSet::new()),
            Known::HangsOn(unknown) => outcome(Status::Undetermined, unknown),
            Known::No => match self.holds(applies) {
                Known::No => outcome(Status::NotApplicable, BTreeSet::new()),
                Known::Yes | Known::HangsOn(_) => outcome(Status::Satisfied, BTreeSet::new()),
            },
        }
    }
}

/// Cedar leaves `unknown && false` as it is; three-valued logic settles it.
fn undecided(policy: &Policy) -> Known {
    match policy.to_json() {
        Ok(json) => simplify(&json),
        // Not reachable for residuals of checked rules; if it ever is, the rule must not pass.
        Err(error) => Known::HangsOn([error.to_string()].into()),
    }
}
