//! The memo on a flow: may it, under which rules, facts and papers, what is open, and who let what stand until when. It is
//! made to fit one page; its grounds, with every place and source, stand in a part of their own.

use std::collections::BTreeMap;

use super::super::content::{Block, Chapter, Table, Text, joined, link, plain, quiet, spaced, span, strong, verdict};
use super::super::dossier::{Background, PaperRecord};
use super::{grounds_id, memo_id, name};
use crate::render::finding::{self, ASIDE, Finding, deciding, places, spot, value};
use crate::render::html::heading;
use crate::render::rules::of_request;
use crate::report::{Aside, AsideBy, FactResult, FlowResult, Report, RuleResult, Status};

/// Where everything stands that a memo has no room for.
const BESIDES: &str = "which the grounds tell";

pub(super) fn memo(report: &Report, flow: &FlowResult, number: usize, background: Option<&Background>) -> Chapter {
    let findings = counting(report, flow);
    let mut blocks = vec![
        Block::Answer(flow.verdict, heading(flow.verdict).to_owned()),
        Block::Facts(about(flow, background)),
        Block::Heading("What is still open".to_owned()),
    ];
    if findings.is_empty() {
        let beside = if flow.set_aside().is_empty() { "" } else { " What is set aside stands below." };
        blocks.push(Block::Paragraph(plain(format!("Nothing that counts.{beside}"))));
    } else {
        let columns = [("Rule", 3.0), ("Facts", 3.0), ("Remedy", 2.4)];
        let rows = findings.iter().map(|finding| in_short(report, finding));
        let table = Table::new("Findings that count", &columns, rows.collect());
        blocks.push(Block::Table(Table { besides: Some(BESIDES), ..table }));
    }
    set_aside(&mut blocks, report, flow);
    if let Some(background) = background.filter(|background| !background.papers.is_empty()) {
        blocks.push(Block::Heading("Papers on record".to_owned()));
        let table = papers(&background.papers, &report.as_of);
        blocks.push(Block::Table(Table { besides: Some(BESIDES), ..table }));
    }
    rules_met(&mut blocks, flow);
    let grounds = link(format!("Grounds of memo {number}"), &format!("#{}", grounds_id(number)));
    blocks.push(Block::Fine(spaced([span("With every fact, place and source:"), grounds])));
    Chapter { id: memo_id(number), level: 2, title: format!("Memo {number}: {}", name(flow)), turns: true, blocks }
}

/// What a memo rests on: every finding in full, and the facts that met the rules that are met.
pub(super) fn grounds(report: &Report, flow: &FlowResult, number: usize, background: Option<&Background>) -> Chapter {
    let mut blocks = Vec::new();
    counting(report, flow).iter().for_each(|finding| open(&mut blocks, finding));
    facts_that_met(&mut blocks, report, flow);
    if let Some(background) = background.filter(|background| !background.papers.is_empty()) {
        blocks.push(Block::Heading("Papers".to_owned()));
        blocks.push(Block::Table(papers_in_full(&background.papers)));
    }
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(plain("No rule applies that consults a fact.")));
    }
    let title = format!("Grounds of memo {number}: {}", name(flow));
    Chapter { id: grounds_id(number), level: 2, title, turns: false, blocks }
}

/// The findings that count.
fn counting<'a>(report: &'a Report, flow: &'a FlowResult) -> Vec<Finding<'a>> {
    finding::of_flow(report, flow).filter(|finding| finding.aside().is_none()).collect()
}

/// A finding in one row of a table.
fn in_short(report: &Report, finding: &Finding<'_>) -> Vec<Text> {
    // Items may answer a question alike.
    let mut told: Vec<(&str, String)> = Vec::new();
    for fact in finding.facts() {
        let answer = (question(report, fact), value(&fact.value));
        if !told.contains(&answer) {
            told.push(answer);
        }
    }
    let facts = told.iter().flat_map(|(question, answer)| [span(question), strong(answer)]);
    vec![
        spaced([
            verdict(finding.rule.verdict),
            strong(&finding.rule.id),
            span(&finding.info.title),
            quiet(&finding.info.cites),
        ]),
        spaced(facts),
        plain(&finding.info.remedy),
    ]
}

fn about(flow: &FlowResult, background: Option<&Background>) -> Vec<(String, Text)> {
    let list = |names: &Option<Vec<String>>| match names {
        None => "not stated".to_owned(),
        Some(names) if names.is_empty() => "none".to_owned(),
        Some(names) => names.join(", "),
    };
    let stated = |text: &str| if text.is_empty() { "not stated".to_owned() } else { text.to_owned() };
    let mut facts = vec![("Integration".to_owned(), plain(&flow.title))];
    let mut operation = String::new();
    if let Some(background) = background {
        facts.push((
            "Owner".to_owned(),
            plain(format!("{}; {}", stated(&background.owner), stated(&background.environment))),
        ));
        facts.push(("Data".to_owned(), plain(stated(&background.data.join(", ")))));
        operation = format!(", the model's operation: {}", stated(&background.operation));
    }
    facts.extend([
        ("Purpose".to_owned(), plain(format!("{}{operation}", flow.purpose))),
        ("Service".to_owned(), plain(format!("{} at {}", flow.service, flow.location))),
        ("Contracts, laws".to_owned(), plain(format!("{}; {}", list(&flow.contracts), list(&flow.laws)))),
        ("Stated in".to_owned(), plain(spot(&flow.place))),
    ]);
    facts
}

/// A finding that counts.
fn open(blocks: &mut Vec<Block>, finding: &Finding<'_>) {
    blocks.push(Block::Subheading(spaced([verdict(finding.rule.verdict), strong(&finding.rule.id)])));
    let mut facts = vec![("Requirement".to_owned(), plain(&finding.info.title))];
    let mut shown = finding.facts().into_iter();
    for (label, part) in finding.parts(|_| String::new()) {
        // The facts are told with their places and sources.
        let text = if label == "Fact" {
            shown.next().map(|fact| told(finding.report, fact)).unwrap_or_default()
        } else {
            plain(part)
        };
        facts.push((label.to_owned(), text));
    }
    blocks.push(Block::Facts(facts));
}

/// The question that a fact answers.
fn question<'a>(report: &'a Report, fact: &'a FactResult) -> &'a str {
    let of_fact = report.facts.get(&fact.name).map(String::as_str);
    of_fact.or_else(|| of_request(&fact.name)).unwrap_or(&fact.name)
}

/// A fact as question and answer, with where it stands.
fn told(report: &Report, fact: &FactResult) -> Text {
    let mut text = vec![span(question(report, fact)), strong(value(&fact.value))];
    for place in places(fact) {
        text.push(quiet(spot(&place)));
        if let Some(source) = place.source {
            let about = [source.dated, source.confidence].into_iter().flatten().collect::<Vec<_>>().join(", ");
            text.push(link(&source.title, &source.url));
            text.push(quiet(if about.is_empty() { String::new() } else { format!("({about})") }));
        }
    }
    spaced(text)
}

fn set_aside(blocks: &mut Vec<Block>, report: &Report, flow: &FlowResult) {
    let aside = flow.set_aside();
    let (excepted, other): (Vec<_>, Vec<_>) = aside.into_iter().partition(|(_, aside)| aside.by == AsideBy::Exception);
    let rule = |rule: &RuleResult, aside: &Aside| {
        let title = report.rules.get(&rule.id).map_or("", |info| info.title.as_str());
        let would = format!("{ASIDE} {}, would be", aside.by.word());
        spaced([strong(&rule.id), span(title), quiet(would), verdict(aside.verdict)])
    };
    if !excepted.is_empty() {
        blocks.push(Block::Heading("Exceptions".to_owned()));
        let rows = excepted.iter().map(|(result, aside)| {
            let of = |pick: fn(&crate::report::Approval) -> &String| {
                plain(aside.approval.as_ref().map_or("", |by| pick(by)))
            };
            vec![
                rule(result, aside),
                spaced([span(&aside.reason), quiet(aside.place.as_ref().map(spot).unwrap_or_default())]),
                of(|by| &by.owner),
                of(|by| &by.approver),
                of(|by| &by.ticket),
                of(|by| &by.expires),
            ]
        });
        let columns =
            [("Rule", 3.0), ("Reason", 2.6), ("Owner", 2.1), ("Approved by", 2.1), ("Ticket", 1.2), ("Until", 1.3)];
        blocks.push(Block::Table(Table::new("Exceptions on this flow", &columns, rows.collect())));
    }
    if !other.is_empty() {
        blocks.push(Block::Heading("Told, and not counted".to_owned()));
        let rows = other.iter().map(|(result, aside)| {
            let reason = match aside.by {
                AsideBy::NotInForce => format!("The rule counts from {}.", aside.reason),
                _ => aside.reason.clone(),
            };
            vec![rule(result, aside), spaced([span(reason), quiet(aside.place.as_ref().map(spot).unwrap_or_default())])]
        });
        blocks.push(Block::Table(Table::new(
            "Findings that do not count",
            &[("Rule", 2.0), ("Why", 1.0)],
            rows.collect(),
        )));
    }
}

fn papers(papers: &[PaperRecord], as_of: &str) -> Table {
    let rows = papers.iter().map(|paper| {
        // Days of ISO 8601 sort as texts.
        let holds = match (paper.date, paper.expires) {
            (None, _) => "undated",
            (Some(from), _) if from.to_string().as_str() > as_of => "not yet",
            (_, Some(to)) if to.to_string().as_str() < as_of => "ran out",
            _ => "yes",
        };
        vec![plain(&paper.what), plain(&paper.reference), day(paper.date), day(paper.expires), plain(holds)]
    });
    let columns = [("Paper", 3.0), ("Reference", 3.4), ("From", 1.1), ("Until", 1.1), ("Holds", 0.8)];
    Table::new("Papers on record, and whether they hold on the day of the decision", &columns, rows.collect())
}

fn day(day: Option<crate::model::Date>) -> Text {
    plain(day.map_or_else(|| "–".to_owned(), |day| day.to_string()))
}

/// The papers with the digests that prove which they are.
fn papers_in_full(papers: &[PaperRecord]) -> Table {
    let rows = papers.iter().map(|paper| {
        let digest = paper.sha256.as_ref().map(|digest| format!("SHA-256 {digest}")).unwrap_or_default();
        let about = spaced([span(&paper.reference), quiet(digest)]);
        vec![plain(&paper.what), about, day(paper.date), day(paper.expires)]
    });
    let columns = [("Paper", 2.4), ("Reference, and digest if on record", 4.8), ("From", 1.1), ("Until", 1.1)];
    Table::new("Papers with their digests", &columns, rows.collect())
}

fn satisfied(flow: &FlowResult) -> impl Iterator<Item = &RuleResult> {
    flow.rules.iter().filter(|rule| rule.status == Status::Satisfied)
}

/// The rules that are met, by pack.
fn rules_met(blocks: &mut Vec<Block>, flow: &FlowResult) {
    let mut packs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for rule in satisfied(flow) {
        let (pack, short) = rule.id.split_once('/').unwrap_or(("", &rule.id));
        packs.entry(pack).or_default().push(short);
    }
    if !packs.is_empty() {
        blocks.push(Block::Heading(format!("Rules that are met: {}", satisfied(flow).count())));
        blocks.extend(packs.into_iter().map(|(pack, rules)| fine(pack, plain(rules.join(", ")))));
    }
}

/// The facts that met the rules that are met, by file.
fn facts_that_met(blocks: &mut Vec<Block>, report: &Report, flow: &FlowResult) {
    let mut facts: BTreeMap<&str, BTreeMap<&str, &FactResult>> = BTreeMap::new();
    for rule in satisfied(flow) {
        let Some(info) = report.rules.get(&rule.id) else { continue };
        for fact in deciding(info, rule) {
            facts.entry(&fact.file).or_default().insert(&fact.name, fact);
        }
    }
    if facts.is_empty() {
        return;
    }
    blocks.push(Block::Heading("Facts that met the rules".to_owned()));
    for (file, facts) in facts {
        let file = if file.is_empty() { "worked out" } else { file };
        let told = facts.values().map(|fact| span(format!("{} = {}", fact.name, value(&fact.value))));
        blocks.push(fine(file, joined(told, "; ")));
    }
}

/// Small print under a name.
fn fine(name: &str, said: Text) -> Block {
    let mut text = spaced([strong(format!("{name}:"))]);
    text.iter_mut().for_each(|span| span.words.push(' '));
    text.extend(said);
    Block::Fine(text)
}
