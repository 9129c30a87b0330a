//! From facts and decisions to the canonical result.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value as Json, json};

use super::{AsideBy, FactResult, FlowResult, Lines, Notice, Place, RuleInfo, RuleResult, SourceInfo, Status, Verdict};
use crate::decide::{self, Decision};
use crate::model::{Date, NONE, Root};
use crate::resolve::{Cited, Fact, FlowFacts, Origin, Value};
use crate::rulebook::{Guard, Rule, RuleBook};
use crate::source::{SourceFile, sha256};

/// What a flow's result is made of.
#[derive(Debug, Clone, Copy)]
pub struct FlowParts<'a> {
    /// The rules.
    pub book: &'a RuleBook,
    /// The facts.
    pub facts: &'a FlowFacts,
    /// The outcomes per data item and contract.
    pub decisions: &'a [Decision],
    /// The day of the decision.
    pub as_of: Date,
    /// For which rules to give the facts.
    pub detail: Detail,
    /// What the results of other flows tell already.
    pub told: &'a Told,
}

/// A fact by its name and the places that set it.
type FactKey = (String, Vec<Origin>);

/// Facts that results tell already. Flows share services and contracts: what no manifest has a part in is told once for all.
#[derive(Debug, Default)]
pub struct Told {
    facts: Mutex<HashMap<FactKey, Arc<FactResult>>>,
}

/// For which rules a result gives the facts that they consulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// For rules that keep the flow from being permitted. Rules that do not apply are left out.
    Findings,
    /// For every rule.
    All,
}

/// The result of one flow.
pub fn flow_result(parts: FlowParts<'_>) -> FlowResult {
    let flow = parts.facts.flow();
    let manifest = &parts.facts.manifest;
    let mut places = Places::of(parts);
    let told = |rule: &RuleResult| parts.detail == Detail::All || rule.status != Status::NotApplicable;
    let rules = parts.book.rules.values().enumerate().map(|(index, rule)| places.rule(index, rule));
    let mut rules: Vec<RuleResult> = rules.filter(told).collect();
    // Results are most of what a large run holds.
    rules.shrink_to_fit();
    let names = |names: &Option<Vec<String>>| {
        names.as_ref().map(|names| names.iter().filter(|name| *name != NONE).cloned().collect::<Vec<String>>())
    };
    let at = Origin::new(&manifest.document, format!("/flows/{}", parts.facts.index));
    FlowResult {
        integration: manifest.model.id.clone(),
        flow: flow.id.clone(),
        title: manifest.model.title.clone(),
        verdict: rules.iter().map(|rule| rule.verdict).max().unwrap_or(Verdict::Permitted),
        purpose: flow.purpose.clone(),
        service: flow.service.clone(),
        location: flow.location.clone(),
        contracts: names(&flow.contracts),
        laws: names(&flow.laws),
        place: place(&at, parts.facts),
        rules,
    }
}

/// What the rules say, by id.
pub fn rule_infos(book: &RuleBook) -> BTreeMap<Arc<str>, RuleInfo> {
    book.rules
        .values()
        .map(|rule| {
            let info = RuleInfo {
                title: rule.title.clone(),
                cites: rule.cites.clone(),
                remedy: rule.remedy.clone(),
                on_violation: decide::Status::Violated.verdict(rule.on_violation).into(),
                satisfied_by: rule.consulted.satisfied.iter().cloned().collect(),
                applies_by: rule.consulted.applies.iter().cloned().collect(),
                confirm: rule.confirm.clone(),
                effective: rule.effective.map(|day| day.to_string()),
                waivable: rule.waivable,
                readings: rule.readings.clone(),
            };
            (Arc::clone(&rule.id), info)
        })
        .collect()
}

/// What the facts mean that rules consult, by name.
pub fn fact_docs(book: &RuleBook) -> BTreeMap<String, String> {
    book.rules
        .values()
        .flat_map(|rule| rule.consulted.satisfied.iter().chain(&rule.consulted.applies))
        .filter_map(|name| Some((name.clone(), book.catalogue.find(name)?.doc.clone())))
        .collect()
}

/// The lines that places of the flows and notices point to.
pub fn lines<'a>(
    flows: &[FlowResult],
    notices: &[Notice],
    files: impl IntoIterator<Item = &'a Arc<SourceFile>>,
) -> Lines {
    let files: HashMap<&str, &Arc<SourceFile>> = files.into_iter().map(|file| (file.path.as_str(), file)).collect();
    let mut wanted: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    let of_asides = flows.iter().flat_map(|flow| &flow.rules).filter_map(|rule| rule.aside.as_ref()?.place.as_ref());
    for place in notices.iter().map(|notice| &notice.place).chain(of_asides) {
        wanted.entry(&place.file).or_default().insert(place.line);
    }
    for flow in flows {
        wanted.entry(&flow.place.file).or_default().insert(flow.place.line);
        for fact in flow.rules.iter().flat_map(|rule| &rule.facts) {
            wanted.entry(&fact.file).or_default().insert(fact.line);
            for place in &fact.also {
                wanted.entry(&place.file).or_default().insert(place.line);
            }
        }
    }
    let text = |path: &str, numbers: BTreeSet<usize>| {
        let file = files.get(path)?;
        Some(numbers.into_iter().map(|number| (number, file.line(number).trim_end().to_owned())).collect())
    };
    wanted.into_iter().filter_map(|(path, numbers)| Some((path.to_owned(), text(path, numbers)?))).collect()
}

/// Facts of the flow already turned into results: many rules consult the same.
struct Places<'a> {
    parts: FlowParts<'a>,
    known: HashMap<(Cow<'a, str>, usize, usize), Arc<FactResult>>,
    /// The names of the data items and of the contracts, which every rule tells.
    items: Vec<Arc<str>>,
    contracts: Vec<Option<Arc<str>>>,
}

impl<'a> Places<'a> {
    fn of(parts: FlowParts<'a>) -> Self {
        let items = parts.facts.items.iter().map(|item| Arc::from(item.field.as_str())).collect();
        let contracts = parts.facts.contracts.iter().map(|contract| contract.id.as_deref().map(Arc::from)).collect();
        Self { parts, known: HashMap::new(), items, contracts }
    }

    fn rule(&mut self, index: usize, rule: &'a Rule) -> RuleResult {
        let outcomes: Vec<(&Decision, &decide::Outcome)> =
            self.parts.decisions.iter().map(|decision| (decision, &*decision.outcomes[index])).collect();
        let worst = outcomes.iter().map(|(_, outcome)| outcome.status).max().unwrap_or(decide::Status::NotApplicable);
        let concerned: Vec<_> = outcomes.into_iter().filter(|(_, outcome)| outcome.status == worst).collect();
        let verdict: Verdict = worst.verdict(rule.on_violation).into();
        let mut result = RuleResult {
            id: Arc::clone(&rule.id),
            status: worst.into(),
            verdict,
            fingerprint: None,
            aside: None,
            items: Vec::new(),
            contracts: Vec::new(),
            unknown: Vec::new(),
            error: None,
            facts: Vec::new(),
        };
        let of_interest = self.parts.detail == Detail::All || result.tells();
        // A rule about other flows is so for all items and contracts: one tells why.
        let applies = worst != decide::Status::NotApplicable;
        let told = if !of_interest {
            0
        } else if applies {
            concerned.len()
        } else {
            1
        };
        for (decision, outcome) in concerned.into_iter().take(told) {
            if applies {
                push_new(&mut result.items, Arc::clone(&self.items[decision.item]));
            }
            if applies && let Some(contract) = &self.contracts[decision.contract] {
                push_new(&mut result.contracts, Arc::clone(contract));
            }
            for name in &outcome.unknown {
                push_new(&mut result.unknown, name.clone());
            }
            result.error = result.error.or_else(|| outcome.error.clone());
            for name in self.names(rule, worst, decision) {
                if let Some(fact) = self.fact(name, decision)
                    && !result.facts.contains(&fact)
                {
                    result.facts.push(fact);
                }
            }
        }
        if result.tells() {
            result.fingerprint = Some(fingerprint(self.parts.facts, &result));
            // A rule that is not in force yet advises.
            if let Some(day) = rule.effective.filter(|day| self.parts.as_of < *day) {
                result.set_aside(AsideBy::NotInForce, day.to_string(), None, None);
            }
        }
        result
    }

    /// The facts to give for a rule: what it consulted, or, when it does not apply, what rules it out.
    fn names(&self, rule: &'a Rule, status: decide::Status, decision: &Decision) -> Vec<Cow<'a, str>> {
        let consulted = &rule.consulted;
        let borrowed = |name: &'a String| Cow::Borrowed(name.as_str());
        if status != decide::Status::NotApplicable {
            return consulted.satisfied.iter().chain(&consulted.applies).map(borrowed).collect();
        }
        let known = |guard: &&Guard| {
            let facts = self.parts.facts.facts(guard.root, decision.item, decision.contract);
            facts.get(&guard.path).is_some_and(|fact| decide::rules_out(guard, &fact.value))
        };
        match consulted.guards.iter().find(known) {
            Some(guard) => vec![Cow::Owned(format!("{}.{}", guard.root.prefix(), guard.path))],
            None => consulted.applies.iter().map(borrowed).collect(),
        }
    }

    fn fact(&mut self, name: Cow<'a, str>, decision: &Decision) -> Option<Arc<FactResult>> {
        // Only facts of the item and of the contract differ between the requests of a flow.
        let item = if name.starts_with(Root::Principal.prefix()) { decision.item } else { 0 };
        let contract = if name.starts_with(Root::Contract.prefix()) { decision.contract } else { 0 };
        let key = (name, item, contract);
        if let Some(known) = self.known.get(&key) {
            return Some(Arc::clone(known));
        }
        let name = &*key.0;
        let fact = self.parts.facts.fact(name, decision.item, decision.contract)?;
        let manifest = &self.parts.facts.manifest.document;
        let result = if fact.origins.iter().any(|origin| Arc::ptr_eq(&origin.document, manifest)) {
            self.tell(name, fact)
        } else {
            // A lock is poisoned only by a panic while it is held; the map itself stays whole.
            let mut told = self.parts.told.facts.lock().unwrap_or_else(PoisonError::into_inner);
            let known = told.entry((name.to_owned(), fact.origins.clone()));
            let known = known.or_insert_with(|| self.tell(name, fact));
            // Equal places, but on another way to another value, such as other features of one service.
            if known.value == json(&fact.value) { Arc::clone(known) } else { self.tell(name, fact) }
        };
        self.known.insert(key, Arc::clone(&result));
        Some(result)
    }

    fn tell(&self, name: &str, fact: &Fact) -> Arc<FactResult> {
        let mut places = fact.origins.iter().map(|origin| place(origin, self.parts.facts));
        let first = places.next().unwrap_or_default();
        Arc::new(FactResult {
            name: name.to_owned(),
            value: json(&fact.value),
            file: first.file,
            line: first.line,
            column: first.column,
            source: first.source,
            also: places.collect(),
        })
    }
}

/// A finding by rule, flow and facts: 128 bits of SHA-256 in hexadecimal. Lines, files and sources do not enter, so that moving a
/// line changes nothing, and every change of a fact that the rule consulted does.
fn fingerprint(facts: &FlowFacts, finding: &RuleResult) -> String {
    let mut consulted: Vec<(&String, &Json)> = finding.facts.iter().map(|fact| (&fact.name, &fact.value)).collect();
    consulted.sort_by_key(|(name, value)| (*name, value.to_string()));
    let named = json!([
        facts.manifest.model.id,
        facts.flow().id,
        finding.id,
        finding.status,
        finding.items,
        finding.contracts,
        consulted
    ]);
    let digest = sha256(named.to_string().as_bytes());
    digest[..32].to_owned()
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, entry: T) {
    if !list.contains(&entry) {
        list.push(entry);
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::Unknown => Json::Null,
        Value::Bool(answer) => json!(answer),
        Value::Long(number) => json!(number),
        Value::Text(text) | Value::Name(text) => json!(text),
        Value::Set(words) => json!(words),
    }
}

/// A pointer turned into file, line and column, with the source that the document names for it.
fn place(origin: &Origin, facts: &FlowFacts) -> Place {
    let file = &origin.document.file;
    let span = origin.document.node.locate_entry(&origin.pointer);
    let (line, column) = if file.text.is_empty() { (0, 0) } else { file.line_column(span.start) };
    Place {
        file: file.path.clone(),
        line,
        column,
        source: origin.cited.as_ref().and_then(|cited| source(cited, facts)),
    }
}

/// The source that an origin cites, as the profile describes it.
fn source(cited: &Cited, facts: &FlowFacts) -> Option<SourceInfo> {
    let stated = facts.profile.as_ref()?.model.sources.get(&cited.source)?;
    Some(SourceInfo {
        title: stated.title.clone(),
        url: stated.url.clone(),
        dated: stated.dated.map(|date| date.to_string()),
        confidence: cited
            .confidence
            .clone()
            .or_else(|| stated.confidence.map(|confidence| confidence.word().to_owned())),
    })
}

impl From<decide::Status> for Status {
    fn from(status: decide::Status) -> Self {
        match status {
            decide::Status::NotApplicable => Self::NotApplicable,
            decide::Status::Satisfied => Self::Satisfied,
            decide::Status::Undetermined => Self::Undetermined,
            decide::Status::Violated => Self::Violated,
        }
    }
}

impl From<decide::Verdict> for Verdict {
    fn from(verdict: decide::Verdict) -> Self {
        match verdict {
            decide::Verdict::Permitted => Self::Permitted,
            decide::Verdict::Conditional => Self::Conditional,
            decide::Verdict::Undetermined => Self::Undetermined,
            decide::Verdict::Refused => Self::Refused,
        }
    }
}
