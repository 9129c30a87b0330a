//! YAML text to a tree in which every key and value knows its bytes.

use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_yaml::{Options, Spanned};

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

/// Why a text is not YAML that Tidegate reads.
#[derive(Debug)]
pub struct YamlError {
    /// What is wrong, without the place.
    pub message: String,
    /// Byte offset of the fault, when the parser knows it.
    pub at: Option<usize>,
}

/// Reads one YAML (or JSON) document.
///
/// # Errors
/// Broken syntax, duplicate keys, more than one document, aliases that expand without bound.
pub fn parse(text: &str) -> Result<Node, YamlError> {
    let mut options = Options::default();
    // `yes` and `on` stay texts, as YAML 1.2 says; `NO` stays Norway.
    options.strict_booleans = true;
    options.with_snippet = false;
    let node = serde_yaml::from_str_with_options::<Node>(text, options).map_err(|error| {
        let inner = error.without_snippet();
        let at = inner.location().map(|place| match place.span().byte_offset() {
            Some(offset) => usize::try_from(offset).unwrap_or(0),
            None => offset_of(text, place.line(), place.column()),
        });
        YamlError { message: plain_words(&inner.to_string()), at }
    })?;
    Ok(node)
}

/// Byte offset of a line and column, both counted in characters from 1.
fn offset_of(text: &str, line: u64, column: u64) -> usize {
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let column = usize::try_from(column).unwrap_or(1).max(1);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    start + rest.chars().take(column - 1).map(char::len_utf8).sum::<usize>()
}

/// The parser's message without its own place and without hints on its programming interface.
fn plain_words(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    if let Some(key) = message.strip_prefix("duplicate mapping key: ") {
        let key = key.split(", set Duplicate").next().unwrap_or(key);
        return format!("the key `{key}` stands twice in one mapping");
    }
    if message.starts_with("multiple YAML documents") {
        return "the file holds more than one YAML document".to_owned();
    }
    if message.starts_with("budget breached") {
        return "the file expands to more than Tidegate reads (aliases or nesting without bound)".to_owned();
    }
    message.to_owned()
}

impl Node {
    /// The same value without positions.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, node)| (key.text.clone(), node.to_json()))
                    .collect::<Map<_, _>>(),
            ),
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

    fn at(&self, pointer: &str) -> Option<&Self> {
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
            Kind::Map(entries) => {
                entries.iter().find(|(key, _)| key.text == last).map(|(key, _)| key.span.clone())
            }
            Kind::Scalar(_) | Kind::List(_) => None,
        }
    }

    fn child(&self, step: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(entries) => {
                entries.iter().find(|(key, _)| key.text == step).map(|(_, node)| node)
            }
            Kind::List(items) => items.get(step.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        }
    }
}

fn steps(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(unescape)
}

fn unescape(step: &str) -> String {
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
        let number = Number::from_f64(value)
            .ok_or_else(|| E::custom("infinite and undefined numbers are not allowed"))?;
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
