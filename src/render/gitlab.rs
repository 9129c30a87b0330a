//! The result as a Code Quality report of GitLab: a list of issues.

use serde_json::{Value as Json, json};

use super::finding::{self, Finding, plain_fact};
use super::{Each, pretty};
use crate::report::{Notice, Place, Report, Verdict};

/// Renders the result.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn render(report: &Report) -> Result<String, String> {
    let findings = finding::all(report);
    pretty(&Each(|| report.notices.iter().map(notice).chain(findings.iter().map(issue))))
}

fn issue(finding: &Finding<'_>) -> Json {
    let verdict = finding.rule.verdict;
    let mut text = finding.sentence();
    // The report shows one line: what decided, and what to do.
    for (label, part) in finding.parts(plain_fact) {
        if ["Fact", "To find out", "Remedy", "Set aside"].contains(&label) {
            text.push_str(&format!(" {label}: {}.", part.trim_end_matches('.')));
        }
    }
    entry(&text, &finding.rule.id, &finding.fingerprint(), verdict, &finding.place())
}

fn notice(notice: &Notice) -> Json {
    let text = format!("{} Remedy: {}.", notice.message, notice.remedy.trim_end_matches('.'));
    entry(&text, &notice.id, &finding::notice_fingerprint(notice), notice.verdict, &notice.place)
}

fn entry(text: &str, check: &str, fingerprint: &str, verdict: Verdict, place: &Place) -> Json {
    json!({
        "type": "issue",
        "description": text.split_whitespace().collect::<Vec<_>>().join(" "),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity(verdict),
        "location": { "path": if place.file.is_empty() { "." } else { &place.file }, "lines": { "begin": place.line.max(1) } },
    })
}

/// What is set aside has the verdict `permitted`, and only informs.
fn severity(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Permitted => "info",
        Verdict::Conditional => "major",
        Verdict::Undetermined => "critical",
        Verdict::Refused => "blocker",
    }
}
