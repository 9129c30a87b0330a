//! The result as Markdown: a comment on a pull request, or the summary of a step.
//!
//! Both have a greatest length. The verdict and the table of flows come first, then the findings as far as they fit, the worst first;
//! a sentence says what is left out.

use std::cmp::Reverse;
use std::fmt::Write;

use super::finding::{self, ASIDE, Finding, circumstances, counts, notice_sign, places, sign, spot, value};
use crate::report::{FactResult, FlowResult, Report};

/// GitHub takes no longer comments. It counts characters; bytes are never fewer.
pub const COMMENT: usize = 65_536;
/// By this line a program finds the comment that it wrote before.
const MARK: &str = "<!-- tidegate:report -->";
/// Room for the sentences that say what is left out, and for the last lines.
pub(super) const RESERVE: usize = 1024;

/// Renders the result in no more than `most` bytes.
pub fn render(report: &Report, most: usize) -> String {
    let mut text = head(report);
    let tail = tail(report);
    let room = most.saturating_sub(RESERVE + tail.len());
    if text.len() > room {
        let short = format!("{MARK}\n{}\n\nThere is no room for more here.\n", title(report));
        return if short.len() <= most { short } else { String::new() };
    }
    let mut flows: Vec<&FlowResult> = report.flows.iter().collect();
    flows.sort_by_key(|flow| Reverse(flow.verdict));
    // The table may take half of the room.
    let half = room / 2;
    let left = fill(&mut text, half, flows.iter().map(|flow| row(flow)));
    if left > 0 {
        let _ = write!(text, "\n{left} more flows are left out of the table, none of them worse than these.\n");
    }
    text.push('\n');
    let told = flows.iter().filter(|flow| finding::of_flow(report, flow).next().is_some());
    let left = fill(&mut text, room, told.map(|flow| details(report, flow)));
    if left > 0 {
        let flows = if left == 1 { "1 flow".to_owned() } else { format!("{left} flows") };
        let _ = write!(
            text,
            "\nThe findings of {flows} are left out for want of room; `--format html` or `text` has all.\n"
        );
    }
    text.push_str(&tail);
    text
}

/// Appends the pieces while they fit; tells how many did not.
pub(super) fn fill(text: &mut String, room: usize, pieces: impl Iterator<Item = String>) -> usize {
    let mut left = 0;
    for piece in pieces {
        if left == 0 && text.len() + piece.len() <= room {
            text.push_str(&piece);
        } else {
            left += 1;
        }
    }
    left
}

fn title(report: &Report) -> String {
    match report.verdict {
        Some(verdict) => format!("## {} Tidegate: {}", sign(verdict), verdict.word()),
        None => "## Tidegate: nothing to check".to_owned(),
    }
}

fn head(report: &Report) -> String {
    let (flows, counts) = counts(report);
    let counts: Vec<String> = counts.into_iter().map(|(_, text)| text).collect();
    let mut text =
        format!("{MARK}\n{}\n\n**{flows}** as of {}: {}\n\n", title(report), report.as_of, counts.join(", "));
    for notice in &report.notices {
        let _ = writeln!(
            text,
            "- {} {} {} Remedy: {} ({})",
            notice_sign(notice),
            code(&notice.id),
            escape(&notice.message),
            escape(&notice.remedy),
            code(&spot(&notice.place)),
        );
    }
    if !report.notices.is_empty() {
        text.push('\n');
    }
    text.push_str("| Verdict | Flow | About | Findings |\n|---|---|---|---|\n");
    text
}

fn tail(report: &Report) -> String {
    format!(
        "\n<sub>Decided by {} {} as of {}.</sub>\n",
        escape(&report.tool.name),
        escape(&report.tool.version),
        report.as_of
    )
}

fn row(flow: &FlowResult) -> String {
    let (findings, aside) = (flow.findings().len(), flow.set_aside().len());
    let aside = if aside > 0 { format!(", {aside} set aside") } else { String::new() };
    format!(
        "| {} {} | {} › {} | {} | {findings}{aside} |\n",
        sign(flow.verdict),
        flow.verdict.word(),
        escape(&flow.integration),
        escape(&flow.flow),
        escape(&circumstances(flow)),
    )
}

fn details(report: &Report, flow: &FlowResult) -> String {
    let findings: Vec<Finding<'_>> = finding::of_flow(report, flow).collect();
    let number = if findings.len() == 1 { "1 finding".to_owned() } else { format!("{} findings", findings.len()) };
    let mut text = format!(
        "<details><summary>{} <strong>{}</strong> {} › {}: {number}</summary>\n\n{}\n\n",
        sign(flow.verdict),
        flow.verdict.word(),
        escape(&flow.integration),
        escape(&flow.flow),
        escape(&flow.title),
    );
    findings.iter().for_each(|finding| section(&mut text, finding));
    text.push_str("</details>\n\n");
    text
}

fn section(text: &mut String, finding: &Finding<'_>) {
    let mark = match finding.aside() {
        Some(aside) => format!("{} ({})", aside.by.word(), aside.verdict.word()),
        None => finding.rule.verdict.word().to_owned(),
    };
    let sign = if finding.aside().is_some() { ASIDE } else { sign(finding.rule.verdict) };
    let _ = writeln!(text, "{sign} **{mark}** {}: {}\n", code(&finding.rule.id), escape(&finding.info.title));
    for (label, part) in finding.parts(fact) {
        let part = if label == "Fact" { part } else { escape(&part) };
        let _ = writeln!(text, "- {label}: {part}");
    }
    text.push('\n');
}

/// A fact with its places, and links to the documents behind it.
fn fact(fact: &FactResult) -> String {
    let mut text = code(&format!("{} = {}", fact.name, value(&fact.value)));
    for place in places(fact) {
        let _ = write!(text, " · {}", code(&spot(&place)));
        if let Some(source) = place.source {
            let link = ["https://", "http://"].iter().any(|start| source.url.starts_with(start));
            let name = escape(&source.title);
            // An address in angle brackets ends at the first space or bracket.
            let whole = !source.url.contains(|letter: char| letter.is_whitespace() || "<>\\".contains(letter));
            let _ = if link && whole {
                write!(text, " · [{name}](<{}>)", source.url)
            } else {
                write!(text, " · {name} {}", escape(&source.url))
            };
        }
    }
    text
}

/// A text that Markdown shows as it is: no markup, no HTML, no cell of a table, nobody mentioned and no issue named.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' => escaped.push_str("@<!-- -->"),
            '#' => escaped.push_str("#<!-- -->"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '!' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A text as code, whatever backticks it holds.
pub(super) fn code(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{code, escape};

    #[test]
    fn texts_stay_texts() {
        assert_eq!(escape("a|b\n*c* @d #1"), "a\\|b \\*c\\* @<!-- -->d #<!-- -->1");
        assert_eq!(escape("<script>&"), "&lt;script&gt;&amp;");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
    }
}
