//! Facts: values with the places they come from. A fact may be unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::document::Document;
use crate::model::{FactDecl, FactType, UNKNOWN};

/// The facts of one thing, by path below its root.
pub type Facts = BTreeMap<String, Fact>;

/// One value and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The value.
    pub value: Value,
    /// The places in documents that set it.
    pub origins: Vec<Origin>,
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nobody has said.
    Unknown,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Long(i64),
    /// Free text.
    Text(String),
    /// A word of the vocabulary or of a closed list.
    Name(String),
    /// A set of words or texts.
    Set(BTreeSet<String>),
}

/// A place in a document.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The document.
    pub document: Arc<Document>,
    /// JSON pointer to the value, or to where it is missing.
    pub pointer: Arc<str>,
    /// The document behind the value, when it is a fact of a provider profile.
    pub cited: Option<Cited>,
}

/// One of a profile's sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// The key of the source in the profile.
    pub source: String,
    /// How well the fact is known, when it differs from the source's.
    pub confidence: Option<String>,
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        let same = Arc::ptr_eq(&self.document, &other.document) || self.document.file == other.document.file;
        same && self.pointer == other.pointer
    }
}

impl Eq for Origin {}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.document.file.path.hash(state);
        self.pointer.hash(state);
    }
}

impl Origin {
    /// A place without a source of its own.
    pub fn new(document: &Arc<Document>, pointer: impl Into<Arc<str>>) -> Self {
        Self { document: Arc::clone(document), pointer: pointer.into(), cited: None }
    }

    /// Names the source of the value.
    #[must_use]
    pub fn citing(mut self, source: Option<String>, confidence: Option<String>) -> Self {
        self.cited = source.map(|source| Cited { source, confidence });
        self
    }
}

impl Fact {
    /// A value from one place.
    pub fn new(value: Value, origin: Origin) -> Self {
        Self { value, origins: vec![origin] }
    }

    /// A value that follows from several places.
    pub fn from_all(value: Value, origins: impl IntoIterator<Item = Origin>) -> Self {
        let mut known: Vec<Origin> = Vec::new();
        for origin in origins {
            if !known.contains(&origin) {
                known.push(origin);
            }
        }
        Self { value, origins: known }
    }

    /// An unknown value, with the place where it would stand.
    pub fn unknown(origin: Origin) -> Self {
        Self::new(Value::Unknown, origin)
    }

    /// Yes, no, or unknown.
    pub fn yes_no(answer: Option<bool>, origin: Origin) -> Self {
        Self::new(Value::from(answer), origin)
    }
}

impl From<Option<bool>> for Value {
    fn from(answer: Option<bool>) -> Self {
        answer.map_or(Self::Unknown, Self::Bool)
    }
}

impl Value {
    /// The answer, when the value is a known yes or no.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(answer) => Some(*answer),
            _ => None,
        }
    }

    /// Reads a JSON value as a value of the declared type. What does not fit is unknown.
    pub fn of(json: &Json, fact_type: &FactType) -> Self {
        let words = |json: &Json| {
            json.as_array().map(|items| items.iter().filter_map(Json::as_str).map(str::to_owned).collect())
        };
        let read = match fact_type {
            FactType::Bool => json.as_bool().map(Self::Bool),
            FactType::Long => json.as_i64().map(Self::Long),
            FactType::Text => json.as_str().map(|text| Self::Text(text.to_owned())),
            FactType::Name(_) => json.as_str().filter(|word| *word != UNKNOWN).map(|word| Self::Name(word.to_owned())),
            FactType::Texts | FactType::Names(_) => words(json).map(Self::Set),
        };
        read.unwrap_or(Self::Unknown)
    }

    /// The default that an annotation of the catalogue gives, if any.
    pub fn default(decl: &FactDecl, default: Option<&Json>) -> Option<Self> {
        default.map(|json| Self::of(json, &decl.fact_type))
    }
}

/// And, where an unknown side matters only if the other does not settle it.
pub(super) fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Or, likewise.
pub(super) fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    and(left.map(|side| !side), right.map(|side| !side)).map(|side| !side)
}
