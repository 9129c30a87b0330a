//! A second way to the status of a rule: ordinary, concrete authorization by Cedar, on entities that are built here from the facts.
//! It shares nothing with `decide` but the texts of the rules, and knows no unknown facts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityUid, Policy, PolicyId, PolicySet, Request,
    RestrictedExpression,
};
use tidegate::decide::Status;
use tidegate::model::{FactType, Root, TermType};
use tidegate::resolve::{Facts, FlowFacts, Value};

use crate::world::world;

/// What follows a rule's id in the id of its `when` alone.
const APPLIES: &str = " applies";

pub(crate) struct Oracle {
    rules: PolicySet,
    words: Entities,
}

impl Oracle {
    pub(crate) fn new() -> Self {
        let mut rules = PolicySet::new();
        for (id, rule) in &world().book().rules {
            let whole = Policy::parse(Some(PolicyId::new(id)), &rule.file.text).expect("a rule");
            let mut json = whole.to_json().expect("a rule in JSON");
            json["conditions"].as_array_mut().expect("conditions").retain(|condition| condition["kind"] == "when");
            let applies = Policy::from_json(Some(PolicyId::new(format!("{id}{APPLIES}"))), json)
                .expect("a rule without `unless`");
            rules.add(whole).expect("ids are unique");
            rules.add(applies).expect("ids are unique");
        }
        Self { rules, words: words() }
    }

    /// The status of every rule, in the order of the rule book, on a flow whose facts are all known, for one item and contract.
    pub(crate) fn statuses(&self, facts: &FlowFacts, item: usize, contract: usize) -> Vec<Status> {
        let flow = facts.flow();
        let (provider, _) = flow.service.split_once('/').expect("provider/service");
        let class = uid("DataClass", &flow.data[item].class);
        let service = uid("Service", &flow.service);
        let own = [
            entity(Root::Principal, &facts.items[item].facts, [class].into()),
            entity(Root::Resource, &facts.endpoint, [service.clone()].into()),
            entity(Root::Contract, &facts.contracts[contract].facts, HashSet::new()),
            entity(Root::Flow, &facts.circumstances, HashSet::new()),
            entity(Root::Places, &facts.places, HashSet::new()),
            Entity::new_no_attrs(service, [uid("Provider", provider)].into()),
        ];
        let entities = self.words.clone().add_entities(own, None).expect("entities");
        let context = Context::from_pairs(Root::ALL.into_iter().filter_map(|root| {
            let name = root.prefix().strip_prefix("context.")?;
            Some((name.to_owned(), RestrictedExpression::new_entity_uid(the(root))))
        }));
        let (principal, resource) = (the(Root::Principal), the(Root::Resource));
        let request =
            Request::new(principal, uid("Action", &flow.purpose), resource, context.expect("a context"), None);
        let response = Authorizer::new().is_authorized(&request.expect("a request"), &self.rules, &entities);
        let errors: Vec<String> = response.diagnostics().errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "rules fail on facts of the declared types: {errors:?}");
        let satisfied: BTreeSet<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        world()
            .book()
            .rules
            .keys()
            .map(|id| {
                if satisfied.contains(&**id) {
                    Status::Violated
                } else if satisfied.contains(&format!("{id}{APPLIES}")) {
                    Status::Satisfied
                } else {
                    Status::NotApplicable
                }
            })
            .collect()
    }
}

/// Data classes, special categories and purposes: the words that stand in one another.
fn words() -> Entities {
    let vocabulary = &world().workspace.knowledge.vocabulary;
    let mut entities = Vec::new();
    for term_type in [TermType::DataClass, TermType::SpecialCategory, TermType::Action] {
        for (id, term) in vocabulary.terms(term_type) {
            let mut parents: HashSet<EntityUid> =
                term.parents.iter().map(|parent| uid(term_type.name(), parent)).collect();
            if term_type == TermType::DataClass {
                let categories = vocabulary.terms(TermType::SpecialCategory);
                let with = categories.filter(|(_, category)| category.members.contains_key(id));
                parents.extend(with.map(|(category, _)| uid("SpecialCategory", category)));
            }
            entities.push(Entity::new_no_attrs(uid(term_type.name(), id), parents));
        }
    }
    Entities::from_entities(entities, None).expect("a hierarchy of words")
}

fn the(root: Root) -> EntityUid {
    uid(root.entity_type(), "the")
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.parse().expect("a type name"), EntityId::new(id))
}

fn entity(root: Root, facts: &Facts, parents: HashSet<EntityUid>) -> Entity {
    let leaves = facts.iter().map(|(path, fact)| {
        let decl = &world().catalogue().facts[&root][path];
        (path.as_str(), expression(&fact.value, &decl.fact_type))
    });
    Entity::new(the(root), record(leaves.collect()), parents).expect("an entity")
}

/// `a.b` becomes `{a: {b: …}}`.
fn record(leaves: Vec<(&str, RestrictedExpression)>) -> HashMap<String, RestrictedExpression> {
    let mut record = HashMap::new();
    let mut groups: BTreeMap<&str, Vec<(&str, RestrictedExpression)>> = BTreeMap::new();
    for (path, leaf) in leaves {
        match path.split_once('.') {
            Some((group, rest)) => groups.entry(group).or_default().push((rest, leaf)),
            None => {
                record.insert(path.to_owned(), leaf);
            }
        }
    }
    for (group, leaves) in groups {
        record.insert(group.to_owned(), RestrictedExpression::new_record(self::record(leaves)).expect("unique keys"));
    }
    record
}

fn expression(value: &Value, fact_type: &FactType) -> RestrictedExpression {
    let word = |kind: &str, id: &String| RestrictedExpression::new_entity_uid(uid(kind, id));
    match (value, fact_type) {
        (Value::Bool(answer), _) => RestrictedExpression::new_bool(*answer),
        (Value::Long(number), _) => RestrictedExpression::new_long(*number),
        (Value::Text(text), _) => RestrictedExpression::new_string(text.clone()),
        (Value::Name(id), FactType::Name(kind)) => word(kind, id),
        (Value::Set(ids), FactType::Names(kind)) => RestrictedExpression::new_set(ids.iter().map(|id| word(kind, id))),
        (Value::Set(texts), _) => {
            RestrictedExpression::new_set(texts.iter().cloned().map(RestrictedExpression::new_string))
        }
        (value, fact_type) => panic!("{value:?} is no {fact_type:?}, and nothing may be unknown here"),
    }
}
