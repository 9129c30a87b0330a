//! Rules for people: the list, and one rule with everything about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::page::{DIM, Page, STRONG, YELLOW, styled, widths};
use crate::knowledge::Vocabulary;
use crate::model::{Catalogue, RulePack, Standing, TermType};
use crate::report::Verdict;
use crate::rulebook::{OnViolation, Rule};

/// All rules, by pack.
pub fn list(packs: &BTreeMap<String, RulePack>, rules: &BTreeMap<Arc<str>, Rule>, width: usize) -> String {
    let mut page = Page::new(width);
    let mut by_pack: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules.values() {
        by_pack.entry(rule.pack()).or_default().push(rule);
    }
    for (pack, rules) in &by_pack {
        let title = packs.get(*pack).map_or("", |pack| pack.title.as_str());
        page.paragraph(0, &format!("{}  {title}", styled(STRONG, pack)));
        for rule in rules {
            page.hanging(2, 4, &format!("{} {}", styled(STRONG, &rule.id), rule.title));
        }
        page.gap();
    }
    page.paragraph(0, &format!("{} rules in {} packs", rules.len(), by_pack.len()));
    page.finish()
}

/// One rule: what, when, why, from where, and how to satisfy it.
pub fn explain(
    rule: &Rule,
    pack: Option<&RulePack>,
    catalogue: &Catalogue,
    vocabulary: &Vocabulary,
    width: usize,
) -> String {
    let mut page = Page::new(width);
    page.line(0, &styled(STRONG, &rule.id));
    page.paragraph(0, &rule.title);
    page.gap();
    let verdict = match rule.on_violation {
        OnViolation::Condition => Verdict::Conditional,
        OnViolation::Refuse => Verdict::Refused,
        OnViolation::Unsettled => Verdict::Undetermined,
    };
    let mut rows = vec![
        ("source", rule.cites.clone()),
        ("violated", format!("the flow is {}", verdict.word())),
        ("remedy", rule.remedy.clone()),
    ];
    rows.extend(rule.effective.map(|day| ("effective", format!("counts from {day}; before, it advises"))));
    rows.extend(rule.readings.clone().map(|readings| ("unsettled", readings)));
    rows.extend(rule.note.clone().map(|note| ("note", note)));
    rows.extend(pack.map(|pack| ("pack", format!("{}: {}", pack.title, pack.covers))));
    rows.push(("file", rule.file.path.clone()));
    for (name, text) in rows {
        page.hanging(0, 10, &format!("{}{text}", styled(DIM, &format!("{name:<10}"))));
    }
    for authority in &rule.authorities {
        let Some(term) = vocabulary.term(TermType::Authority, authority) else { continue };
        let standing = term.standing.map_or("standing not known", Standing::word);
        let style = if term.standing.is_none_or(Standing::shaky) { YELLOW } else { DIM };
        let dated = term.dated.map_or(String::new(), |day| format!("{day}, "));
        let url = term.url.as_deref().unwrap_or_default();
        let text = format!("{} ({dated}{}) {url}", term.title, styled(style, standing));
        page.hanging(0, 10, &format!("{}{text}", styled(DIM, &format!("{:<10}", "rests on"))));
    }
    if let Some(confirm) = &rule.confirm {
        page.hanging(0, 10, &format!("{}{confirm}", styled(YELLOW, &format!("{:<10}", "confirm"))));
    }
    for (title, names) in sides(rule) {
        page.gap();
        page.paragraph(0, &styled(STRONG, title));
        if names.is_empty() {
            page.paragraph(2, "none: it always applies");
        }
        for name in names {
            page.hanging(2, 4, &format!("{} {}", styled(STRONG, name), meaning(name, catalogue)));
        }
    }
    page.gap();
    page.paragraph(0, &styled(STRONG, "The rule in Cedar"));
    for line in conditions(rule) {
        let indent = 2 + line.len() - line.trim_start().len();
        page.hanging(indent, indent + 2, line.trim_start());
    }
    page.finish()
}

/// What a fact means that a rule consults, by its name.
pub(super) fn meaning<'c>(name: &str, catalogue: &'c Catalogue) -> &'c str {
    of_request(name).or_else(|| catalogue.find(name).map(|decl| decl.doc.as_str())).unwrap_or_default()
}

/// What a fact means that is a part of the request itself.
pub(super) fn of_request(name: &str) -> Option<&'static str> {
    match name {
        "principal" => Some("The data class of the item."),
        "action" => Some("The purpose."),
        "resource" => Some("The service."),
        _ => None,
    }
}

/// The two sides of a rule, each with the facts that it consults.
pub(super) fn sides(rule: &Rule) -> [(&'static str, &BTreeSet<String>); 2] {
    [("It applies by these facts", &rule.consulted.applies), ("These facts satisfy it", &rule.consulted.satisfied)]
}

/// The rule's conditions as they are written, without its annotations.
pub(super) fn conditions(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.file.text.lines().skip_while(|line| !line.starts_with("forbid"))
}

/// A table with a heading row.
pub(super) fn table(page: &mut Page, rows: &[Vec<String>]) {
    let widths = widths(rows);
    for (index, row) in rows.iter().enumerate() {
        if index == 0 {
            let heads: Vec<String> = row.iter().map(|cell| styled(DIM, cell)).collect();
            page.row(0, &heads, &widths);
        } else {
            page.row(0, row, &widths);
        }
    }
}
