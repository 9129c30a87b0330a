//! Rules as data: Cedar policies with their titles, sources and remedies, checked once for a whole run.
//!
//! Only this module and `decide` know Cedar.

mod analysis;
mod catalogue;
mod flat;
mod mutate;
mod rule;
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cedar_policy::{PolicySet, Schema, SchemaFragment, ValidationMode, Validator};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::knowledge::Vocabulary;
use crate::model::{Catalogue, RulePack, TermType};
use crate::problem::{Problem, did_you_mean};
use crate::source::SourceFile;

pub use analysis::{Consulted, Guard, Test};
pub use catalogue::{FactSchema, read as read_facts};
pub use mutate::Mutant;
pub use rule::{OnViolation, Rule, id_of};
pub(crate) use written::PERMITTED;

/// All rules of a run.
#[derive(Debug)]
pub struct RuleBook {
    /// The rules, by id.
    pub rules: BTreeMap<Arc<str>, Rule>,
    /// The packs, by id.
    pub packs: BTreeMap<String, RulePack>,
    /// The facts that rules may consult.
    pub catalogue: Catalogue,
    /// Types of entities and their attributes, with the purposes as actions.
    pub(crate) schema: Arc<Schema>,
    /// The text of the catalogue, as rules are written against it.
    catalogue_text: Arc<str>,
}

/// Parses rule files. Every fault goes to `problems`.
pub fn parse_rules(files: &[Arc<SourceFile>], catalogue: &Catalogue, problems: &mut Vec<Problem>) -> Vec<Rule> {
    let parsed: Vec<Result<Rule, Problem>> = files.par_iter().map(|file| Rule::parse(file, catalogue)).collect();
    parsed.into_iter().filter_map(|rule| rule.map_err(|problem| problems.push(problem)).ok()).collect()
}

impl RuleBook {
    /// Joins rules to a book, and checks them. Every fault goes to `problems`.
    ///
    /// The binary's own rules were checked against its own vocabulary when it was tested; they are checked again only with
    /// another vocabulary (`own_words`).
    pub fn new(
        facts: FactSchema,
        rules: Vec<Rule>,
        packs: BTreeMap<String, RulePack>,
        vocabulary: &Vocabulary,
        own_words: bool,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let with_purposes = |fragment| schema(fragment, vocabulary).map_err(Problem::new);
        let schema = match with_purposes(facts.run) {
            Ok(schema) => schema,
            Err(problem) => {
                problems.push(problem);
                return None;
            }
        };
        let before = problems.len();
        let mut by_id: BTreeMap<Arc<str>, Rule> = BTreeMap::new();
        for rule in rules {
            // A later file replaces a rule of the same id: the user's own folder comes after the embedded one.
            if let Some(earlier) = by_id.get(&rule.id).filter(|earlier| earlier.file.embedded == rule.file.embedded) {
                let message = format!("the rule `{}` is also in `{}`", rule.id, earlier.file.path);
                problems.push(Problem::new(message).at(&rule.file, 0..0, "in this file"));
            }
            by_id.insert(rule.id.clone(), rule);
        }
        for rule in by_id.values() {
            let law = packs.get(rule.pack()).and_then(|pack| pack.law.as_ref());
            if let Some(law) = law.filter(|law| !rule.consulted.guards.iter().any(|guard| guard.is_of_law(law))) {
                let message =
                    format!("the pack holds only under the law `{law}`, but the rule's `when` does not say so");
                let help = format!("start the `when` with `context.flow.laws.contains(Law::\"{law}\") &&`");
                problems.push(Problem::new(message).at(&rule.file, 0..0, "in this rule").help(help));
            }
        }
        let unchecked: Vec<&Rule> = by_id.values().filter(|rule| own_words || !rule.file.tested).collect();
        for rule in &unchecked {
            check_words(rule, vocabulary, problems);
        }
        if !unchecked.is_empty() {
            let written = SchemaFragment::from_json_value(facts.written).map_err(|error| error.to_string());
            match written.map_err(Problem::new).and_then(with_purposes) {
                Ok(written) => validate(written, &unchecked, problems),
                Err(problem) => problems.push(problem),
            }
        }
        (problems.len() == before).then_some(Self {
            rules: by_id,
            packs,
            catalogue: facts.catalogue,
            schema: Arc::new(schema),
            catalogue_text: facts.text,
        })
    }
}

impl RuleBook {
    /// A book of one rule, with the facts and purposes of this one.
    #[must_use]
    pub fn of_one(&self, rule: Rule) -> Self {
        let rules = BTreeMap::from([(rule.id.clone(), rule)]);
        Self {
            rules,
            packs: BTreeMap::new(),
            catalogue: self.catalogue.clone(),
            schema: Arc::clone(&self.schema),
            catalogue_text: Arc::clone(&self.catalogue_text),
        }
    }
}

/// The schema of the catalogue with one action per purpose of the vocabulary.
fn schema(facts: SchemaFragment, vocabulary: &Vocabulary) -> Result<Schema, String> {
    let mut actions = serde_json::Map::new();
    for (id, term) in vocabulary.terms(TermType::Action) {
        let parents: Vec<Value> = term.parents.iter().map(|parent| json!({ "id": parent })).collect();
        let action = json!({
            "memberOf": parents,
            "appliesTo": {
                "principalTypes": ["DataItem"],
                "resourceTypes": ["Endpoint"],
                "context": { "type": "Circumstances" },
            },
        });
        actions.insert(id.clone(), action);
    }
    let fragment = json!({ "": { "entityTypes": {}, "actions": actions } });
    let actions = SchemaFragment::from_json_value(fragment).map_err(|error| error.to_string())?;
    Schema::from_schema_fragments([facts, actions]).map_err(|error| error.to_string())
}

/// Strict validation by Cedar: types, attributes, actions.
fn validate(schema: Schema, rules: &[&Rule], problems: &mut Vec<Problem>) {
    let mut policies = PolicySet::new();
    for rule in rules {
        let compiled = rule.policy().and_then(|_| rule.applies());
        let written = compiled.and_then(|_| rule.written());
        if let Err(message) = written.and_then(|written| policies.add(written).map_err(|error| error.to_string())) {
            problems.push(Problem::new(message).at(&rule.file, 0..0, "in this file"));
        }
    }
    let result = Validator::new(schema).validate(&policies, ValidationMode::Strict);
    let errors = result.validation_errors().map(|error| (error.policy_id(), error.to_string()));
    let warnings = result.validation_warnings().map(|warning| (warning.policy_id(), warning.to_string()));
    // One action of a type stands for all: the same fault is found once per purpose.
    let found: BTreeSet<(String, String)> =
        errors.chain(warnings).map(|(id, message)| (id.to_string(), message)).collect();
    for (id, message) in found {
        if let Some(rule) = rules.iter().find(|rule| *rule.id == *id) {
            problems.push(Problem::new(message).at(&rule.file, 0..0, "in this rule"));
        }
    }
}

/// Cedar accepts any id of an open entity type; a misspelt word would make a rule silently never apply.
fn check_words(rule: &Rule, vocabulary: &Vocabulary, problems: &mut Vec<Problem>) {
    let authority = TermType::Authority.name();
    let cited = rule.authorities.iter().map(|id| (authority, id));
    let named = rule.consulted.entities.iter().map(|(kind, id)| (kind.as_str(), id));
    for (kind, id) in named.chain(cited) {
        let Some(term_type) = vocabulary.term_type(kind) else { continue };
        if vocabulary.term(term_type, id).is_none() {
            let noun = TermType::noun(kind);
            let known = vocabulary.terms(term_type).map(|(id, _)| id.as_str());
            let mut problem = Problem::new(format!("the rule names the {noun} `{id}`, which the vocabulary lacks"));
            if let Some(near) = did_you_mean(id, known) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            let at = rule.file.text.find(id.as_str()).unwrap_or(0);
            problems.push(problem.at(&rule.file, at..at + id.len(), "not in the vocabulary"));
        }
    }
}
