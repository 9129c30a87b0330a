//! Second stage: texts to documents. YAML with positions, checked against the JSON Schema of its kind.

pub mod schema;
mod validate;
mod wording;
pub mod yaml;
mod yaml_error;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::load;
use crate::problem::{Problem, suggest};
use crate::source::SourceFile;

pub use schema::Schemas;
use yaml::{Kind as NodeKind, Node, Stored};

/// The kinds of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A manifest.
    Integration,
    /// A provider profile.
    ProviderProfile,
    /// A contract with a customer.
    CustomerContract,
    /// An agreement with a provider.
    ProviderAgreement,
    /// Words.
    Vocabulary,
    /// What a pack of rules covers.
    RulePack,
    /// What an organisation configures.
    Config,
    /// Approved exceptions.
    Exceptions,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Integration,
        Self::ProviderProfile,
        Self::CustomerContract,
        Self::ProviderAgreement,
        Self::Vocabulary,
        Self::RulePack,
        Self::Config,
        Self::Exceptions,
    ];

    /// The word after `kind:`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Integration => "integration",
            Self::ProviderProfile => "provider-profile",
            Self::CustomerContract => "customer-contract",
            Self::ProviderAgreement => "provider-agreement",
            Self::Vocabulary => "vocabulary",
            Self::RulePack => "rule-pack",
            Self::Config => "config",
            Self::Exceptions => "exceptions",
        }
    }

    /// The kind for a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A file that is one document of a known kind and fits its schema.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text and its name.
    pub file: Arc<SourceFile>,
    /// The kind.
    pub kind: Kind,
    /// The content with positions.
    pub node: Node,
}

impl Document {
    /// Reads a text as a document of one of the expected kinds.
    /// Every fault goes to `problems`; `None` when there is any.
    pub fn parse(
        file: &Arc<SourceFile>,
        expected: &[Kind],
        schemas: &Schemas,
        problems: &mut Vec<Problem>,
    ) -> Option<(Arc<Self>, Value)> {
        let stored = load::read_at_build(file).and_then(|stored| serde_json::from_str::<Stored>(stored).ok());
        let node = match stored.map_or_else(|| yaml::parse(&file.text), |stored| Ok(Node::from(stored))) {
            Ok(node) => node,
            Err(error) => {
                let problem = Problem::new(format!("not readable as YAML: {}", error.message));
                problems.push(problem.at(file, error.span, "here").help(error.help));
                return None;
            }
        };
        let value = node.to_json();
        let kind = kind_of(file, &node, &value, expected, problems)?;
        let before = problems.len();
        // The binary's own documents were checked when it was tested.
        if !file.tested {
            match schemas.validator(kind) {
                Ok(validator) => validate::check(file, &node, &value, validator, problems),
                Err(message) => problems.push(Problem::new(message)),
            }
        }
        (problems.len() == before).then(|| (Arc::new(Self { file: Arc::clone(file), kind, node }), value))
    }

    /// Reads a text again that was found in order before.
    ///
    /// # Errors
    /// A text that is no such document.
    pub fn again<T: DeserializeOwned>(file: &Arc<SourceFile>) -> Result<(Arc<Self>, T), String> {
        let fault = |message: &str| format!("{}: {message}", file.path);
        let node = yaml::parse(&file.text).map_err(|error| fault(&error.message))?;
        let value = node.to_json();
        let kind = value.get("kind").and_then(Value::as_str).and_then(Kind::from_word);
        let kind = kind.ok_or_else(|| fault("the document does not say its kind"))?;
        let model = serde_json::from_value(value).map_err(|error| fault(&error.to_string()))?;
        Ok((Arc::new(Self { file: Arc::clone(file), kind, node }), model))
    }

    /// The content as a type of the model.
    pub fn read<T: DeserializeOwned>(self: &Arc<Self>, value: Value, problems: &mut Vec<Problem>) -> Option<T> {
        match serde_json::from_value(value) {
            Ok(model) => Some(model),
            Err(error) => {
                problems.push(Problem::new(format!("{error}")).at(&self.file, 0..0, "in this document"));
                None
            }
        }
    }

    /// Line and column, from 1, of the entry under a JSON pointer.
    pub fn line_column(&self, pointer: &str) -> (usize, usize) {
        self.file.line_column(self.node.locate_entry(pointer).start)
    }

    /// A problem at the value under a JSON pointer.
    pub fn problem(&self, pointer: &str, message: impl Into<String>, label: impl Into<String>) -> Problem {
        Problem::new(message).at(&self.file, self.node.locate(pointer), label)
    }

    /// A problem at the key under a JSON pointer.
    pub fn problem_at_key(&self, pointer: &str, message: impl Into<String>, label: impl Into<String>) -> Problem {
        let span = self.node.locate_key(pointer).unwrap_or_else(|| self.node.locate(pointer));
        Problem::new(message).at(&self.file, span, label)
    }
}

fn kind_of(
    file: &Arc<SourceFile>,
    node: &Node,
    value: &Value,
    expected: &[Kind],
    problems: &mut Vec<Problem>,
) -> Option<Kind> {
    let words = expected.iter().map(|kind| kind.word()).collect::<Vec<_>>().join("` or `kind: ");
    let start = format!("start it with `kind: {words}` and `version: 1`");
    if value.is_null() {
        let problem = Problem::new(format!("`{}` is empty", file.path)).at(file, 0..0, "nothing but comments");
        problems.push(problem.help(start));
        return None;
    }
    if !matches!(node.kind, NodeKind::Map(_)) {
        let problem = Problem::new("a document is a mapping of keys to values");
        problems.push(problem.at(file, node.bytes(), "this is none").help(start));
        return None;
    }
    let Some(found) = value.get("kind") else {
        let problem = Problem::new("the document does not say its kind").at(file, 0..0, "`kind` is missing");
        problems.push(problem.help(start));
        return None;
    };
    let kind = found.as_str().and_then(Kind::from_word);
    if let Some(kind) = kind.filter(|kind| expected.contains(kind)) {
        return Some(kind);
    }
    let shown = found.as_str().map_or_else(|| found.to_string(), wording::cut);
    let (message, help) = if kind.is_some() {
        let help = format!("`kind: {words}` belongs here: move the file, or mend its kind");
        (format!("a document of kind `{shown}` does not belong here"), Some(help))
    } else {
        (format!("unknown kind `{shown}`"), suggest(&shown, expected.iter().map(|kind| kind.word())))
    };
    let problem = Problem::new(message).at(file, node.locate("/kind"), "this kind");
    problems.push(help.into_iter().fold(problem, Problem::help));
    None
}
