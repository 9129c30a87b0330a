//! Requests and entities in Cedar's JSON, with facts in records as rules are written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value as Json, json};

use super::super::Decision;
use super::super::request::{parents, uid};
use super::stand_in::{Filling, StandIns};
use crate::knowledge::Vocabulary;
use crate::model::{FactType, Root, TermType};
use crate::resolve::{FlowFacts, Value};
use crate::rulebook::RuleBook;

/// The things of a flow that are written already: its requests share most of them.
pub(super) type Parts = HashMap<(Root, usize, Filling), String>;

/// Writes the things of requests.
pub(super) struct Things<'a> {
    book: &'a RuleBook,
    vocabulary: &'a Vocabulary,
    stand_ins: StandIns,
}

impl<'a> Things<'a> {
    pub(super) fn new(book: &'a RuleBook, vocabulary: &'a Vocabulary) -> Self {
        Self { book, vocabulary, stand_ins: StandIns::new(book, vocabulary) }
    }

    /// The full names of the facts of a request that are not known.
    pub(super) fn unknown(&self, flow: &FlowFacts, decision: &Decision) -> Vec<String> {
        let of_root = |root: Root| {
            let facts = flow.facts(root, decision.item, decision.contract);
            let known = |path: &str, fact_type| facts.get(path).is_some_and(|fact| fits(&fact.value, fact_type));
            let unknown = self.book.catalogue.of(root).filter(move |(path, decl)| !known(path, &decl.fact_type));
            unknown.map(move |(path, _)| format!("{}.{path}", root.prefix()))
        };
        Root::ALL.into_iter().flat_map(of_root).collect()
    }

    pub(super) fn request(&self, flow: &FlowFacts, decision: &Decision) -> Result<Json, String> {
        let written = |root: Root| uid(root.entity_type(), &id(root, flow, decision)).map(|uid| uid.to_string());
        let mut context = Map::new();
        for root in Root::ALL {
            if let Some(name) = root.prefix().strip_prefix("context.") {
                context.insert(name.to_owned(), reference(root.entity_type(), &id(root, flow, decision)));
            }
        }
        Ok(json!({
            "principal": written(Root::Principal)?,
            "action": uid(TermType::Action.name(), &flow.flow().purpose)?.to_string(),
            "resource": written(Root::Resource)?,
            "context": context,
        }))
    }

    /// The entities of a request, as they stand in a list: its five things, and the words above its data class, service and purpose.
    pub(super) fn entities(
        &self,
        flow: &FlowFacts,
        decision: &Decision,
        filling: Filling,
        parts: &mut Parts,
    ) -> String {
        let stated = flow.flow();
        let provider = stated.service.split('/').next().unwrap_or_default();
        let class = &stated.data[decision.item].class;
        let mut things: Vec<String> = Vec::new();
        for root in Root::ALL {
            let number = match root {
                Root::Principal => decision.item,
                Root::Contract => decision.contract,
                Root::Resource | Root::Flow | Root::Places => 0,
            };
            if let Some(known) = parts.get(&(root, number, filling)) {
                things.push(known.clone());
                continue;
            }
            let above = match root {
                Root::Principal => vec![plain(TermType::DataClass.name(), class)],
                Root::Resource => vec![plain("Service", &stated.service)],
                Root::Contract | Root::Flow | Root::Places => Vec::new(),
            };
            let uid = plain(root.entity_type(), &id(root, flow, decision));
            let attributes = self.attributes(root, flow, decision, filling);
            let thing = json!({ "uid": uid, "attrs": attributes, "parents": above }).to_string();
            parts.insert((root, number, filling), thing.clone());
            things.push(thing);
        }
        let mut entities = Vec::new();
        entities.push(word(&plain("Service", &stated.service), &[plain("Provider", provider)]));
        entities.push(word(&plain("Provider", provider), &[]));
        self.words(TermType::DataClass, class, &mut entities);
        // Cedar compares a purpose with the schema, where it stands in all wider ones and not in the next alone.
        let mut purposes = Vec::new();
        self.words(TermType::Action, &stated.purpose, &mut purposes);
        for purpose in &purposes {
            let mut wider = Vec::new();
            self.words(TermType::Action, purpose["uid"]["id"].as_str().unwrap_or_default(), &mut wider);
            let above: Vec<Json> = wider.iter().skip(1).map(|wider| wider["uid"].clone()).collect();
            entities.push(word(&purpose["uid"], &above));
        }
        things.extend(entities.iter().map(Json::to_string));
        things.join(",")
    }

    /// A word and every word that it stands in, itself first.
    fn words(&self, term_type: TermType, id: &str, entities: &mut Vec<Json>) {
        let mut open = vec![(term_type, id.to_owned())];
        let mut seen = BTreeSet::new();
        while let Some((term_type, id)) = open.pop() {
            if !seen.insert((term_type.name(), id.clone())) {
                continue;
            }
            let term = self.vocabulary.term(term_type, &id);
            let above: Vec<(TermType, &str)> =
                term.map(|term| parents(self.vocabulary, term_type, &id, term).collect()).unwrap_or_default();
            let uids: Vec<Json> = above.iter().map(|(of_type, id)| plain(of_type.name(), id)).collect();
            entities.push(word(&plain(term_type.name(), &id), &uids));
            open.extend(above.into_iter().map(|(of_type, id)| (of_type, id.to_owned())));
        }
    }

    fn attributes(&self, root: Root, flow: &FlowFacts, decision: &Decision, filling: Filling) -> Json {
        let facts = flow.facts(root, decision.item, decision.contract);
        let mut tree = Tree::default();
        for (path, decl) in self.book.catalogue.of(root) {
            let known = facts.get(path).map(|fact| &fact.value).filter(|value| fits(value, &decl.fact_type));
            let value = known.cloned().unwrap_or_else(|| self.stand_ins.value(&decl.fact_type, filling));
            tree.put(path, json_of(&value, &decl.fact_type));
        }
        tree.json()
    }
}

/// Records in records.
#[derive(Default)]
struct Tree {
    leaves: Map<String, Json>,
    branches: BTreeMap<String, Tree>,
}

impl Tree {
    fn put(&mut self, path: &str, value: Json) {
        match path.split_once('.') {
            Some((branch, rest)) => self.branches.entry(branch.to_owned()).or_default().put(rest, value),
            None => {
                self.leaves.insert(path.to_owned(), value);
            }
        }
    }

    fn json(self) -> Json {
        let mut json = self.leaves;
        json.extend(self.branches.into_iter().map(|(name, branch)| (name, branch.json())));
        Json::Object(json)
    }
}

/// The id under which a thing stands in a request.
fn id(root: Root, flow: &FlowFacts, decision: &Decision) -> String {
    let stated = flow.flow();
    match root {
        Root::Principal => flow.items[decision.item].field.clone(),
        Root::Resource => format!("{} at {}", stated.service, stated.location),
        Root::Contract => {
            flow.contracts[decision.contract].id.clone().unwrap_or_else(|| "no named contract".to_owned())
        }
        Root::Flow => format!("{}/{}", flow.manifest.model.id, stated.id),
        Root::Places => "on the day of the decision".to_owned(),
    }
}

/// True for a known value of the declared type; anything else goes for unknown, as in a decision.
fn fits(value: &Value, fact_type: &FactType) -> bool {
    matches!(
        (value, fact_type),
        (Value::Bool(_), FactType::Bool)
            | (Value::Long(_), FactType::Long)
            | (Value::Text(_), FactType::Text)
            | (Value::Name(_), FactType::Name(_))
            | (Value::Set(_), FactType::Names(_) | FactType::Texts)
    )
}

fn json_of(value: &Value, fact_type: &FactType) -> Json {
    match (value, fact_type) {
        (Value::Unknown, _) => Json::Null,
        (Value::Bool(answer), _) => json!(answer),
        (Value::Long(number), _) => json!(number),
        (Value::Name(word), FactType::Name(kind)) => reference(kind, word),
        (Value::Set(words), FactType::Names(kind)) => words.iter().map(|word| reference(kind, word)).collect(),
        (Value::Text(text) | Value::Name(text), _) => json!(text),
        (Value::Set(texts), _) => json!(texts),
    }
}

fn word(uid: &Json, parents: &[Json]) -> Json {
    json!({ "uid": uid, "attrs": {}, "parents": parents })
}

fn plain(kind: &str, id: &str) -> Json {
    json!({ "type": kind, "id": id })
}

/// An entity as a value, told apart from a record.
fn reference(kind: &str, id: &str) -> Json {
    json!({ "__entity": { "type": kind, "id": id } })
}
