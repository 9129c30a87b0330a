//! Fifth stage: the status of every rule on a flow, by Cedar.
//!
//! One partial evaluation serves always: facts that are not known go in as Cedar unknowns. A `forbid` that is definitely
//! satisfied is a violation; a residual hangs on the unknowns it names. Each rule is evaluated twice, whole and without its
//! `unless`, so that *satisfied* and *not applicable* come apart.

mod export;
mod memo;
mod request;
mod residual;
mod slice;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use cedar_policy::{Authorizer, Entities, PartialResponse, Policy, PolicyId};

use crate::knowledge::Vocabulary;
use crate::model::Root;
use crate::resolve::FlowFacts;
use crate::rulebook::{OnViolation, Rule, RuleBook};
pub use export::export;
use memo::{Memo, Numbered, Numbers};
use request::{FlowEntities, Vocabularies};
use residual::{Known, simplify};
pub use slice::rules_out;
use slice::{Relevance, Slices};

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
    pub outcomes: Vec<Arc<Outcome>>,
}

/// The rule book made ready to decide.
#[derive(Debug)]
pub struct Decider<'a> {
    book: &'a RuleBook,
    vocabularies: Arc<Vocabularies>,
    numbers: Arc<Numbers>,
    slices: Slices<'a>,
    memo: Memo,
}

/// Flows made ready to be decided.
#[derive(Debug)]
pub struct Prepared<'f> {
    flows: &'f [FlowFacts],
    numbered: Vec<Numbered>,
    /// Made when Cedar must be asked.
    cedar: OnceLock<Result<Asked, String>>,
}

/// Flows as Cedar takes them.
#[derive(Debug)]
struct Asked {
    entities: Entities,
    flows: Vec<FlowEntities>,
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
        let numbers = Arc::new(Numbers::new(book));
        let memo = Memo::new(book, &numbers);
        Ok(Self { book, vocabularies, numbers, slices: Slices::new(book), memo })
    }

    /// The same with other rules over the same facts and words.
    #[must_use]
    pub fn with_book<'b>(&self, book: &'b RuleBook) -> Decider<'b> {
        let (vocabularies, numbers) = (Arc::clone(&self.vocabularies), Arc::clone(&self.numbers));
        let memo = Memo::new(book, &numbers);
        Decider { book, vocabularies, numbers, slices: Slices::new(book), memo }
    }

    /// Makes flows ready to be decided, by this and by every decider made from it.
    pub fn prepare<'f>(&self, flows: &'f [FlowFacts]) -> Prepared<'f> {
        let numbered = flows.iter().map(|flow| self.numbers.of(&self.book.catalogue, flow)).collect();
        Prepared { flows, numbered, cedar: OnceLock::new() }
    }

    /// Decides flows: the outcome of every rule for every data item under every contract of each.
    ///
    /// # Errors
    /// Facts that do not fit the schema, or rules that Cedar does not accept: faults of the program, as all was checked before.
    pub fn decide(&self, prepared: &Prepared<'_>) -> Result<Vec<Vec<Decision>>, String> {
        (0..prepared.flows.len()).map(|index| self.decide_flow(prepared, index)).collect()
    }

    fn decide_flow(&self, prepared: &Prepared<'_>, index: usize) -> Result<Vec<Decision>, String> {
        let (flow, numbered) = (&prepared.flows[index], &prepared.numbered[index]);
        let mut decisions = Vec::new();
        let mut of_flow = None;
        for item in 0..flow.items.len() {
            for contract in 0..flow.contracts.len() {
                let known = self.memo.recall(numbered, item, contract);
                let outcomes = if known.iter().any(Option::is_none) {
                    let before = of_flow.get_or_insert_with(|| {
                        self.slices.narrow(self.slices.all(), flow, [Root::Flow, Root::Resource, Root::Places], 0, 0)
                    });
                    let relevance =
                        self.slices.narrow(before.clone(), flow, [Root::Principal, Root::Contract], item, contract);
                    let found = self.ask(prepared, index, (item, contract), &known, relevance)?;
                    self.memo.keep(&found, numbered, item, contract);
                    let mut found = found.into_iter().map(|(_, outcome)| outcome);
                    known.into_iter().filter_map(|known| known.or_else(|| found.next())).collect()
                } else {
                    known.into_iter().flatten().collect()
                };
                decisions.push(Decision { item, contract, outcomes });
            }
        }
        Ok(decisions)
    }

    /// Asks Cedar for the outcomes that are not known, by the position of the rule.
    fn ask(
        &self,
        prepared: &Prepared<'_>,
        index: usize,
        (item, contract): (usize, usize),
        known: &[Option<Arc<Outcome>>],
        mut relevance: Vec<Relevance>,
    ) -> Result<Vec<(usize, Arc<Outcome>)>, String> {
        for (relevance, _) in relevance.iter_mut().zip(known).filter(|(_, known)| known.is_some()) {
            *relevance = Relevance::No;
        }
        let missing = |answers: &Answers| {
            let rules = self.book.rules.values().zip(&relevance).zip(known).enumerate();
            rules
                .filter(|(_, (_, known))| known.is_none())
                .map(|(at, ((rule, relevance), _))| (at, Arc::new(answers.outcome(rule, *relevance))))
                .collect()
        };
        if relevance.iter().all(|relevance| *relevance == Relevance::No) {
            return Ok(missing(&Answers::default()));
        }
        let asked = prepared.cedar.get_or_init(|| {
            let (entities, flows) = self.vocabularies.with(self.book, prepared.flows)?;
            Ok(Asked { entities, flows })
        });
        let asked = asked.as_ref().map_err(String::clone)?;
        let request = asked.flows[index].request(self.book, item, contract)?;
        let rules = self.slices.policies(&relevance)?;
        Ok(missing(&Answers::read(&Authorizer::new().is_authorized_partial(&request, &rules, &asked.entities))))
    }
}

/// A partial response, by policy.
#[derive(Default)]
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

    fn outcome(&self, rule: &Rule, relevance: Relevance) -> Outcome {
        if relevance == Relevance::No {
            return Outcome::of(Status::NotApplicable);
        }
        let (whole, applies) = (&*rule.id, rule.applies_id.as_str());
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
