//! Facts as Cedar entities and requests.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use cedar_policy::{Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression};

use crate::knowledge::Vocabulary;
use crate::model::{FactType, Root, Term, TermType};
use crate::resolve::{Facts, FlowFacts, Value};
use crate::rulebook::RuleBook;

/// The entities that all flows share: the words of the vocabulary.
#[derive(Debug)]
pub(super) struct Vocabularies {
    entities: Entities,
}

impl Vocabularies {
    pub(super) fn new(book: &RuleBook, vocabulary: &Vocabulary) -> Result<Self, String> {
        let mut entities = Vec::new();
        for term_type in [TermType::DataClass, TermType::SpecialCategory] {
            for (id, term) in vocabulary.terms(term_type) {
                let parents: Result<HashSet<EntityUid>, String> = parents(vocabulary, term_type, id, term)
                    .map(|(parent_type, parent)| uid(parent_type.name(), parent))
                    .collect();
                entities.push(Entity::new_no_attrs(uid(term_type.name(), id)?, parents?));
            }
        }
        let entities = Entities::from_entities(entities, Some(&book.schema)).map_err(|error| error.to_string())?;
        Ok(Self { entities })
    }

    /// The shared entities and those of some flows, checked against the schema.
    pub(super) fn with(&self, book: &RuleBook, flows: &[FlowFacts]) -> Result<(Entities, Vec<FlowEntities>), String> {
        let mut things = Things { book, known: HashMap::new(), entities: Vec::new() };
        let mut ids = Vec::new();
        for flow in flows {
            let service = uid("Service", &flow.flow().service)?;
            let provider = flow.flow().service.split('/').next().unwrap_or_default();
            things.word(&service, HashSet::from([uid("Provider", provider)?]));
            let mut items = Vec::new();
            for (index, item) in flow.items.iter().enumerate() {
                let class = uid("DataClass", &flow.flow().data[index].class)?;
                items.push(things.add(Root::Principal, &item.facts, Some(class))?);
            }
            let contracts: Result<Vec<EntityUid>, String> =
                flow.contracts.iter().map(|contract| things.add(Root::Contract, &contract.facts, None)).collect();
            ids.push(FlowEntities {
                circumstances: things.add(Root::Flow, &flow.circumstances, None)?,
                endpoint: things.add(Root::Resource, &flow.endpoint, Some(service))?,
                places: things.add(Root::Places, &flow.places, None)?,
                purpose: uid("Action", &flow.flow().purpose)?,
                items,
                contracts: contracts?,
            });
        }
        let entities = self
            .entities
            .clone()
            .add_entities(things.entities, Some(&book.schema))
            .map_err(|error| error.to_string())?;
        Ok((entities, ids))
    }
}

/// What a word stands in: wider words and, for a data class, the special categories of which it is a member.
pub(super) fn parents<'v>(
    vocabulary: &'v Vocabulary,
    term_type: TermType,
    id: &'v str,
    term: &'v Term,
) -> impl Iterator<Item = (TermType, &'v str)> {
    let wider = term.parents.iter().map(move |parent| (term_type, parent.as_str()));
    let categories = (term_type == TermType::DataClass).then(|| vocabulary.terms(TermType::SpecialCategory));
    let special = categories.into_iter().flatten().filter(move |(_, category)| category.members.contains_key(id));
    wider.chain(special.map(|(category, _)| (TermType::SpecialCategory, category.as_str())))
}

/// The entities that stand for the things of one flow.
#[derive(Debug)]
pub(super) struct FlowEntities {
    circumstances: EntityUid,
    endpoint: EntityUid,
    places: EntityUid,
    purpose: EntityUid,
    items: Vec<EntityUid>,
    contracts: Vec<EntityUid>,
}

impl FlowEntities {
    /// The request for one data item under one contract.
    pub(super) fn request(&self, book: &RuleBook, item: usize, contract: usize) -> Result<Request, String> {
        let reference = |uid: &EntityUid| RestrictedExpression::new_entity_uid(uid.clone());
        let context = Context::from_pairs([
            ("flow".to_owned(), reference(&self.circumstances)),
            ("contract".to_owned(), reference(&self.contracts[contract])),
            ("places".to_owned(), reference(&self.places)),
        ])
        .map_err(|error| error.to_string())?;
        Request::new(self.items[item].clone(), self.purpose.clone(), self.endpoint.clone(), context, Some(&book.schema))
            .map_err(|error| error.to_string())
    }
}

/// Entities of some flows. Things with equal facts are one entity: flows share services and contracts.
struct Things<'a> {
    book: &'a RuleBook,
    /// The values are in the order of the paths, and every root has all of its paths.
    known: HashMap<(Root, Option<EntityUid>, Vec<&'a Value>), EntityUid>,
    entities: Vec<Entity>,
}

impl<'a> Things<'a> {
    fn word(&mut self, word: &EntityUid, parents: HashSet<EntityUid>) {
        let key = (Root::Resource, Some(word.clone()), Vec::new());
        if self.known.insert(key, word.clone()).is_none() {
            self.entities.push(Entity::new_no_attrs(word.clone(), parents));
        }
    }

    fn add(&mut self, root: Root, facts: &'a Facts, parent: Option<EntityUid>) -> Result<EntityUid, String> {
        let values = facts.values().map(|fact| &fact.value).collect();
        let key = (root, parent.clone(), values);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let uid = uid(root.entity_type(), &self.known.len().to_string())?;
        self.entities.push(entity(self.book, root, uid.clone(), facts, parent.into_iter().collect())?);
        self.known.insert(key, uid.clone());
        Ok(uid)
    }
}

fn entity(
    book: &RuleBook,
    root: Root,
    uid: EntityUid,
    facts: &Facts,
    parents: HashSet<EntityUid>,
) -> Result<Entity, String> {
    let mut attributes = HashMap::new();
    for (path, decl) in book.catalogue.of(root) {
        let value = facts.get(path).map_or(&Value::Unknown, |fact| &fact.value);
        attributes.insert(path.clone(), expression(value, &decl.fact_type, &format!("{}.{path}", root.prefix()))?);
    }
    Entity::new(uid, attributes, parents).map_err(|error| error.to_string())
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

pub(super) fn uid(kind: &str, id: &str) -> Result<EntityUid, String> {
    thread_local! {
        /// Cedar parses a type's name with its whole grammar; there are few types and many entities.
        static TYPES: RefCell<HashMap<String, EntityTypeName>> = RefCell::default();
    }
    let parse = || kind.parse::<EntityTypeName>().map_err(|error| error.to_string());
    let kind = TYPES.with_borrow_mut(|types| match types.get(kind) {
        Some(known) => Ok(known.clone()),
        None => parse().inspect(|parsed| {
            types.insert(kind.to_owned(), parsed.clone());
        }),
    })?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
