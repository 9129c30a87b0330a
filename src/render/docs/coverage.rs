//! Which scenarios test which rules, and which rules read which facts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::table;
use crate::model::Root;
use crate::report::{FlowResult, Status};
use crate::rulebook::RuleBook;

pub(super) fn page(book: &RuleBook, tested: &[&FlowResult]) -> String {
    let mut page = format!("# Coverage\n\n{} scenarios, {} rules.\n\n## Rules\n\n", tested.len(), book.rules.len());
    page.push_str("In how many scenarios a rule is violated, undetermined, satisfied, and still only advises.\n\n");
    let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for rule in tested.iter().flat_map(|flow| &flow.rules) {
        let column = match rule.status {
            _ if rule.aside.is_some() => 3,
            Status::Violated => 0,
            Status::Undetermined => 1,
            Status::Satisfied => 2,
            Status::NotApplicable => continue,
        };
        counts.entry(&rule.id).or_default()[column] += 1;
    }
    let mut rows = vec![["rule", "violated", "undetermined", "satisfied", "advises"].map(str::to_owned).to_vec()];
    for rule in book.rules.values() {
        let of_rule = counts.get(&*rule.id).copied().unwrap_or_default();
        let name = format!("[{}](packs/{}.md)", rule.id, rule.pack());
        rows.push(std::iter::once(name).chain(of_rule.map(|number| number.to_string())).collect());
    }
    page.push_str(&table(&rows));
    facts(&mut page, book);
    page
}

fn facts(page: &mut String, book: &RuleBook) {
    page.push_str("\n## Facts\n\nEvery fact of the catalogue, and the rules that read it.\n\n");
    let mut readers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for rule in book.rules.values() {
        for name in rule.consulted.applies.iter().chain(&rule.consulted.satisfied) {
            readers.entry(name).or_default().insert(&rule.id);
        }
    }
    let mut rows = vec![["fact", "rules"].map(str::to_owned).to_vec()];
    let mut unread = 0;
    for root in Root::ALL {
        for (path, _) in book.catalogue.of(root) {
            let name = format!("{}.{path}", root.prefix());
            let rules = readers.get(name.as_str()).map(|rules| rules.iter().copied().collect::<Vec<_>>().join(", "));
            unread += usize::from(rules.is_none());
            rows.push(vec![format!("`{name}`"), rules.unwrap_or_else(|| "none: shown to readers only".to_owned())]);
        }
    }
    page.push_str(&table(&rows));
    let _ = writeln!(page, "\n{} facts, {unread} of them read by no rule.", rows.len() - 1);
}
