//! One flow on the page: its findings with the lines on both sides, and the rules that are satisfied.

use maud::{Markup, html};

use crate::render::finding::{
    self, ASIDE, Finding, by_places, circumstances, deciding, line, places, sign, spot, value,
};
use crate::report::{FactResult, FlowResult, Place, Report, RuleResult, Status};

pub(super) fn article(report: &Report, flow: &FlowResult, number: usize) -> Markup {
    let findings: Vec<Finding<'_>> = finding::of_flow(report, flow).collect();
    let satisfied: Vec<&RuleResult> = flow.rules.iter().filter(|rule| rule.status == Status::Satisfied).collect();
    html! {
        article id={ "flow-" (number) } {
            h3 { span class=(flow.verdict.word()) { (sign(flow.verdict)) " " (flow.verdict.word()) } " " (flow.integration) " › " (flow.flow) }
            p { (flow.title) }
            p class="about" { (circumstances(flow)) br; code { (spot(&flow.place)) } }
            @for finding in &findings { (told(finding)) }
            @if !satisfied.is_empty() {
                details class="satisfied" {
                    summary { (satisfied.len()) @if satisfied.len() == 1 { " rule is" } @else { " rules are" } " satisfied" }
                    ul { @for rule in satisfied { (passed(report, rule)) } }
                }
            }
        }
    }
}

fn told(finding: &Finding<'_>) -> Markup {
    let aside = finding.aside();
    let verdict = finding.rule.verdict.word();
    html! {
        section class={ "finding " @if aside.is_some() { "aside" } @else { (verdict) } } {
            h4 {
                @match aside {
                    Some(aside) => { span { (ASIDE) " " (aside.by.word()) " (" (aside.verdict.word()) ")" } }
                    None => { span class=(verdict) { (sign(finding.rule.verdict)) " " (verdict) } }
                }
                " " (finding.rule.id)
            }
            p { (finding.info.title) "." }
            @for facts in by_places(&finding.facts()) { (facts_block(finding, &facts)) }
            dl {
                // Facts are shown above, with their lines.
                @for (label, part) in finding.parts(|_| String::new()) {
                    @if label != "Fact" { div { dt { (label) } dd { (part) } } }
                }
            }
        }
    }
}

/// Facts of the same places.
fn facts_block(finding: &Finding<'_>, facts: &[&FactResult]) -> Markup {
    html! {
        div class="fact" {
            @for fact in facts {
                p { code { (fact.name) } " = " strong { (value(&fact.value)) } }
                @if let Some(doc) = finding.report.facts.get(&fact.name) { p class="doc" { (doc) } }
            }
            @for place in facts.first().map(|fact| places(fact)).unwrap_or_default() {
                (place_block(finding.report, &place))
            }
        }
    }
}

fn place_block(report: &Report, place: &Place) -> Markup {
    html! {
        p class="place" { code { (spot(place)) } }
        pre tabindex="0" { code { (format!("{:>4} │ {}", place.line, line(report, place).trim_start())) } }
        @if let Some(source) = &place.source {
            p class="source" {
                @if source.url.starts_with("https://") || source.url.starts_with("http://") {
                    a href=(source.url) rel="noreferrer" { (source.title) }
                    // A printed page has no links.
                    span class="address" { " " (source.url) }
                } @else { (source.title) " " (source.url) }
                @if let Some(dated) = &source.dated { ", " (dated) }
                @if let Some(confidence) = &source.confidence { ", " (confidence) }
            }
        }
    }
}

fn passed(report: &Report, rule: &RuleResult) -> Markup {
    let Some(info) = report.rules.get(&rule.id) else { return html! {} };
    html! {
        li {
            strong { (rule.id) } " " (info.title) "."
            @let facts = deciding(info, rule);
            @if !facts.is_empty() {
                ul {
                    @for fact in facts {
                        li {
                            code { (fact.name) } " = " (value(&fact.value))
                            @if fact.line > 0 { " " code { (fact.file) ":" (fact.line) ":" (fact.column) } }
                        }
                    }
                }
            }
        }
    }
}
