//! What a change does, as a comment on a pull request. It has a greatest length, like that of a result.

use std::fmt::Write;

use super::{Group, asides, counts, flow_sign, places, remark, spot, standings, states, values, verdicts};
use crate::impact::{Change, FlowChange, Impact};
use crate::render::finding::notice_sign;
use crate::render::markdown::{RESERVE, code, escape, fill};

/// By this line a program finds the comment that it wrote before.
const MARK: &str = "<!-- tidegate:impact -->";

/// Renders what a change does in no more than `most` bytes.
pub fn render(impact: &Impact, most: usize) -> String {
    let mut text = head(impact);
    let tail = format!("\n<sub>{}.</sub>\n", escape(&states(impact)));
    let room = most.saturating_sub(RESERVE + tail.len());
    if !impact.flows.is_empty() {
        text.push_str("| Change | Flow | Verdict | Rules |\n|---|---|---|---|\n");
        // The table may take half of the room.
        let left = fill(&mut text, room / 2, impact.flows.iter().map(row));
        if left > 0 {
            let _ = write!(text, "\n{left} more flows are left out of the table.\n");
        }
        text.push('\n');
        let told = impact.flows.iter().filter(|flow| !flow.rules.is_empty());
        let left = fill(&mut text, room, told.map(details));
        if left > 0 {
            let flows = super::number(left);
            let _ = write!(text, "\nThe causes for {flows} are left out for want of room; `--format text` has all.\n");
        }
    }
    text.push_str(&tail);
    text
}

fn head(impact: &Impact) -> String {
    let title = match (impact.summary.loosened, impact.summary.tightened) {
        (0, 0) => "✓ Tidegate: no verdict changes".to_owned(),
        (0, tightened) => format!("✗ Tidegate: {} tightened", super::number(tightened)),
        (loosened, _) => format!("! Tidegate: {} loosened", super::number(loosened)),
    };
    let mut text = format!("{MARK}\n## {title}\n\n{}\n\n", counts(impact));
    if let Some(remark) = remark(impact) {
        let _ = write!(text, "{}.\n\n", escape(&remark));
    }
    for notice in &impact.notices {
        let place = crate::render::finding::spot(&notice.place);
        let (sign, id) = (notice_sign(notice), code(&notice.id));
        let _ = writeln!(
            text,
            "- {sign} {id} {} Remedy: {} ({})",
            escape(&notice.message),
            escape(&notice.remedy),
            code(&place)
        );
    }
    if !impact.notices.is_empty() {
        text.push('\n');
    }
    text
}

fn change(flow: &FlowChange) -> &'static str {
    if flow.change == Change::Reasons { "other reasons" } else { flow.change.words() }
}

fn row(flow: &FlowChange) -> String {
    format!(
        "| {} | {} › {} | {} {} | {} |\n",
        change(flow),
        escape(&flow.integration),
        escape(&flow.flow),
        flow_sign(flow),
        verdicts(flow),
        flow.rules.len(),
    )
}

fn details(flow: &FlowChange) -> String {
    let mut text = format!(
        "<details><summary><strong>{}</strong> {} › {}: {}</summary>\n\n{}\n\n",
        change(flow),
        escape(&flow.integration),
        escape(&flow.flow),
        verdicts(flow),
        escape(&flow.title),
    );
    for group in Group::of(flow) {
        cause(&mut text, &group);
    }
    text.push_str("</details>\n\n");
    text
}

fn cause(text: &mut String, group: &Group<'_>) {
    let Some(first) = group.first() else { return };
    if group.brief() {
        let ids: Vec<String> = group.rules.iter().map(|rule| code(&rule.id)).collect();
        let _ = writeln!(text, "**{}**: {}\n", standings(first), ids.join(", "));
    } else {
        for rule in &group.rules {
            let _ = writeln!(text, "{} **{}**: {}\n", code(&rule.id), standings(rule), escape(&rule.title));
        }
    }
    let mut lines: Vec<String> = group.files().iter().chain(&asides(first)).map(|line| escape(line)).collect();
    for fact in &first.facts {
        let mut line = code(&format!("{}: {}", fact.name, values(fact)));
        for (state, spots) in places(fact) {
            for place in spots {
                let _ = write!(line, " · {state} {} {}", code(&spot(place)), code(place.text.trim()));
            }
        }
        lines.push(line);
    }
    for line in &lines {
        let _ = writeln!(text, "- {line}");
    }
    if !lines.is_empty() {
        text.push('\n');
    }
}
