//! The result as JUnit XML: a suite for each integration, a case for each rule that applies to one of its flows.
//!
//! A violation is a failure, what cannot be decided is an error, what is set aside is skipped. There are no times: a result with the
//! time of the run in it would be another one each time.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::finding::{self, Finding, plain_fact};
use crate::report::{FlowResult, Notice, Report, Status, Verdict};

type Xml = Writer<Vec<u8>>;

/// How many cases of a suite end in which way.
#[derive(Default, Clone, Copy)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// Renders the result.
///
/// # Errors
/// A text that cannot be written: a fault of the program.
pub fn render(report: &Report) -> Result<String, String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(&mut xml, report).map_err(|error| error.to_string())?;
    let mut text = String::from_utf8(xml.into_inner()).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}

fn write(xml: &mut Xml, report: &Report) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suites: Vec<&[FlowResult]> = report.flows.chunk_by(|a, b| a.integration == b.integration).collect();
    let of_flows = suites.iter().map(|flows| counts(flows));
    let total = of_flows.chain([notice_counts(&report.notices)]).fold(Counts::default(), Counts::and);
    let tests = total.tests.to_string();
    let (failures, errors) = (total.failures.to_string(), total.errors.to_string());
    let attributes = [("name", "tidegate"), ("tests", &tests), ("failures", &failures), ("errors", &errors)];
    xml.create_element("testsuites").with_attributes(attributes).write_inner_content(|xml| {
        for flows in suites {
            suite(xml, &flows[0].integration, Some(&flows[0].place.file), counts(flows), |xml| {
                flows.iter().try_for_each(|flow| cases(xml, report, flow))
            })?;
        }
        if report.notices.is_empty() {
            return Ok(());
        }
        suite(xml, "notices", None, notice_counts(&report.notices), |xml| {
            report.notices.iter().try_for_each(|told| notice(xml, told))
        })
    })?;
    Ok(())
}

impl Counts {
    fn and(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }

    fn count(&mut self, end: Option<&str>) {
        self.tests += 1;
        match end {
            Some("failure") => self.failures += 1,
            Some("error") => self.errors += 1,
            Some(_) => self.skipped += 1,
            None => {}
        }
    }
}

fn counts(flows: &[FlowResult]) -> Counts {
    let mut counts = Counts::default();
    for rule in flows.iter().flat_map(|flow| &flow.rules).filter(|rule| rule.status != Status::NotApplicable) {
        counts.count(if rule.aside.is_some() { Some("skipped") } else { end(rule.verdict) });
    }
    counts
}

fn notice_counts(notices: &[Notice]) -> Counts {
    let mut counts = Counts::default();
    notices.iter().for_each(|notice| counts.count(end(notice.verdict)));
    counts
}

/// The element with which a case of a verdict ends; none when it passes.
fn end(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Permitted => None,
        Verdict::Undetermined => Some("error"),
        Verdict::Conditional | Verdict::Refused => Some("failure"),
    }
}

fn suite(
    xml: &mut Xml,
    name: &str,
    file: Option<&str>,
    counts: Counts,
    cases: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let numbers = [counts.tests, counts.failures, counts.errors, counts.skipped].map(|number| number.to_string());
    let name = legal(name);
    let mut attributes = vec![
        ("name", name.as_str()),
        ("tests", &numbers[0]),
        ("failures", &numbers[1]),
        ("errors", &numbers[2]),
        ("skipped", &numbers[3]),
    ];
    let file = file.map(legal);
    attributes.extend(file.as_deref().map(|file| ("file", file)));
    xml.create_element("testsuite").with_attributes(attributes).write_inner_content(cases)?;
    Ok(())
}

/// The rules that apply to a flow: the findings, then those that are satisfied.
fn cases(xml: &mut Xml, report: &Report, flow: &FlowResult) -> io::Result<()> {
    let class = format!("{}.{}", flow.integration, flow.flow);
    for found in finding::of_flow(report, flow) {
        let (element, kind) = match (found.aside(), end(found.rule.verdict)) {
            (Some(_), _) | (None, None) => ("skipped", None),
            (None, Some(element)) => (element, Some(found.rule.verdict.word())),
        };
        case(xml, &class, &found.rule.id, |xml| {
            let message = legal(&found.because().unwrap_or_else(|| found.sentence()));
            let mut attributes = Vec::new();
            attributes.extend(kind.map(|kind| ("type", kind)));
            attributes.push(("message", message.as_str()));
            let text = legal(&body(&found));
            xml.create_element(element).with_attributes(attributes).write_text_content(BytesText::new(&text))?;
            Ok(())
        })?;
    }
    for rule in flow.rules.iter().filter(|rule| rule.status == Status::Satisfied) {
        let (class, name) = (legal(&class), legal(&rule.id));
        xml.create_element("testcase").with_attributes([("classname", &*class), ("name", &*name)]).write_empty()?;
    }
    Ok(())
}

fn case(xml: &mut Xml, class: &str, name: &str, end: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    let (class, name) = (legal(class), legal(name));
    let attributes = [("classname", class.as_str()), ("name", &name)];
    xml.create_element("testcase").with_attributes(attributes).write_inner_content(end)?;
    Ok(())
}

fn notice(xml: &mut Xml, notice: &Notice) -> io::Result<()> {
    case(xml, "notices", &notice.id, |xml| {
        let message = legal(&notice.message);
        let text = legal(&format!("{}\nRemedy: {}\n{}", notice.message, notice.remedy, finding::spot(&notice.place)));
        let content = BytesText::new(&text);
        match end(notice.verdict) {
            None => xml.create_element("system-out").write_text_content(content)?,
            Some(element) => {
                let attributes = [("type", notice.verdict.word()), ("message", &message)];
                xml.create_element(element).with_attributes(attributes).write_text_content(content)?
            }
        };
        Ok(())
    })
}

fn body(found: &Finding<'_>) -> String {
    let mut text = found.sentence();
    for (label, part) in found.parts(plain_fact) {
        text.push_str(&format!("\n{label}: {part}"));
    }
    text.push_str(&format!("\nAt: {}", finding::spot(&found.place())));
    text
}

/// A text without the characters that XML has no way to write.
fn legal(text: &str) -> String {
    text.replace(
        |letter: char| matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'),
        "\u{fffd}",
    )
}
