//! What changed, for people.

use serde_json::Value as Json;

use super::{Change, Diff, InputChange, RuleChange};
use crate::render::page::{DIM, GREEN, Page, STRONG, YELLOW, styled};
use crate::report::{AsideBy, Status, Verdict};

/// The changes for people.
pub fn text(diff: &Diff, width: usize) -> String {
    let mut page = Page::new(width);
    if diff.is_empty() {
        page.paragraph(0, "nothing changed");
        return page.finish();
    }
    let none = || "none".to_owned();
    let heads = [("as of", &diff.as_of), ("tool", &diff.tool), ("engine", &diff.engine)];
    for (label, change) in heads {
        if let Some(Change { old, new }) = change {
            let (old, new) = (old.clone().unwrap_or_else(none), new.clone().unwrap_or_else(none));
            page.hanging(0, 2, &format!("{label}: {old} → {new}"));
        }
    }
    if let Some(change) = &diff.verdict {
        page.hanging(0, 2, &format!("verdict: {}", verdicts(change)));
    }
    inputs_on(&mut page, &diff.inputs);
    for flow in &diff.flows {
        page.gap();
        let name = styled(STRONG, &format!("{} › {}", flow.integration, flow.flow));
        page.hanging(0, 2, &format!("{name}  {}", verdicts(&flow.verdict)));
        for rule in &flow.rules {
            rule_on(&mut page, rule);
        }
    }
    page.finish()
}

fn inputs_on(page: &mut Page, inputs: &[InputChange]) {
    let mut kind = "";
    for input in inputs {
        if input.kind != kind {
            kind = &input.kind;
            page.gap();
            page.paragraph(0, &styled(STRONG, kind));
        }
        let (style, word) = match (&input.sha256.old, &input.sha256.new) {
            (None, _) => (GREEN, "added"),
            (_, None) => (YELLOW, "removed"),
            _ => (YELLOW, "changed"),
        };
        page.hanging(2, 4, &format!("{} {}", styled(style, word), input.path));
        let digest = |digest: &Option<String>| digest.as_ref().map(|text| text.get(..12).unwrap_or(text).to_owned());
        if let (Some(old), Some(new)) = (digest(&input.sha256.old), digest(&input.sha256.new)) {
            page.hanging(4, 4, &styled(DIM, &format!("{old}… → {new}…")));
        }
    }
}

fn rule_on(page: &mut Page, rule: &RuleChange) {
    let status = |status: Option<Status>| status.map_or("absent", Status::word);
    let mut line = format!("{}: {} → {}", rule.id, status(rule.status.old), status(rule.status.new));
    if rule.aside.old != rule.aside.new {
        let by = |by: Option<AsideBy>| by.map_or("counts", AsideBy::word);
        line.push_str(&format!(" ({} → {})", by(rule.aside.old), by(rule.aside.new)));
    }
    page.hanging(2, 4, &line);
    for fact in &rule.facts {
        let shown = |values: &[Json]| {
            let one = |value: &Json| if value.is_null() { "unknown".to_owned() } else { value.to_string() };
            values.iter().map(one).collect::<Vec<_>>().join(" and ")
        };
        page.hanging(4, 6, &format!("{}: {} → {}", fact.name, shown(&fact.old), shown(&fact.new)));
        if fact.place.line > 0 {
            let place = format!("{}:{}:{}", fact.place.file, fact.place.line, fact.place.column);
            page.hanging(6, 6, &styled(DIM, &place));
        }
    }
}

fn verdicts(change: &Change<Verdict>) -> String {
    let word = |verdict: Option<Verdict>| verdict.map_or("absent", Verdict::word);
    if change.old == change.new {
        return format!("{}, as before", word(change.new));
    }
    format!("{} → {}", word(change.old), word(change.new))
}
