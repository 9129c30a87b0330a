//! YAML text to a tree in which every key and value knows its bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use serde_yaml::{DuplicateKeyPolicy, Options, Spanned};

pub use super::yaml_error::YamlError;

/// A value of a document with the bytes it stands in. Small, as a run holds those of every document.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    span: Span,
    /// What stands there.
    pub kind: Kind,
}

/// A range of bytes. No file is so long that a place in it would not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

/// The kinds of value that JSON has too.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Box<str>),
    /// A sequence.
    List(Box<[Node]>),
    /// A mapping, in the order of the file.
    Map(Box<[(Key, Node)]>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The key as text.
    pub text: Box<str>,
    span: Span,
}

/// A node with its bytes, as the binary holds it: start, end, and what stands there.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stored(u32, u32, StoredKind);

#[derive(Debug, Serialize, Deserialize)]
enum StoredKind {
    #[serde(rename = "0")]
    Null,
    #[serde(rename = "b")]
    Bool(bool),
    #[serde(rename = "n")]
    Number(Number),
    #[serde(rename = "s")]
    Text(Box<str>),
    #[serde(rename = "l")]
    List(Vec<Stored>),
    #[serde(rename = "m")]
    Map(Vec<(Box<str>, u32, u32, Stored)>),
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
        Some((first, second)) => Err(YamlError::duplicate(text, &second.text, first.bytes().start, second.bytes())),
        None => Ok(node),
    }
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self { start: place(start), end: place(end) }
    }

    fn bytes(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl From<Stored> for Node {
    fn from(Stored(start, end, kind): Stored) -> Self {
        let kind = match kind {
            StoredKind::Null => Kind::Null,
            StoredKind::Bool(answer) => Kind::Bool(answer),
            StoredKind::Number(number) => Kind::Number(number),
            StoredKind::Text(text) => Kind::Text(text),
            StoredKind::List(items) => Kind::List(items.into_iter().map(Self::from).collect()),
            StoredKind::Map(entries) => Kind::Map(
                entries
                    .into_iter()
                    .map(|(text, start, end, node)| (Key { text, span: Span { start, end } }, Self::from(node)))
                    .collect(),
            ),
        };
        Self { span: Span { start, end }, kind }
    }
}

impl Key {
    /// Byte range in the file's text.
    pub fn bytes(&self) -> Range<usize> {
        self.span.bytes()
    }
}

impl Node {
    /// Byte range in the file's text.
    pub fn bytes(&self) -> Range<usize> {
        self.span.bytes()
    }

    /// The node as the binary holds it.
    pub fn store(self) -> Stored {
        let kind = match self.kind {
            Kind::Null => StoredKind::Null,
            Kind::Bool(answer) => StoredKind::Bool(answer),
            Kind::Number(number) => StoredKind::Number(number),
            Kind::Text(text) => StoredKind::Text(text),
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
            Kind::Null => Value::Null,
            Kind::Bool(answer) => Value::Bool(*answer),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.to_string()),
            Kind::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Map(entries) => Value::Object(
                entries.iter().map(|(key, node)| (key.text.to_string(), node.to_json())).collect::<Map<_, _>>(),
            ),
        }
    }

    /// The first key that stands twice in one mapping, with its second place.
    fn duplicate(&self) -> Option<(&Key, &Key)> {
        match &self.kind {
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => None,
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
        node.bytes()
    }

    /// Where a reader looks for the value under a JSON pointer: its key, or its own bytes in a list. When nothing stands there,
    /// the same of its nearest ancestor.
    pub fn locate_entry(&self, pointer: &str) -> Range<usize> {
        let mut pointer = pointer;
        loop {
            if let Some(key) = self.locate_key(pointer) {
                return key;
            }
            let Some((parent, last)) = pointer.rsplit_once('/') else { return self.bytes() };
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
            Kind::Map(entries) => entries.iter().find(|(key, _)| *key.text == *last).map(|(key, _)| key.bytes()),
            _ => None,
        }
    }

    fn child(&self, step: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| *key.text == *step).map(|(_, node)| node),
            Kind::List(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

fn steps(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

pub(super) fn unescape(step: &str) -> Cow<'_, str> {
    // Hardly any step needs it, and places are looked for all the time.
    if step.contains('~') { Cow::Owned(step.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(step) }
}

/// Makes a key safe as one step of a JSON pointer (RFC 6901).
pub fn escape(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) { Cow::Owned(key.replace('~', "~0").replace('/', "~1")) } else { Cow::Borrowed(key) }
}

fn span<T>(spanned: &Spanned<T>) -> Span {
    let span = spanned.referenced.span();
    let start = span.byte_offset().and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
    let len = span.byte_len().and_then(|v| usize::try_from(v).ok()).unwrap_or(0);
    Span::new(start, start + len)
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        Ok(Self { span: span(&spanned), kind: spanned.value })
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
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Kind, E> {
        // `30.0` is the whole number 30, as JSON Schema has it.
        let number = if value.fract() == 0.0 && value.abs() < EXACT {
            Some(Number::from(value as i64))
        } else {
            Number::from_f64(value)
        };
        let number = number.ok_or_else(|| E::custom("infinite and undefined numbers are not allowed"))?;
        Ok(Kind::Number(number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Text(value.into()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Kind, E> {
        Ok(Kind::Text(value.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut items = Vec::new();
        while let Some(node) = access.next_element::<Node>()? {
            items.push(node);
        }
        Ok(Kind::List(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Kind, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Spanned<String>>()? {
            let span = span(&key);
            let node = access.next_value::<Node>()?;
            entries.push((Key { text: key.value.into(), span }, node));
        }
        Ok(Kind::Map(entries.into()))
    }
}
