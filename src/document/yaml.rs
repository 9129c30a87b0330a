//! YAML text to a tree in which every key and value knows its bytes.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use serde_yaml::{DuplicateKeyPolicy, Options, Spanned};

pub use super::yaml_error::YamlError;

/// A value of a document with the bytes it stands in.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Byte range in the file's text.
    pub span: Range<usize>,
    /// What stands there.
    pub kind: Kind,
}

/// The kinds of value that JSON has too.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`, `true`, a number or a text.
    Scalar(Value),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The key as text.
    pub text: String,
    /// Byte range in the file's text.
    pub span: Range<usize>,
}

/// A node with its bytes, as the binary holds it: start, end, and what stands there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stored(usize, usize, StoredKind);

#[derive(Debug, Serialize, Deserialize)]
enum StoredKind {
    #[serde(rename = "s")]
    Scalar(Value),
    #[serde(rename = "l")]
    List(Vec<Stored>),
    #[serde(rename = "m")]
    Map(Vec<(String, usize, usize, Stored)>),
}

/// Documents nest some ten levels deep. The limit keeps the reader within the stack of any thread.
const MAX_DEPTH: usize = 32;

/// Reads one YAML (or JSON) document.
///
/// # Errors
/// Broken syntax, duplicate keys, more than one document, nesting or aliases that expand without bound.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let mut options = Options::default();
    // `yes` and `on` stay texts, as YAML 1.2 says; `NO` stays Norway.
    options.strict_booleans = true;
    options.with_snippet = false;
    // Looked for below, where both places are known.
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    if let Some(budget) = &mut options.budget {
        budget.max_depth = MAX_DEPTH;
        budget.flow_nesting_limit = MAX_DEPTH;
    }
    let node = serde_yaml::from_str_with_options::<Node>(text, options)
        .map_err(|error| YamlError::new(text, error.without_snippet()))?;
    match node.duplicate() {
        Some((first, second)) => Err(YamlError::duplicate(text, first, second)),
        None => Ok(node),
    }
}

impl From<Stored> for Node {
    fn from(Stored(start, end, kind): Stored) -> Self {
        let kind = match kind {
            StoredKind::Scalar(value) => Kind::Scalar(value),
            StoredKind::List(items) => Kind::List(items.into_iter().map(Self::from).collect()),
            StoredKind::Map(entries) => Kind::Map(
                entries
                    .into_iter()
                    .map(|(text, start, end, node)| (Key { text, span: start..end }, Self::from(node)))
                    .collect(),
            ),
        };
        Self { span: start..end, kind }
    }
}

impl Node {
    /// The node as the binary holds it.
    pub fn store(self) -> Stored {
        let kind = match self.kind {
            Kind::Scalar(value) => StoredKind::Scalar(value),
            Kind::List(items) => StoredKind::List(items.into_iter().map(Self::store).collect()),
            Kind::Map(entries) => {
                let store = |(key, node): (Key, Self)| (key.text, key.span.start, key.span.end, node.store());
                StoredKind::Map(entries.into_iter().map(store).collect())
            }
        };
        Stored(self.span.start, self.span.end, kind)
    }

    /// The same value without positions.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Map(entries) => Value::Object(
                entries.iter().map(|(key, node)| (key.text.clone(), node.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }

    /// The first key that stands twice in one mapping, with its second place.
    fn duplicate(&self) -> Option<(&Key, &Key)> {
        match &self.kind {
            Kind::Scalar(_) => None,
            Kind::List(items) => items.iter().find_map(Self::duplicate),
            Kind::Map(entries) => {
                let mut seen = BTreeMap::new();
                entries.iter().find_map(|(key, node)| {
                    seen.insert(&key.text, key).map(|first| (first, key)).or_else(|| node.duplicate())
                })
            }
        }
    }

    /// The bytes of the value under a JSON pointer; of its nearest ancestor when nothing stands there.
    pub fn locate(&self, pointer: &str) -> Range<usize> {
        let mut node = self;
        for step in steps(pointer) {
            match node.child(&step) {
                Some(next) => node = next,
                None => break,
            }
        }
        node.span.clone()
    }

    /// Where a reader looks for the value under a JSON pointer: its key, or its own bytes in a list. When nothing stands there,
    /// the same of its nearest ancestor.
    pub fn locate_entry(&self, pointer: &str) -> Range<usize> {
        let mut pointer = pointer;
        loop {
            if let Some(key) = self.locate_key(pointer) {
                return key;
            }
            let Some((parent, last)) = pointer.rsplit_once('/') else { return self.span.clone() };
            let in_list = matches!(self.at(parent).map(|node| &node.kind), Some(Kind::List(items)) if last.parse().is_ok_and(|index: usize| index < items.len()));
            if in_list {
                return self.locate(pointer);
            }
            pointer = parent;
        }
    }

    /// The value under a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        steps(pointer).try_fold(self, |node, step| node.child(&step))
    }

    /// The bytes of the key under a JSON pointer.
    pub fn locate_key(&self, pointer: &str) -> Option<Range<usize>> {
        let (parent, last) = pointer.rsplit_once('/')?;
        let last = unescape(last);
        let mut node = self;
        for step in steps(parent) {
            node = node.child(&step)?;
        }
        match &node.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| key.text == last).map(|(key, _)| key.span.clone()),
            Kind::Scalar(_) | Kind::List(_) => None,
        }
    }

    fn child(&self, step: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| key.text == step).map(|(_, node)| node),
            Kind::List(items) => items.get(step.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        }
    }
}

fn steps(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(unescape)
}

pub(super) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Makes a key safe as one step of a JSON pointer (RFC 6901).
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn bytes<T>(spanned: &Spanned<T>) -> Range<usize> {
    let span = spanned.referenced.span();
    let start = span.byte_offset().and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
    let len = span.byte_len().and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
    start..start + len
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        Ok(Self { span: bytes(&spanned), kind: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

/// Below it every whole number has a floating-point number of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a YAML value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::Number(value.into())))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::Number(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Kind, E> {
        // `30.0` is the whole number 30, as JSON Schema has it.
        let number = if value.fract() == 0.0 && value.abs() < EXACT {
            Some(Number::from(value as i64))
        } else {
            Number::from_f64(value)
        };
        let number = number.ok_or_else(|| E::custom("infinite and undefined numbers are not allowed"))?;
        Ok(Kind::Scalar(Value::Number(number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::String(value.to_owned())))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::String(value)))
    }

    fn visit_unit<E: Error>(self) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Kind, E> {
        Ok(Kind::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(node) = access.next_element::<Node>()? {
            items.push(node);
        }
        Ok(Kind::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Spanned<String>>()? {
            let span = bytes(&key);
            let node = access.next_value::<Node>()?;
            entries.push((Key { text: key.value, span }, node));
        }
        Ok(Kind::Map(entries))
    }
}
