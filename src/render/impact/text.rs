//! What a change does, for people.

use anstyle::Style;

use super::{
    Group, asides, counts, flow_sign, name, places, remark, spot, standings, states, values, verdict, verdicts,
};
use crate::impact::{Change, FactChange, FlowChange, Impact, RuleChange, Spot, Standing};
use crate::render::finding::notice_sign;
use crate::render::page::{BLUE, DIM, Page, STRONG, YELLOW, styled};
use crate::render::text::look;

/// More files than this are counted, not named; the JSON has every one.
const NAMED: usize = 12;

/// Renders what a change does.
pub fn render(impact: &Impact, width: usize) -> String {
    let mut page = Page::new(width);
    for change in Change::ALL {
        if impact.summary.of(change) == 0 {
            continue;
        }
        let title = format!("{}: {}", heading(change), super::number(impact.summary.of(change)));
        page.paragraph(0, &styled(style(change), &title));
        page.gap();
        for flow in impact.flows(change) {
            section(&mut page, flow);
            page.gap();
        }
    }
    notices(&mut page, impact);
    page.paragraph(0, &styled(STRONG, &counts(impact)));
    if let Some(remark) = remark(impact) {
        page.paragraph(0, &styled(YELLOW, &remark));
    }
    page.hanging(0, 2, &styled(DIM, &states(impact)));
    files(&mut page, impact);
    page.finish()
}

fn heading(change: Change) -> &'static str {
    match change {
        Change::Loosened => "Loosened",
        Change::Tightened => "Tightened",
        Change::Reasons => "Same verdict, other reasons",
        Change::Added => "Added",
        Change::Removed => "Removed",
    }
}

fn style(change: Change) -> Style {
    match change {
        Change::Loosened => YELLOW,
        Change::Tightened => BLUE,
        Change::Reasons | Change::Added | Change::Removed => STRONG,
    }
}

fn section(page: &mut Page, flow: &FlowChange) {
    let look = verdict(flow).map_or(STRONG, look);
    let name = styled(STRONG, &format!("{} › {}", flow.integration, flow.flow));
    page.hanging(0, 2, &format!("{} {name}  {}", styled(look, flow_sign(flow)), styled(look, &verdicts(flow))));
    page.paragraph(2, &flow.title);
    page.paragraph(2, &styled(DIM, &spot(&flow.place)));
    for group in Group::of(flow) {
        page.gap();
        cause(page, &group);
    }
}

/// Rules that changed in the same way, and why.
fn cause(page: &mut Page, group: &Group<'_>) {
    let Some(first) = group.first() else { return };
    if group.brief() {
        let ids: Vec<&str> = group.rules.iter().map(|rule| rule.id.as_str()).collect();
        page.hanging(2, 4, &format!("{}: {}", standings(first), ids.join(", ")));
    } else {
        for rule in &group.rules {
            page.hanging(2, 4, &format!("{} {}", styled(STRONG, &rule.id), standings(rule)));
            page.paragraph(4, &rule.title);
            items(page, rule);
        }
    }
    for line in group.files().iter().chain(&asides(first)) {
        page.hanging(4, 6, line);
    }
    first.facts.iter().for_each(|fact| fact_lines(page, fact));
}

/// The data items of a finding, where other ones have it than before.
fn items(page: &mut Page, rule: &RuleChange) {
    let of = |standing: &Option<Standing>| {
        standing.as_ref().filter(|standing| standing.is_finding()).map(|standing| standing.items.join(", "))
    };
    if let (Some(before), Some(after)) = (of(&rule.base), of(&rule.head))
        && before != after
    {
        page.hanging(4, 6, &format!("{} {before} → {after}", styled(DIM, "data")));
    }
}

fn fact_lines(page: &mut Page, fact: &FactChange) {
    page.hanging(4, 6, &format!("{}: {}", styled(STRONG, &fact.name), values(fact)));
    for (state, spots) in places(fact) {
        for place in spots {
            place_lines(page, state, place);
        }
    }
}

fn place_lines(page: &mut Page, state: &str, place: &Spot) {
    page.paragraph(6, &styled(DIM, &format!("{state} {}", spot(place))));
    page.excerpt(6, &format!("{:>4} │ ", place.line), &place.text, place.column);
    if let Some(source) = &place.source {
        page.paragraph(11, &format!("{} {}", styled(DIM, "└"), source.url));
    }
}

fn notices(page: &mut Page, impact: &Impact) {
    for notice in &impact.notices {
        page.hanging(0, 2, &format!("{} {} {}", notice_sign(notice), styled(STRONG, &notice.id), notice.message));
        page.paragraph(2, &styled(DIM, &crate::render::finding::spot(&notice.place)));
        page.hanging(2, 9, &format!("{} {}", styled(DIM, "remedy"), notice.remedy));
        page.gap();
    }
}

/// The files that differ.
fn files(page: &mut Page, impact: &Impact) {
    let differ = &impact.inputs;
    if differ.is_empty() {
        page.paragraph(2, &styled(DIM, &format!("no file that was read differs from {}", name(&impact.base))));
    } else if differ.len() > NAMED {
        page.paragraph(2, &styled(DIM, &format!("{} files that were read differ", differ.len())));
    }
    for input in differ.iter().filter(|_| differ.len() <= NAMED) {
        page.hanging(2, 4, &styled(DIM, &format!("{} {}: {}", input.change.word(), input.kind, input.path)));
    }
}
