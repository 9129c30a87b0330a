//! What a rule says, as SARIF wants it.

use serde_json::{Value as Json, json};

use super::level;
use crate::render::markdown::escape;
use crate::report::{Report, RuleInfo};

/// GitHub takes no longer descriptions, in characters.
const MOST: usize = 1024;

/// The description of a rule, or of a kind of notice.
pub(super) fn descriptor(report: &Report, id: &str) -> Json {
    let Some(info) = report.rules.get(id) else { return notice(report, id) };
    let title = sentence(&info.title);
    let full = cut(&format!("{title} Source: {}.", info.cites.trim_end_matches('.')));
    let pack = id.split_once('/').map_or(id, |(pack, _)| pack);
    json!({
        "id": id,
        "name": name(id),
        "shortDescription": { "text": cut(&title) },
        "fullDescription": { "text": full },
        "help": help(info),
        "defaultConfiguration": { "level": level(info.on_violation) },
        "properties": { "tags": ["compliance", "privacy", pack], "precision": "very-high" },
    })
}

fn help(info: &RuleInfo) -> Json {
    let mut parts = vec![("Source", &info.cites), ("Remedy", &info.remedy)];
    parts.extend(info.confirm.as_ref().map(|confirm| ("Confirm", confirm)));
    parts.extend(info.effective.as_ref().map(|day| ("Counts from", day)));
    parts.extend(info.readings.as_ref().map(|readings| ("Unsettled", readings)));
    let mut text = sentence(&info.title);
    let mut markdown = escape(&text);
    for (label, part) in parts {
        text.push_str(&format!("\n{label}: {part}"));
        markdown.push_str(&format!("\n\n**{label}** {}", escape(part)));
    }
    json!({ "text": text, "markdown": markdown })
}

/// A notice speaks for itself; its kind only groups.
fn notice(report: &Report, id: &str) -> Json {
    let of = report.notices.iter().find(|notice| notice.id == id);
    let remedy = of.map_or("", |notice| notice.remedy.as_str());
    let title = format!("Notice of {}.", id.replace('/', ": ").replace('-', " "));
    let worst = report.notices.iter().filter(|notice| notice.id == id).map(|notice| notice.verdict).max();
    json!({
        "id": id,
        "name": name(id),
        "shortDescription": { "text": title },
        "fullDescription": { "text": title },
        "help": {
            "text": format!("{title}\nRemedy: {remedy}"),
            "markdown": format!("{}\n\n**Remedy** {}", escape(&title), escape(remedy)),
        },
        "defaultConfiguration": { "level": worst.map_or("warning", level) },
    })
}

/// `contract/retention-limit` as a name without signs: `ContractRetentionLimit`.
fn name(id: &str) -> String {
    let words = id.split(|letter: char| !letter.is_alphanumeric());
    words
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<Vec<_>>()
        })
        .collect()
}

fn sentence(title: &str) -> String {
    format!("{}.", title.trim_end_matches('.'))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}
