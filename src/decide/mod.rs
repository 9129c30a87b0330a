//! Fifth stage: the status of every rule on a flow, by Cedar.
//!
//! One partial evaluation serves always: facts that are not known go in as Cedar unknowns. A `forbid` that is definitely
//! satisfied is a violation; a residual hangs on the unknowns it names. Each rule is evaluated twice, whole and without its
//! `unless`, so that *satisfied* and *not applicable* come apart.

mod request;
mod residual;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use cedar_policy::{Authorizer, PartialResponse, Policy, PolicySet};

use crate::knowledge::Vocabulary;
use crate::resolve::{FlowFacts, Value};
use crate::rulebook::{Guard, OnViolation, Rule, RuleBook};
use request::Vocabularies;
use residual::{Known, simplify};

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
    vocabularies: Vocabularies,
    /// Policy sets by the rules they hold: few combinations of rules occur, and a set costs more than a decision.
    slices: RwLock<HashMap<Vec<bool>, Arc<PolicySet>>>,
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
    /// Prepares to decide.
    ///
    /// # Errors
    /// A vocabulary that Cedar does not accept; checked before, so a fault of the program.
    pub fn new(book: &'a RuleBook, vocabulary: &Vocabulary) -> Result<Self, String> {
        Ok(Self { book, vocabularies: Vocabularies::new(book, vocabulary)?, slices: RwLock::default() })
    }

    /// Decides flows: one request per data item and contract of each.
    ///
    /// # Errors
    /// Facts that do not fit the schema: a fault of the program, never of the input, which was checked before.
    pub fn decide(&self, flows: &[FlowFacts]) -> Result<Vec<Vec<Decision>>, String> {
        let (entities, ids) = self.vocabularies.with(self.book, flows)?;
        let mut decided = Vec::new();
        for (flow, ids) in flows.iter().zip(&ids) {
            let mut decisions = Vec::new();
            for item in 0..flow.items.len() {
                for contract in 0..flow.contracts.len() {
                    let relevant = self.relevant(flow, item, contract);
                    let rules = self.slice(&relevant)?;
                    let request = ids.request(self.book, item, contract)?;
                    let response = Authorizer::new().is_authorized_partial(&request, &rules, &entities);
                    let outcomes = Answers::read(&response).outcomes(self.book, &relevant);
                    decisions.push(Decision { item, contract, outcomes });
                }
            }
            decided.push(decisions);
        }
        Ok(decided)
    }

    /// Which rules can apply: those none of whose guards is known not to hold.
    fn relevant(&self, flow: &FlowFacts, item: usize, contract: usize) -> Vec<bool> {
        let fact = |name: &str| flow.fact(name, item, contract).map(|fact| &fact.value);
        let holds = |guard: &Guard| match guard {
            Guard::True(name) => fact(name) != Some(&Value::Bool(false)),
            Guard::Contains(name, word) => !matches!(fact(name), Some(Value::Set(words)) if !words.contains(word)),
            Guard::Is(name, word) => !matches!(fact(name), Some(Value::Name(found)) if found != word),
            Guard::NotEmpty(name) => !matches!(fact(name), Some(Value::Set(words)) if words.is_empty()),
        };
        self.book.rules.values().map(|rule| rule.consulted.guards.iter().all(holds)).collect()
    }

    /// The policies of the relevant rules, each whole and without its `unless`.
    fn slice(&self, relevant: &[bool]) -> Result<Arc<PolicySet>, String> {
        // A lock is poisoned only by a panic while it is held; the map itself stays whole.
        if let Some(known) = self.slices.read().unwrap_or_else(PoisonError::into_inner).get(relevant) {
            return Ok(Arc::clone(known));
        }
        let mut policies = PolicySet::new();
        for (rule, _) in self.book.rules.values().zip(relevant).filter(|(_, relevant)| **relevant) {
            policies.add(rule.policy.clone()).map_err(|error| error.to_string())?;
            policies.add(rule.applies.clone()).map_err(|error| error.to_string())?;
        }
        let policies = Arc::new(policies);
        let mut slices = self.slices.write().unwrap_or_else(PoisonError::into_inner);
        slices.insert(relevant.to_vec(), Arc::clone(&policies));
        Ok(policies)
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
            satisfied: response.definitely_satisfied().map(|policy| policy.id().to_string()).collect(),
            errors: response.definitely_errored().map(ToString::to_string).collect(),
            residuals: response.nontrivial_residuals().map(|policy| (policy.id().to_string(), undecided(&policy))).collect(),
        }
    }

    fn outcomes(&self, book: &RuleBook, relevant: &[bool]) -> Vec<Outcome> {
        let rules = book.rules.values().zip(relevant);
        rules.map(|(rule, relevant)| if *relevant { self.outcome(rule) } else { Outcome::of(Status::NotApplicable) }).collect()
    }

    fn outcome(&self, rule: &Rule) -> Outcome {
        let (whole, applies) = (rule.id.as_str(), rule.applies.id().as_ref());
        // Cedar skips a policy whose evaluation fails. Here it never passes.
        if self.errors.contains(whole) || self.errors.contains(applies) {
            let error = Some("the evaluation of the rule failed".to_owned());
            return Outcome { error, ..Outcome::of(Status::Undetermined) };
        }
        match self.holds(whole) {
            Known::Yes => Outcome::of(Status::Violated),
            Known::HangsOn(unknown) => Outcome { unknown, ..Outcome::of(Status::Undetermined) },
            Known::No => match self.holds(applies) {
                Known::No => Outcome::of(Status::NotApplicable),
                Known::Yes | Known::HangsOn(_) => Outcome::of(Status::Satisfied),
            },
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
}

impl Outcome {
    fn of(status: Status) -> Self {
        Self { status, unknown: BTreeSet::new(), error: None }
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
