//! Decisions as files by which anybody can take them again with Cedar's own command line.
//!
//! Cedar's command line knows no unknown facts. A request that hangs on one is listed, not re-decided. Where the answer is the same
//! whatever the unknown facts are, the request is written twice, with opposite stand-ins in their places, so that both answers can be
//! seen to be the same.

mod entities;
mod stand_in;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::{Decider, Decision, Status};
use crate::knowledge::Vocabulary;
use crate::resolve::FlowFacts;
use crate::rulebook::{PERMITTED, RuleBook};
use entities::Things;
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
    let things = Things::new(book, vocabulary);
    let mut written = Written { book, things, names: BTreeSet::new(), tests: Vec::new(), requests: Vec::new() };
    for (flow, decisions) in flows.iter().zip(&decided) {
        for decision in decisions {
            written.request(flow, decision)?;
        }
    }
    let counts: BTreeMap<&str, usize> = Answer::ALL
        .into_iter()
        .map(|answer| {
            let of_answer = written.requests.iter().filter(|request| request["answer"] == answer.word());
            (answer.word(), of_answer.count())
        })
        .collect();
    let counts = json!(counts);
    let head = format!("{{\"version\":1,\"requests\":{},\"answers\":{counts}", written.requests.len());
    Ok(BTreeMap::from([
        ("policies.cedar".to_owned(), book.policies_text()),
        ("schema.cedarschema".to_owned(), book.schema_text(vocabulary)),
        ("tests.json".to_owned(), format!("{}\n", lines(&written.tests))),
        ("requests.json".to_owned(), format!("{head},\"list\":{}}}\n", lines(&written.requests))),
    ]))
}

/// A list in JSON with one entry on each line.
fn lines(list: &[Json]) -> String {
    let lines: Vec<String> = list.iter().map(Json::to_string).collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

struct Written<'a> {
    book: &'a RuleBook,
    things: Things<'a>,
    names: BTreeSet<String>,
    tests: Vec<Json>,
    requests: Vec<Json>,
}

impl Written<'_> {
    fn request(&mut self, flow: &FlowFacts, decision: &Decision) -> Result<(), String> {
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
        let name = self.name(flow, decision);
        let unknown = self.things.unknown(flow, decision);
        let fillings: &[Filling] = match answer {
            Answer::Open => &[],
            _ if unknown.is_empty() => &[Filling::Low],
            _ => &Filling::ALL,
        };
        let mut tests = Vec::new();
        for filling in fillings {
            let test = match unknown.is_empty() {
                true => name.clone(),
                false => format!("{name}, unknown facts {}", filling.word()),
            };
            self.tests.push(json!({
                "name": test,
                "request": self.things.request(flow, decision)?,
                "entities": self.things.entities(flow, decision, *filling)?,
                "decision": decision_word,
                "reason": reason,
                "num_errors": 0,
            }));
            tests.push(test);
        }
        self.requests.push(json!({
            "name": name,
            "integration": flow.manifest.model.id,
            "flow": flow.flow().id,
            "item": flow.items[decision.item].field,
            "contract": flow.contracts[decision.contract].id,
            "answer": answer.word(),
            "violated": violated,
            "undetermined": undetermined,
            "unknown": unknown,
            "tests": tests,
        }));
        Ok(())
    }

    /// Names a request. Two items of a flow may have one name.
    fn name(&mut self, flow: &FlowFacts, decision: &Decision) -> String {
        let item = &flow.items[decision.item].field;
        let contract = flow.contracts[decision.contract].id.as_deref().unwrap_or("no named contract");
        let name = format!("{}/{}: {item} under {contract}", flow.manifest.model.id, flow.flow().id);
        let mut unique = name.clone();
        let mut number = 1;
        while !self.names.insert(unique.clone()) {
            number += 1;
            unique = format!("{name} ({number})");
        }
        unique
    }
}
