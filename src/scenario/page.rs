//! Reading scenario pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::document::yaml;
use crate::load;
use crate::model::Date;
use crate::problem::Problem;
use crate::source::SourceFile;

/// One scenario of a page.
#[derive(Debug)]
pub struct Scenario {
    /// The page.
    pub file: Arc<SourceFile>,
    /// The line of its heading.
    pub line: usize,
    /// Its heading.
    pub heading: String,
    /// The documents that it starts from.
    pub given: Arc<Given>,
    /// What it says.
    pub block: Block,
}

/// The documents that scenarios start from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The day of the decision.
    pub as_of: Date,
    /// A manifest with one flow.
    pub integration: Value,
    /// The customer contract.
    pub contract: Option<Value>,
    /// The provider agreement.
    pub agreement: Option<Value>,
    /// The provider's profile.
    pub profile: Option<Value>,
}

/// The YAML block of a scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    given: String,
    /// Another day than the given's.
    pub as_of: Option<Date>,
    /// JSON merge patches (RFC 7396) on `integration`, `flow`, `contract`, `agreement` and `service`.
    #[serde(default)]
    pub change: Map<String, Value>,
    /// The verdict.
    pub expect: String,
    /// Exactly the rules that are violated.
    #[serde(default)]
    pub violated: BTreeSet<String>,
    /// Exactly the rules that are undetermined.
    #[serde(default)]
    pub undetermined: BTreeSet<String>,
    /// Exactly the rules that do not count yet, and are violated or undetermined.
    #[serde(default)]
    pub advised: BTreeSet<String>,
}

/// Reads every page under the paths. Faults go to `problems`.
pub fn read_pages(paths: &[PathBuf], problems: &mut Vec<Problem>) -> Vec<Scenario> {
    let mut givens: BTreeMap<PathBuf, Option<Arc<Given>>> = BTreeMap::new();
    let mut scenarios = Vec::new();
    for path in load::documents_under(paths, &["md"], problems) {
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        match load::read(&path) {
            Ok(file) => read_page(&path, &file, &mut givens, &mut scenarios, problems),
            Err(problem) => problems.push(problem),
        }
    }
    scenarios
}

fn read_page(
    path: &Path,
    file: &Arc<SourceFile>,
    givens: &mut BTreeMap<PathBuf, Option<Arc<Given>>>,
    scenarios: &mut Vec<Scenario>,
    problems: &mut Vec<Problem>,
) {
    let mut heading: Option<(String, usize)> = None;
    let mut in_heading = false;
    let mut block: Option<(String, usize)> = None;
    for (event, range) in Parser::new(&file.text).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                heading = Some((String::new(), file.line_column(range.start).0));
                in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if language.as_ref() == "yaml" => {
                block = Some((String::new(), range.start));
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some((block, _)) = &mut block {
                    block.push_str(&text);
                } else if let Some((heading, _)) = heading.as_mut().filter(|_| in_heading) {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((text, start)) = block.take() else { continue };
                let Some((heading, line)) = heading.clone() else {
                    problems.push(Problem::new("a scenario without a `##` heading").at(
                        file,
                        start..start + 7,
                        "this block",
                    ));
                    continue;
                };
                match read_block(&text) {
                    Ok(block) => {
                        if let Some(given) = given(path, &block.given, givens, problems) {
                            scenarios.push(Scenario { file: Arc::clone(file), line, heading, given, block });
                        }
                    }
                    Err(message) => problems.push(Problem::new(format!("the scenario is not readable: {message}")).at(
                        file,
                        start..start + 7,
                        "this block",
                    )),
                }
            }
            _ => {}
        }
    }
}

fn read_block(text: &str) -> Result<Block, String> {
    let node = yaml::parse(text).map_err(|error| error.message)?;
    serde_json::from_value(node.to_json()).map_err(|error| error.to_string())
}

/// The given of a name, in the nearest folder `given` beside or above the page.
fn given(
    page: &Path,
    name: &str,
    givens: &mut BTreeMap<PathBuf, Option<Arc<Given>>>,
    problems: &mut Vec<Problem>,
) -> Option<Arc<Given>> {
    let found = page
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("given").join(format!("{name}.yaml")))
        .find(|path| path.is_file());
    let Some(path) = found else {
        problems.push(Problem::new(format!(
            "`{}` starts from `{name}`, but no folder `given` has `{name}.yaml`",
            page.display()
        )));
        return None;
    };
    givens
        .entry(path.clone())
        .or_insert_with(|| {
            let read = load::read(&path).map_err(|problem| problem.message).and_then(|file| {
                let node = yaml::parse(&file.text).map_err(|error| error.message)?;
                serde_json::from_value(node.to_json()).map_err(|error| error.to_string())
            });
            match read {
                Ok(given) => Some(Arc::new(given)),
                Err(message) => {
                    problems.push(Problem::new(format!("`{}` is not readable: {message}", path.display())));
                    None
                }
            }
        })
        .clone()
}
