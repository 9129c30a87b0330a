//! Decisions as files by which anybody can take them again with Cedar's own command line.
//!
//! Cedar's command line knows no unknown facts. A request that hangs on one is listed, not re-decided. Where the answer is the same
//! whatever the unknown facts are, the request is written twice, with opposite stand-ins in their places, so that both answers can be
//! seen to be the same.

mod entities;
mod stand_in;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::json;

use super::{Decider, Decision, Status};
use crate::knowledge::Vocabulary;
use crate::resolve::FlowFacts;
use crate::rulebook::{PERMITTED, RuleBook};
use entities::{Parts, Things};
use stand_in::Filling;

/// How far a request can be decided without Tidegate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// Wholly: the rules that are violated, and no others.
    Whole,
    /// That it is denied by these rules at least; others hang on unknown facts.
    Violations,
    /// Not at all: it hangs on unknown facts.
    Open,
}

impl Answer {
    const ALL: [Self; 3] = [Self::Whole, Self::Violations, Self::Open];

    fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Violations => "violations",
            Self::Open => "open",
        }
    }
}

/// The files that re-decide flows, by name: `policies.cedar`, `schema.cedarschema`, `tests.json` in the form of `cedar run-tests`,
/// and `requests.json`, which says of every request what is re-decided and what Tidegate decided.
///
/// # Errors
/// Facts or rules that Cedar does not accept; checked before, so a fault of the program.
pub fn export(
    book: &RuleBook,
    vocabulary: &Vocabulary,
    flows: &[FlowFacts],
) -> Result<BTreeMap<String, String>, String> {
    let decider = Decider::new(book, vocabulary)?;
    let decided = decider.decide(&decider.prepare(flows))?;
    let mut names = Names::default();
    let named: Vec<(&FlowFacts, Vec<(&Decision, String)>)> = flows
        .iter()
        .zip(&decided)
        .map(|(flow, decisions)| {
            (flow, decisions.iter().map(|decision| (decision, names.of(flow, decision))).collect())
        })
        .collect();
    let writer = Writer { book, things: Things::new(book, vocabulary) };
    // As texts from here on: the trees of a large portfolio would fill the memory.
    let written: Result<Vec<Vec<Written>>, String> =
        named.par_iter().map(|(flow, decisions)| writer.flow(flow, decisions)).collect();
    let written: Vec<Written> = written?.into_iter().flatten().collect();
    let counts: BTreeMap<&str, usize> = Answer::ALL
        .into_iter()
        .map(|answer| (answer.word(), written.iter().filter(|request| request.answer == answer).count()))
        .collect();
    let counts = json!(counts);
    let head = format!("{{\"version\":1,\"requests\":{},\"answers\":{counts}", written.len());
    let tests = written.iter().flat_map(|request| &request.tests);
    Ok(BTreeMap::from([
        ("policies.cedar".to_owned(), book.policies_text()),
        ("schema.cedarschema".to_owned(), book.schema_text(vocabulary)),
        ("tests.json".to_owned(), format!("{}\n", lines(tests))),
        (
            "requests.json".to_owned(),
            format!("{head},\"list\":{}}}\n", lines(written.iter().map(|request| &request.text))),
        ),
    ]))
}

/// A list in JSON with one entry on each line.
fn lines<'a>(list: impl Iterator<Item = &'a String>) -> String {
    let lines: Vec<&str> = list.map(String::as_str).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

/// A request as it is written.
struct Written {
    answer: Answer,
    /// Its entry in `requests.json`.
    text: String,
    /// Its entries in `tests.json`.
    tests: Vec<String>,
}

/// Names of requests. Two items of a flow may have one name.
#[derive(Default)]
struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    fn of(&mut self, flow: &FlowFacts, decision: &Decision) -> String {
        let item = &flow.items[decision.item].field;
        let contract = flow.contracts[decision.contract].id.as_deref().unwrap_or("no named contract");
        let name = format!("{}/{}: {item} under {contract}", flow.manifest.model.id, flow.flow().id);
        let mut unique = name.clone();
        let mut number = 1;
        while !self.taken.insert(unique.clone()) {
            number += 1;
            unique = format!("{name} ({number})");
        }
        unique
    }
}

/// Writes requests.
struct Writer<'a> {
    book: &'a RuleBook,
    things: Things<'a>,
}

impl Writer<'_> {
    fn flow(&self, flow: &FlowFacts, decisions: &[(&Decision, String)]) -> Result<Vec<Written>, String> {
        let mut parts = Parts::default();
        decisions.iter().map(|(decision, name)| self.request(flow, decision, name, &mut parts)).collect()
    }

    fn request(&self, flow: &FlowFacts, decision: &Decision, name: &str, parts: &mut Parts) -> Result<Written, String> {
        let of_status = |status: Status| -> Vec<&str> {
            let outcomes = self.book.rules.keys().zip(&decision.outcomes);
            outcomes.filter(|(_, outcome)| outcome.status == status).map(|(id, _)| &**id).collect()
        };
        let (violated, undetermined) = (of_status(Status::Violated), of_status(Status::Undetermined));
        let failed = decision.outcomes.iter().any(|outcome| outcome.error.is_some());
        let answer = match (violated.is_empty(), undetermined.is_empty()) {
            _ if failed => Answer::Open,
            (_, true) => Answer::Whole,
            (false, false) => Answer::Violations,
            (true, false) => Answer::Open,
        };
        let (decision_word, reason) = match answer {
            Answer::Whole if violated.is_empty() => ("allow", json!([PERMITTED])),
            _ => ("deny", json!(violated)),
        };
        let unknown = self.things.unknown(flow, decision);
        let fillings: &[Filling] = match answer {
            Answer::Open => &[],
            _ if unknown.is_empty() => &[Filling::Low],
            _ => &Filling::ALL,
        };
        let mut names = Vec::new();
        let mut tests = Vec::new();
        for filling in fillings {
            let test = match unknown.is_empty() {
                true => name.to_owned(),
                false => format!("{name}, unknown facts {}", filling.word()),
            };
            tests.push(format!(
                r#"{{"name":{},"request":{},"entities":[{}],"decision":{},"reason":{reason},"num_errors":0}}"#,
                json!(test),
                self.things.request(flow, decision)?,
                self.things.entities(flow, decision, *filling, parts),
                json!(decision_word),
            ));
            names.push(test);
        }
        let text = json!({
            "name": name,
            "integration": flow.manifest.model.id,
            "flow": flow.flow().id,
            "item": flow.items[decision.item].field,
            "contract": flow.contracts[decision.contract].id,
            "answer": answer.word(),
            "violated": violated,
            "undetermined": undetermined,
            "unknown": unknown,
            "tests": names,
        });
        Ok(Written { answer, text: text.to_string(), tests })
    }
}
