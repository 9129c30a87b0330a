//! The result as annotations of GitHub Actions.
//!
//! GitHub shows ten errors, ten warnings and ten notices of a step and drops the others, so the last of each says how many more there
//! are. Everything is in the summary of the step.

use std::fmt::Write;

use super::finding::{self, Finding, headline, plain_fact};
use crate::report::{Notice, Place, Report, Verdict};

/// How many annotations of a kind GitHub shows for a step.
const MOST: usize = 10;

/// An annotation before it is written.
struct Annotation {
    level: &'static str,
    place: Place,
    title: String,
    text: String,
}

/// Renders the annotations, and the numbers of the run.
pub fn render(report: &Report) -> String {
    let notices = report.notices.iter().map(of_notice);
    let annotations: Vec<Annotation> = notices.chain(finding::all(report).iter().map(of_finding)).collect();
    let mut text = String::new();
    for level in ["error", "warning", "notice"] {
        let of: Vec<&Annotation> = annotations.iter().filter(|annotation| annotation.level == level).collect();
        let shown = if of.len() > MOST { MOST - 1 } else { of.len() };
        of[..shown].iter().for_each(|annotation| annotation.write(&mut text));
        let more = of.len() - shown;
        if more > 0 {
            let title = format!("{more} more");
            let said =
                format!("{more} more findings of this kind are not shown here; the summary of this step has all");
            let _ = writeln!(text, "::{level} title={}::{}", property(&title), data(&said));
        }
    }
    let _ = writeln!(text, "{}", headline(report));
    text
}

fn of_finding(finding: &Finding<'_>) -> Annotation {
    let (id, name) = (&finding.rule.id, format!("{} › {}", finding.flow.integration, finding.flow.flow));
    let mut text = finding.sentence();
    for (label, part) in finding.parts(plain_fact) {
        let _ = write!(text, "\n{label}: {part}");
    }
    Annotation { level: level(finding.rule.verdict), place: finding.place(), title: format!("{id} ({name})"), text }
}

fn of_notice(notice: &Notice) -> Annotation {
    Annotation {
        level: level(notice.verdict),
        place: notice.place.clone(),
        title: notice.id.clone(),
        text: format!("{}\nRemedy: {}", notice.message, notice.remedy),
    }
}

/// What cannot be decided closes the gate like what is refused. What is set aside has the verdict `permitted`.
fn level(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Permitted => "notice",
        Verdict::Conditional => "warning",
        Verdict::Undetermined | Verdict::Refused => "error",
    }
}

impl Annotation {
    fn write(&self, text: &mut String) {
        let mut properties = Vec::new();
        if finding::can_be_opened(&self.place.file) {
            properties.push(format!("file={}", property(&self.place.file)));
            if self.place.line > 0 {
                properties.push(format!("line={},col={}", self.place.line, self.place.column.max(1)));
            }
        }
        properties.push(format!("title={}", property(&self.title)));
        let _ = writeln!(text, "::{} {}::{}", self.level, properties.join(","), data(&self.text));
    }
}

/// The message of a command: a line break would end it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command, which also ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
