//! The result for people.

use std::collections::BTreeMap;

use anstyle::Style;
use rayon::prelude::*;

use super::finding::{PLACES, by_places, circumstances, counts, deciding, sign, value};
use super::page::{BLUE, DIM, GREEN, NO_BREAK, Page, RED, STRONG, YELLOW, styled};
use crate::report::{Approval, AsideBy, FactResult, FlowResult, Place, Report, RuleResult, Status, Verdict};

/// Flows that are rendered side by side.
const PIECE: usize = 256;

/// Renders the whole result; `verbose` adds the rules that are satisfied, and by which facts.
pub fn render(report: &Report, width: usize, verbose: bool) -> String {
    let mut text = flows(report, width, verbose);
    text.push_str(&end(report, width));
    text
}

/// Renders the flows: all, or those of a part.
pub fn flows(report: &Report, width: usize, verbose: bool) -> String {
    let section = |flow: &FlowResult| {
        let mut page = Page::new(width);
        flow_section(&mut page, report, flow, verbose);
        page.gap();
        page.finish()
    };
    let mut text = String::new();
    // In pieces, so that the parts do not stand beside the whole.
    for flows in report.flows.chunks(PIECE) {
        text.par_extend(flows.par_iter().map(section));
    }
    text
}

/// Renders what comes after the flows.
pub fn end(report: &Report, width: usize) -> String {
    let mut page = Page::new(width);
    notices(&mut page, report);
    summary(&mut page, report);
    page.finish()
}

fn flow_section(page: &mut Page, report: &Report, flow: &FlowResult, verbose: bool) {
    let (sign, style) = (sign(flow.verdict), look(flow.verdict));
    let name = format!("{} › {}", flow.integration, flow.flow);
    page.hanging(
        0,
        2,
        &format!(
            "{} {}  {}",
            styled(style, sign),
            styled(style, &flow.verdict.word().to_uppercase()),
            styled(STRONG, &name)
        ),
    );
    page.paragraph(2, &flow.title);
    page.paragraph(2, &styled(DIM, &circumstances(flow)));
    let findings = flow.findings();
    for verdict in Verdict::ALL.into_iter().rev() {
        let of: Vec<&&RuleResult> = findings.iter().filter(|finding| finding.verdict == verdict).collect();
        if of.is_empty() {
            continue;
        }
        page.gap();
        page.paragraph(2, &styled(look(verdict), &group_title(verdict, of.len())));
        for finding in of {
            finding_section(page, report, finding);
        }
    }
    set_aside(page, report, flow);
    questions(page, report, &findings);
    trail(page, report, flow, verbose);
}

fn group_title(verdict: Verdict, number: usize) -> String {
    let rules = if number == 1 { "1 rule".to_owned() } else { format!("{number} rules") };
    match verdict {
        Verdict::Refused => format!("Refused by {rules}"),
        Verdict::Undetermined => format!("Undetermined, for want of facts or settled law: {rules}"),
        Verdict::Conditional => format!("Conditions to meet: {rules}"),
        Verdict::Permitted => rules,
    }
}

fn finding_section(page: &mut Page, report: &Report, finding: &RuleResult) {
    let (sign, style) = (sign(finding.verdict), look(finding.verdict));
    page.gap();
    page.line(2, &format!("{} {}", styled(style, sign), styled(STRONG, &finding.id)));
    let Some(info) = report.rules.get(&finding.id) else { return };
    page.paragraph(4, &info.title);
    page.paragraph(4, &format!("{} {}", styled(DIM, "source"), info.cites));
    if let Some(confirm) = &info.confirm {
        page.paragraph(4, &format!("{} {confirm}", styled(DIM, "confirm")));
    }
    if let Some(readings) = info.readings.as_ref().filter(|_| finding.status == Status::Violated) {
        page.hanging(4, 11, &format!("{} {readings}", styled(DIM, "unsettled")));
    }
    if !finding.items.is_empty() {
        page.paragraph(4, &format!("{} {}", styled(DIM, "data  "), finding.items.join(", ")));
    }
    if let Some(error) = &finding.error {
        page.paragraph(4, &format!("{} {error}", styled(RED, "error ")));
    }
    for facts in by_places(&deciding(info, finding)) {
        fact_lines(page, report, &facts);
    }
    page.hanging(4, 11, &format!("{} {}", styled(DIM, "remedy"), info.remedy));
    // What an exception must name.
    if let Some(fingerprint) =
        finding.fingerprint.as_ref().filter(|_| info.waivable && finding.status == Status::Violated)
    {
        page.paragraph(4, &styled(DIM, &format!("finding {fingerprint}")));
    }
}

/// Facts and their places.
fn fact_lines(page: &mut Page, report: &Report, facts: &[&FactResult]) {
    for fact in facts {
        page.hanging(4, 6, &format!("{} = {}", styled(STRONG, &fact.name), value(&fact.value)));
    }
    let mut shown: Vec<(String, usize)> = Vec::new();
    for place in facts.first().into_iter().flat_map(|fact| fact.places()) {
        let key = (place.file.clone(), place.line);
        if place.line > 0 && shown.len() < PLACES && !shown.contains(&key) {
            shown.push(key);
            place_lines(page, report, &place, 6);
        }
    }
}

/// A place with its line, and the document behind it.
fn place_lines(page: &mut Page, report: &Report, place: &Place, indent: usize) {
    page.paragraph(indent, &styled(DIM, &format!("{}:{}:{}", place.file, place.line, place.column)));
    let text = report.lines.get(&place.file).and_then(|lines| lines.get(&place.line)).map_or("", String::as_str);
    page.excerpt(indent, &format!("{:>4} │ ", place.line), text, place.column);
    if let Some(source) = &place.source {
        let mut notes: Vec<&str> = Vec::new();
        notes.extend(source.dated.as_deref());
        notes.extend(source.confidence.as_deref());
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        // However long the address is, it stays with its mark.
        page.paragraph(indent + 5, &format!("{}{NO_BREAK}{}{notes}", styled(DIM, "└"), source.url));
    }
}

/// Findings that do not count, and why.
fn set_aside(page: &mut Page, report: &Report, flow: &FlowResult) {
    let set_aside = flow.set_aside();
    for by in AsideBy::ALL {
        let of: Vec<_> = set_aside.iter().filter(|(_, aside)| aside.by == by).collect();
        if of.is_empty() {
            continue;
        }
        page.gap();
        page.paragraph(2, &styled(DIM, heading(by)));
        for (rule, aside) in of {
            let Some(info) = report.rules.get(&rule.id) else { continue };
            let id = styled(STRONG, &rule.id);
            let text = match by {
                AsideBy::NotInForce => format!("{id} from {}: {}. {}", aside.reason, info.title, info.remedy),
                _ => format!("{id} ({}): {}", aside.verdict.word(), info.title),
            };
            page.hanging(2, 4, &text);
            if by != AsideBy::NotInForce {
                page.hanging(4, 6, &format!("{} {}", styled(DIM, "because"), aside.reason));
            }
            if let Some(approval) = &aside.approval {
                let Approval { id, owner, approver, ticket, expires } = approval;
                page.hanging(
                    4,
                    6,
                    &format!("{id}: {owner} answers for it, {approver} approved it; {ticket}; until {expires}"),
                );
            }
            if let Some(place) = &aside.place {
                page.paragraph(4, &styled(DIM, &format!("{}:{}:{}", place.file, place.line, place.column)));
            }
        }
    }
}

fn heading(by: AsideBy) -> &'static str {
    match by {
        AsideBy::NotInForce => "Not in force yet",
        AsideBy::PackOff => "Of packs that are switched off",
        AsideBy::Exception => "Excepted",
        AsideBy::Advice => "Advice",
        AsideBy::Baseline => "Known before",
    }
}

/// What to find out, once per fact.
fn questions(page: &mut Page, report: &Report, findings: &[&RuleResult]) {
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.status == Status::Undetermined) {
        for name in &finding.unknown {
            *asked.entry(name).or_default() += 1;
        }
    }
    if asked.is_empty() {
        return;
    }
    page.gap();
    page.paragraph(2, &styled(BLUE, "To find out"));
    for (name, rules) in asked {
        let doc = report.facts.get(name).map_or("", String::as_str);
        let count = if rules == 1 { "1 rule hangs on it".to_owned() } else { format!("{rules} rules hang on it") };
        page.hanging(2, 4, &format!("? {doc} {}", styled(DIM, &format!("{name}, {count}"))));
    }
}

/// The rules that applied and are satisfied: their number, or with `verbose` each with the facts that satisfied it.
fn trail(page: &mut Page, report: &Report, flow: &FlowResult, verbose: bool) {
    let satisfied: Vec<&RuleResult> = flow.rules.iter().filter(|rule| rule.status == Status::Satisfied).collect();
    let number = satisfied.len();
    page.gap();
    let rules = if number == 1 { "1 rule is" } else { &format!("{number} rules are") };
    page.paragraph(2, &styled(GREEN, &format!("{rules} satisfied")));
    if !verbose {
        return;
    }
    for rule in satisfied {
        page.gap();
        page.line(2, &format!("{} {}", styled(GREEN, "✓"), styled(STRONG, &rule.id)));
        let Some(info) = report.rules.get(&rule.id) else { continue };
        page.paragraph(4, &info.title);
        for fact in deciding(info, rule) {
            page.hanging(4, 6, &format!("{} = {}", fact.name, value(&fact.value)));
            if fact.line > 0 {
                page.paragraph(6, &styled(DIM, &format!("{}:{}:{}", fact.file, fact.line, fact.column)));
            }
        }
    }
}

/// What there is to say beyond the flows.
fn notices(page: &mut Page, report: &Report) {
    for notice in &report.notices {
        let (sign, style) = match notice.verdict {
            Verdict::Permitted => ("!", YELLOW),
            verdict => (sign(verdict), look(verdict)),
        };
        let message = format!("{} {} {}", styled(style, sign), styled(STRONG, &notice.id), notice.message);
        page.hanging(0, 2, &message);
        place_lines(page, report, &notice.place, 2);
        page.hanging(2, 9, &format!("{} {}", styled(DIM, "remedy"), notice.remedy));
        page.gap();
    }
}

fn summary(page: &mut Page, report: &Report) {
    let (flows, counts) = counts(report);
    let counts: Vec<String> = counts.into_iter().map(|(verdict, text)| styled(look(verdict), &text)).collect();
    page.paragraph(0, &format!("{} as of {}: {}", styled(STRONG, &flows), report.as_of, counts.join(", ")));
    let by = report.summary.set_aside.iter().filter(|(by, _)| **by != AsideBy::NotInForce);
    let counts: Vec<String> = by.map(|(by, number)| format!("{number} {}", by.word())).collect();
    if !counts.is_empty() {
        page.paragraph(0, &styled(YELLOW, &format!("Findings that do not count: {}", counts.join(", "))));
    }
    decided_by(page, report);
}

/// More files than this are counted, not named; the JSON result names every one.
const NAMED: usize = 12;

/// Which files decided: those of the binary by number, the user's own by name.
fn decided_by(page: &mut Page, report: &Report) {
    let mut embedded: BTreeMap<&str, usize> = BTreeMap::new();
    let mut own: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for input in &report.inputs {
        if input.path.starts_with("(embedded)/") {
            *embedded.entry(&input.kind).or_default() += 1;
        } else {
            own.entry(&input.kind).or_default().push(&input.path);
        }
    }
    let count = |kind: &str, noun: &str| embedded.get(kind).map(|number| format!("{number} {noun}"));
    let held: Vec<String> = [
        count("policy", "rules"),
        count("provider-profile", "provider profiles"),
        count("vocabulary", "vocabulary files"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let tool = format!("decided by {} {} with {} of its own", report.tool.name, report.tool.version, held.join(", "));
    page.hanging(0, 2, &styled(DIM, &tool));
    for (kind, paths) in own {
        let names = if paths.len() > NAMED { format!("{} files", paths.len()) } else { paths.join(", ") };
        page.hanging(2, 4, &styled(DIM, &format!("{kind}: {names}")));
    }
}

/// The style of a verdict.
pub(super) fn look(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Permitted => GREEN,
        Verdict::Conditional => YELLOW,
        Verdict::Undetermined => BLUE,
        Verdict::Refused => RED,
    }
}
