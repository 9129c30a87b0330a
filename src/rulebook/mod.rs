//! Rules as data: Cedar policies with their titles, sources and remedies, checked once for a whole run.
//!
//! Only this module and `decide` know Cedar.

mod analysis;
mod catalogue;
mod rule;

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy::{PolicyId, PolicySet, Schema, SchemaFragment, ValidationMode, Validator};

use crate::knowledge::Vocabulary;
use crate::model::{Catalogue, RulePack, TermType};
use crate::problem::{Problem, did_you_mean};
use crate::source::SourceFile;

pub use catalogue::read as read_catalogue;
pub use rule::{OnViolation, Rule};

/// All rules of a run.
#[derive(Debug)]
pub struct RuleBook {
    /// The rules, by id.
    pub rules: BTreeMap<String, Rule>,
    /// The packs, by id.
    pub packs: BTreeMap<String, RulePack>,
    /// The facts that rules may consult.
    pub catalogue: Catalogue,
    /// Types of entities and their attributes, with the purposes as actions.
    pub(crate) schema: Schema,
}

impl RuleBook {
    /// Parses and checks the rules. Every fault goes to `problems`.
    pub fn new(
        schema_file: &Arc<SourceFile>,
        catalogue: Catalogue,
        files: &[Arc<SourceFile>],
        packs: BTreeMap<String, RulePack>,
        vocabulary: &Vocabulary,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let schema = match schema(&schema_file.text, vocabulary) {
            Ok(schema) => schema,
            Err(message) => {
                problems.push(Problem::new(message).at(schema_file, 0..0, "in this schema"));
                return None;
            }
        };
        let before = problems.len();
        let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
        for file in files {
            // A later file replaces a rule of the same id: the user's own folder comes after the embedded one.
            if let Some(rule) = Rule::parse(file, &catalogue, problems) {
                if let Some(earlier) = rules.get(&rule.id).filter(|earlier| earlier.file.embedded == file.embedded) {
                    let message = format!("the rule `{}` is also in `{}`", rule.id, earlier.file.path);
                    problems.push(Problem::new(message).at(file, 0..0, "in this file"));
                }
                check_words(&rule, vocabulary, problems);
                rules.insert(rule.id.clone(), rule);
            }
        }
        validate(&schema, &rules, problems);
        (problems.len() == before).then_some(Self { rules, packs, catalogue, schema })
    }
}

/// The schema of the catalogue with one action per purpose of the vocabulary.
fn schema(text: &str, vocabulary: &Vocabulary) -> Result<Schema, String> {
    let mut actions = String::new();
    for (id, term) in vocabulary.terms(TermType::Action) {
        let parents: Vec<String> = term.parents.iter().map(|parent| format!("{parent:?}")).collect();
        let member = if parents.is_empty() { String::new() } else { format!(" in [{}]", parents.join(", ")) };
        actions.push_str(&format!(
            "action {id:?}{member} appliesTo {{ principal: DataItem, resource: Endpoint, context: Circumstances }};\n"
        ));
    }
    let fragment = |text: &str| {
        SchemaFragment::from_cedarschema_str(text).map(|(fragment, _)| fragment).map_err(|error| error.to_string())
    };
    Schema::from_schema_fragments([fragment(text)?, fragment(&actions)?]).map_err(|error| error.to_string())
}

/// Strict validation by Cedar: types, attributes, actions.
fn validate(schema: &Schema, rules: &BTreeMap<String, Rule>, problems: &mut Vec<Problem>) {
    let mut policies = PolicySet::new();
    for rule in rules.values() {
        if let Err(error) = policies.add(rule.policy.clone()) {
            problems.push(Problem::new(error.to_string()).at(&rule.file, 0..0, "in this file"));
        }
    }
    let result = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
    let errors = result.validation_errors().map(|error| (error.policy_id(), error.to_string()));
    let warnings = result.validation_warnings().map(|warning| (warning.policy_id(), warning.to_string()));
    for (id, message) in errors.chain(warnings) {
        if let Some(rule) = rules.get::<str>(AsRef::<str>::as_ref(id)) {
            problems.push(Problem::new(message).at(&rule.file, 0..0, "in this rule"));
        }
    }
}

/// Cedar accepts any id of an open entity type; a misspelt word would make a rule silently never apply.
fn check_words(rule: &Rule, vocabulary: &Vocabulary, problems: &mut Vec<Problem>) {
    for (kind, id) in &rule.consulted.entities {
        let Some(term_type) = vocabulary.term_type(kind) else { continue };
        if vocabulary.term(term_type, id).is_none() {
            let noun = TermType::noun(kind);
            let known = vocabulary.terms(term_type).map(|(id, _)| id.as_str());
            let mut problem = Problem::new(format!("the rule names the {noun} `{id}`, which the vocabulary lacks"));
            if let Some(near) = did_you_mean(id, known) {
                problem = problem.help(format!("did you mean `{near}`?"));
            }
            let at = rule.file.text.find(&format!("\"{id}\"")).unwrap_or(0);
            problems.push(problem.at(&rule.file, at..at + id.len() + 2, "not in the vocabulary"));
        }
    }
}

/// The id under which the part of a rule stands that says when it applies.
pub(crate) fn applies_id(rule: &str) -> PolicyId {
    PolicyId::new(format!("{rule}?applies"))
}
