//! Facts as Cedar entities and requests.

use std::collections::{BTreeMap, HashMap, HashSet};

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression,
};

use crate::knowledge::Vocabulary;
use crate::model::{FactType, Root, TermType};
use crate::resolve::{Facts, FlowFacts, Value};
use crate::rulebook::RuleBook;

/// The entities that all flows share: the words of the vocabulary.
#[derive(Debug)]
pub struct Vocabularies {
    entities: Entities,
}

impl Vocabularies {
    pub(super) fn new(book: &RuleBook, vocabulary: &Vocabulary) -> Result<Self, String> {
        let mut entities = Vec::new();
        for term_type in [TermType::DataClass, TermType::SpecialCategory] {
            for (id, term) in vocabulary.terms(term_type) {
                let mut parents: HashSet<EntityUid> = HashSet::new();
                for parent in &term.parents {
                    parents.insert(uid(term_type.name(), parent)?);
                }
                if term_type == TermType::DataClass {
                    for (category, special) in vocabulary.terms(TermType::SpecialCategory) {
                        if special.members.contains_key(id) {
                            parents.insert(uid(TermType::SpecialCategory.name(), category)?);
                        }
                    }
                }
                entities.push(Entity::new_no_attrs(uid(term_type.name(), id)?, parents));
            }
        }
        let entities = Entities::from_entities(entities, Some(&book.schema)).map_err(|error| error.to_string())?;
        Ok(Self { entities })
    }

    /// The shared entities and those of one flow, checked against the schema.
    pub(super) fn with(&self, book: &RuleBook, flow: &FlowFacts) -> Result<Entities, String> {
        let mut entities = vec![
            entity(book, Root::Flow, "0", &flow.circumstances, HashSet::new())?,
            entity(book, Root::Resource, "0", &flow.endpoint, HashSet::from([uid("Service", &flow.flow().service)?]))?,
        ];
        for (index, item) in flow.items.iter().enumerate() {
            let class = HashSet::from([uid("DataClass", &flow.flow().data[index].class)?]);
            entities.push(entity(book, Root::Principal, &index.to_string(), &item.facts, class)?);
        }
        for (index, contract) in flow.contracts.iter().enumerate() {
            entities.push(entity(book, Root::Contract, &index.to_string(), &contract.facts, HashSet::new())?);
        }
        let provider = flow.flow().service.split('/').next().unwrap_or_default();
        entities.push(Entity::new_no_attrs(
            uid("Service", &flow.flow().service)?,
            HashSet::from([uid("Provider", provider)?]),
        ));
        self.entities.clone().add_entities(entities, Some(&book.schema)).map_err(|error| error.to_string())
    }
}

/// The request for one data item under one contract.
pub(super) fn build(book: &RuleBook, flow: &FlowFacts, item: usize, contract: usize) -> Result<Request, String> {
    let reference = |root: Root, id: usize| {
        uid(root.entity_type(), &id.to_string()).map(RestrictedExpression::new_entity_uid)
    };
    let context = Context::from_pairs([
        ("flow".to_owned(), reference(Root::Flow, 0)?),
        ("contract".to_owned(), reference(Root::Contract, contract)?),
    ])
    .map_err(|error| error.to_string())?;
    Request::new(
        uid(Root::Principal.entity_type(), &item.to_string())?,
        uid("Action", &flow.flow().purpose)?,
        uid(Root::Resource.entity_type(), "0")?,
        context,
        Some(&book.schema),
    )
    .map_err(|error| error.to_string())
}

fn entity(
    book: &RuleBook,
    root: Root,
    id: &str,
    facts: &Facts,
    parents: HashSet<EntityUid>,
) -> Result<Entity, String> {
    let mut tree = Branch::default();
    for (path, decl) in book.catalogue.of(root) {
        let value = facts.get(path).map_or(&Value::Unknown, |fact| &fact.value);
        let name = format!("{}.{path}", root.prefix());
        tree.insert(path, expression(value, &decl.fact_type, &name)?);
    }
    let attributes: HashMap<String, RestrictedExpression> = tree.into_attributes()?.collect();
    Entity::new(uid(root.entity_type(), id)?, attributes, parents).map_err(|error| error.to_string())
}

/// Paths such as `retention.days` folded into records.
#[derive(Default)]
struct Branch {
    leaves: BTreeMap<String, RestrictedExpression>,
    branches: BTreeMap<String, Self>,
}

impl Branch {
    fn insert(&mut self, path: &str, leaf: RestrictedExpression) {
        match path.split_once('.') {
            Some((group, rest)) => self.branches.entry(group.to_owned()).or_default().insert(rest, leaf),
            None => {
                self.leaves.insert(path.to_owned(), leaf);
            }
        }
    }

    fn into_attributes(self) -> Result<impl Iterator<Item = (String, RestrictedExpression)>, String> {
        let mut attributes: Vec<(String, RestrictedExpression)> = self.leaves.into_iter().collect();
        for (name, branch) in self.branches {
            let record = RestrictedExpression::new_record(branch.into_attributes()?.collect::<Vec<_>>())
                .map_err(|error| error.to_string())?;
            attributes.push((name, record));
        }
        Ok(attributes.into_iter())
    }
}

/// A value as Cedar takes it; an unknown fact under its full name.
fn expression(value: &Value, fact_type: &FactType, name: &str) -> Result<RestrictedExpression, String> {
    Ok(match (value, fact_type) {
        (Value::Bool(answer), FactType::Bool) => RestrictedExpression::new_bool(*answer),
        (Value::Long(number), FactType::Long) => RestrictedExpression::new_long(*number),
        (Value::Text(text), FactType::Text) => RestrictedExpression::new_string(text.clone()),
        (Value::Name(word), FactType::Name(kind)) => RestrictedExpression::new_entity_uid(uid(kind, word)?),
        (Value::Set(words), FactType::Names(kind)) => {
            let words: Result<Vec<_>, String> =
                words.iter().map(|word| uid(kind, word).map(RestrictedExpression::new_entity_uid)).collect();
            RestrictedExpression::new_set(words?)
        }
        (Value::Set(words), FactType::Texts) => {
            RestrictedExpression::new_set(words.iter().map(|word| RestrictedExpression::new_string(word.clone())))
        }
        // Also a value of another type than declared, which must not decide anything.
        _ => RestrictedExpression::new_unknown(name),
    })
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, String> {
    let kind: EntityTypeName = kind.parse().map_err(|error| format!("{error}"))?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
