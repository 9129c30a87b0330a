//! Fourth stage: facts per flow, from profile, agreement, contract and manifest. Every fact that nothing sets is unknown.

mod contract;
mod endpoint;
mod fact;
mod flow;
mod in_use;
mod item;
mod paper;
mod places;
mod retention;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::document::Document;
use crate::knowledge::{Knowledge, Known};
use crate::model::{Catalogue, Date, FactType, Flow, Manifest, NONE, ProviderProfile, Root, Tree};

pub use fact::{Cited, Fact, Facts, Origin, Value};

/// What a decision is taken from, beside the documents.
#[derive(Debug)]
pub struct Frame<'a> {
    /// Everything known.
    pub knowledge: &'a Knowledge,
    /// Which facts there are.
    pub catalogue: &'a Catalogue,
    /// The day of the decision.
    pub as_of: Date,
    /// What a missing statement of the manifest means.
    pub absent: Absent,
    /// Groups of countries on the day: the same for every flow.
    groups: Arc<Facts>,
}

impl<'a> Frame<'a> {
    /// What decisions of a day are taken from.
    pub fn new(knowledge: &'a Knowledge, catalogue: &'a Catalogue, as_of: Date, absent: Absent) -> Self {
        let groups = Arc::new(places::groups(&knowledge.vocabulary, catalogue, as_of));
        Self { knowledge, catalogue, as_of, absent, groups }
    }
}

/// What it means when the manifest does not state something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// What is not recorded has not happened: manifests.
    NotDone,
    /// Not asked yet: questions.
    Unknown,
}

/// The facts of one flow.
#[derive(Debug, Clone)]
pub struct FlowFacts {
    /// The manifest.
    pub manifest: Known<Manifest>,
    /// The position of the flow in it.
    pub index: usize,
    /// The profile of the service's provider, for the sources that facts cite.
    pub profile: Option<Known<ProviderProfile>>,
    /// The purpose: the action of the request.
    pub purpose: Fact,
    /// The service: the resource is one of it.
    pub service: Fact,
    /// The circumstances.
    pub circumstances: Facts,
    /// The endpoint under the terms in effect.
    pub endpoint: Facts,
    /// Groups of countries on the day.
    pub places: Arc<Facts>,
    /// The data items.
    pub items: Vec<ItemFacts>,
    /// The contracts; one entry without a name when no contract governs the data.
    pub contracts: Vec<ContractFacts>,
}

/// The facts of one data item.
#[derive(Debug, Clone)]
pub struct ItemFacts {
    /// The field's name.
    pub field: String,
    /// Its data class.
    pub class: Fact,
    /// Its facts.
    pub facts: Facts,
}

/// The facts of one contract for one flow.
#[derive(Debug, Clone)]
pub struct ContractFacts {
    /// The contract's id.
    pub id: Option<String>,
    /// Its facts.
    pub facts: Facts,
}

impl FlowFacts {
    /// The flow as the manifest states it.
    pub fn flow(&self) -> &Flow {
        &self.manifest.model.flows[self.index]
    }

    /// A fact by its full name such as `resource.retention.days`, for one item under one contract.
    pub fn fact(&self, name: &str, item: usize, contract: usize) -> Option<&Fact> {
        match name {
            "principal" => return Some(&self.items[item].class),
            "action" => return Some(&self.purpose),
            "resource" => return Some(&self.service),
            _ => {}
        }
        let (root, path) = Root::of(name)?;
        self.facts(root, item, contract).get(path)
    }

    /// The facts of a root, for one item under one contract.
    pub fn facts(&self, root: Root, item: usize, contract: usize) -> &Facts {
        match root {
            Root::Principal => &self.items[item].facts,
            Root::Resource => &self.endpoint,
            Root::Contract => &self.contracts[contract].facts,
            Root::Flow => &self.circumstances,
            Root::Places => &self.places,
        }
    }
}

/// Resolves the facts of a flow.
pub fn resolve(frame: &Frame<'_>, manifest: &Known<Manifest>, index: usize) -> FlowFacts {
    let flow = &manifest.model.flows[index];
    let scene = Scene { frame, manifest, flow, at: format!("/flows/{index}") };
    let mut circumstances = flow::facts(&scene);
    let items = item::facts(&scene, &circumstances);
    item::categories(&scene, &items, &mut circumstances);
    let contracts = match flow.contracts.as_deref() {
        Some([only]) if only == NONE => vec![contract::no_contract(&scene)],
        Some(names) => names.iter().enumerate().map(|(i, name)| contract::facts(&scene, i, name)).collect(),
        None => vec![contract::not_stated(&scene)],
    };
    FlowFacts {
        purpose: Fact::new(Value::Name(flow.purpose.clone()), scene.here("purpose")),
        service: Fact::new(Value::Name(flow.service.clone()), scene.here("service")),
        endpoint: endpoint::facts(&scene),
        places: places::of(&scene),
        profile: frame.knowledge.profiles.get(scene.provider()).cloned(),
        manifest: manifest.clone(),
        index,
        circumstances,
        items,
        contracts,
    }
}

/// The flow whose facts are being resolved.
struct Scene<'a> {
    frame: &'a Frame<'a>,
    manifest: &'a Known<Manifest>,
    flow: &'a Flow,
    at: String,
}

impl<'a> Scene<'a> {
    /// A place in the flow.
    fn here(&self, field: &str) -> Origin {
        Origin::new(&self.manifest.document, format!("{}/{field}", self.at))
    }

    fn as_of(&self) -> Date {
        self.frame.as_of
    }

    fn provider(&self) -> &'a str {
        self.flow.service.split('/').next().unwrap_or_default()
    }

    /// Every declared fact of a root that nothing has set is unknown.
    fn complete(&self, root: Root, mut facts: Facts, origin: &Origin) -> Facts {
        for (path, _) in self.frame.catalogue.of(root) {
            if !facts.contains_key(path) {
                facts.insert(path.clone(), Fact::unknown(origin.clone()));
            }
        }
        facts
    }

    /// A typed value, with groups of countries spread out.
    fn read(&self, json: &Json, fact_type: &FactType) -> Value {
        match (Value::of(json, fact_type), fact_type) {
            (Value::Set(words), FactType::Names(kind)) if kind == "Country" => {
                Value::Set(self.frame.knowledge.vocabulary.countries(&words, self.as_of()))
            }
            (value, _) => value,
        }
    }
}

/// What stands in a tree under the dotted path of a fact.
fn below<'t>(tree: &'t Tree, path: &str) -> Option<&'t Json> {
    let mut steps = path.split('.');
    steps.next().and_then(|first| tree.get(first)).and_then(|found| steps.try_fold(found, |at, step| at.get(step)))
}

/// True when a paper holds on a day: from its date to its expiry, both included.
fn in_force(as_of: Date, from: Date, to: Option<Date>) -> bool {
    from <= as_of && to.is_none_or(|to| as_of <= to)
}

/// A place in any document.
fn origin(document: &Arc<Document>, pointer: String) -> Origin {
    Origin::new(document, pointer)
}
