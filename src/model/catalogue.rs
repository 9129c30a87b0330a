//! Which facts there are: their names, types and what their absence means.
//!
//! The rule book reads the catalogue off `policies/schema.cedarschema`.

use std::collections::BTreeMap;

use serde_json::Value;

/// Every fact that a rule may consult.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Facts by root and path below the root, such as `training.on_customer_data`.
    pub facts: BTreeMap<Root, BTreeMap<String, FactDecl>>,
    /// The closed lists: type name and its words.
    pub lists: BTreeMap<String, Vec<String>>,
}

/// To which thing of a decision a fact belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// The data item.
    Principal,
    /// The service at a location, under the terms in effect.
    Resource,
    /// One customer contract.
    Contract,
    /// The circumstances of the flow.
    Flow,
    /// Groups of countries.
    Places,
}

impl Root {
    /// All roots.
    pub const ALL: [Self; 5] = [Self::Principal, Self::Resource, Self::Contract, Self::Flow, Self::Places];

    /// How a rule writes the root.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Resource => "resource",
            Self::Contract => "context.contract",
            Self::Flow => "context.flow",
            Self::Places => "context.places",
        }
    }

    /// The root of a full name such as `context.flow.laws`, and the path below it.
    pub fn of(name: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|root| {
            let path = name.strip_prefix(root.prefix())?.strip_prefix('.')?;
            Some((root, path))
        })
    }

    /// The root's entity type in the Cedar schema.
    pub fn entity_type(self) -> &'static str {
        match self {
            Self::Principal => "DataItem",
            Self::Resource => "Endpoint",
            Self::Contract => "Contract",
            Self::Flow => "Flow",
            Self::Places => "Places",
        }
    }
}

/// One fact.
#[derive(Debug, Clone)]
pub struct FactDecl {
    /// Its type.
    pub fact_type: FactType,
    /// What it says, as a question.
    pub doc: String,
    /// True when no document states it directly.
    pub computed: bool,
    /// True when it stands in a paper on record.
    pub paper: bool,
    /// The terms of the W3C Data Privacy Vocabulary for its words, or for `yes`.
    pub dpv: BTreeMap<String, String>,
    /// Its value when a manifest does not state it.
    pub absent: Option<Value>,
    /// Its value when a contract has the clause but not this field.
    pub stated: Option<Value>,
    /// Its value when a contract lacks the clause, and must be asked about what it does not mention. Given only where a contract
    /// without the clause plainly asks for nothing.
    pub silent_ask: Option<Value>,
    /// Its value when a contract that permits what it does not mention lacks the clause.
    pub silent_permit: Option<Value>,
    /// Its value when a contract that denies what it does not mention lacks the clause.
    pub silent_deny: Option<Value>,
}

/// The type of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Long,
    /// Free text.
    Text,
    /// Free texts.
    Texts,
    /// A word of the named type.
    Name(String),
    /// Words of the named type.
    Names(String),
}

impl Catalogue {
    /// The facts of a root.
    pub fn of(&self, root: Root) -> impl Iterator<Item = (&String, &FactDecl)> {
        self.facts.get(&root).into_iter().flatten()
    }

    /// The declaration of a fact by its full name, such as `context.flow.laws`.
    pub fn find(&self, name: &str) -> Option<&FactDecl> {
        let (root, path) = Root::of(name)?;
        self.facts.get(&root)?.get(path)
    }

    /// The facts below a full prefix such as `context.flow.controls`, with the rest of their paths.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a FactDecl)> {
        Root::ALL.into_iter().flat_map(move |root| {
            let rest = prefix.strip_prefix(root.prefix()).map(|rest| rest.trim_start_matches('.'));
            self.of(root).filter_map(move |(path, decl)| {
                let rest = rest?;
                if rest.is_empty() {
                    return Some((path.as_str(), decl));
                }
                Some((path.strip_prefix(rest)?.strip_prefix('.')?, decl))
            })
        })
    }
}
