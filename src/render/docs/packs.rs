//! One page per rule pack.

use std::fmt::Write;

use super::super::rules::{conditions, meaning, sides};
use super::table;
use crate::knowledge::{Knowledge, Vocabulary};
use crate::model::{Catalogue, RulePack, Standing, TermType};
use crate::rulebook::{OnViolation, Rule, RuleBook};

pub(super) fn page(pack: &RulePack, book: &RuleBook, knowledge: &Knowledge) -> String {
    let mut page = format!("# {}\n\n", pack.title);
    let _ = writeln!(page, "**Covers.** {}\n\n**Leaves out.** {}", pack.covers.trim(), pack.leaves_out.trim());
    let rules: Vec<&Rule> = book.rules.values().filter(|rule| rule.pack() == pack.id).collect();
    let confirm = rules.iter().filter(|rule| rule.confirm.is_some()).count();
    if confirm > 0 {
        let _ =
            writeln!(page, "\nOf {} rules, {confirm} rest on a source that a lawyer must still confirm.", rules.len());
    }
    for rule in rules {
        section(&mut page, rule, &book.catalogue, &knowledge.vocabulary);
    }
    page
}

fn section(page: &mut String, rule: &Rule, catalogue: &Catalogue, vocabulary: &Vocabulary) {
    let _ = writeln!(page, "\n## {}\n\n{}.\n", rule.id, rule.title);
    let verdict = match rule.on_violation {
        OnViolation::Condition => "the flow is conditional",
        OnViolation::Refuse => "the flow is refused",
        OnViolation::Unsettled => "the flow is undetermined: the law is not settled",
    };
    let row = |name: &str, text: &str| vec![name.to_owned(), text.to_owned()];
    let mut rows =
        vec![row("", ""), row("Source", &rule.cites), row("If violated", verdict), row("Remedy", &rule.remedy)];
    if let Some(day) = rule.effective {
        rows.push(row("Counts from", &format!("{day}; before, it advises")));
    }
    if let Some(readings) = &rule.readings {
        rows.push(row("Readings", readings));
    }
    for authority in &rule.authorities {
        let Some(term) = vocabulary.term(TermType::Authority, authority) else { continue };
        let standing = term.standing.map_or("standing not known", Standing::word);
        let title = match &term.url {
            Some(url) => format!("[{}]({url})", term.title),
            None => term.title.clone(),
        };
        rows.push(row("Rests on", &format!("{title}, {standing}")));
    }
    if let Some(note) = &rule.note {
        rows.push(row("Note", note));
    }
    if let Some(confirm) = &rule.confirm {
        rows.push(row("To confirm", confirm));
    }
    page.push_str(&table(&rows));
    for (title, names) in sides(rule) {
        let _ = writeln!(page, "\n{title}:\n");
        for name in names {
            let _ = writeln!(page, "- `{name}` {}", meaning(name, catalogue));
        }
        if names.is_empty() {
            page.push_str("- none\n");
        }
    }
    let _ = writeln!(page, "\n```cedar\n{}\n```", conditions(rule).collect::<Vec<_>>().join("\n").trim_end());
}
