//! What `discover` found, for people and for programs.

use super::page::{BLUE, DIM, GREEN, Page, STRONG, styled};
use super::pretty;
use crate::discover::{Discovery, Finding, Trace};

/// The discovery as JSON, with a line break at the end.
///
/// # Errors
/// A value that JSON cannot hold: a fault of the program.
pub fn json(discovery: &Discovery) -> Result<String, String> {
    pretty(discovery)
}

/// The discovery as text. What is declared, what does not count and what was not searched is only told when wanted.
pub fn text(discovery: &Discovery, verbose: bool, width: usize) -> String {
    let mut page = Page::new(width);
    for finding in discovery.providers.iter().filter(|finding| verbose || !finding.declared) {
        provider(&mut page, finding, verbose);
    }
    if verbose && !discovery.aside.is_empty() {
        page.paragraph(0, &styled(STRONG, "These do not count:"));
        for aside in &discovery.aside {
            trace(&mut page, &aside.trace);
            let place = aside.place.as_ref().map_or(String::new(), |place| format!(" ({}:{})", place.file, place.line));
            page.hanging(4, 4, &styled(DIM, &format!("{}{place}", aside.reason)));
        }
        page.gap();
    }
    let mut left_out = discovery.left_out.iter().filter(|left_out| verbose || left_out.failed).peekable();
    if left_out.peek().is_some() {
        page.paragraph(0, &styled(STRONG, "Not searched:"));
        for left_out in left_out {
            page.hanging(2, 4, &format!("{}: {}", left_out.path, left_out.reason));
        }
        page.gap();
    }
    page.paragraph(0, &summary(discovery));
    page.finish()
}

fn provider(page: &mut Page, finding: &Finding, verbose: bool) {
    let state = if finding.declared { styled(GREEN, "declared") } else { styled(BLUE, "undeclared") };
    page.paragraph(0, &format!("{}  {state}", styled(STRONG, &finding.title)));
    for shown in finding.traces.iter().filter(|trace| verbose || !trace.declared) {
        trace(page, shown);
    }
    if verbose {
        for flow in &finding.flows {
            let declared = format!("{} › {} declares a flow to {}", flow.integration, flow.flow, flow.service);
            page.hanging(2, 4, &styled(DIM, &declared));
        }
    }
    if !finding.declared {
        page.hanging(2, 4, &format!("→ {}", finding.remedy()));
    }
    page.gap();
}

fn trace(page: &mut Page, trace: &Trace) {
    let from = trace.ecosystem.as_ref().map_or(String::new(), |ecosystem| format!(" ({ecosystem})"));
    let place = styled(DIM, &format!("{}:{}:{}", trace.file, trace.line, trace.column));
    page.hanging(2, 4, &format!("{} {}{from}  {place}", trace.kind.word(), trace.name));
}

fn summary(discovery: &Discovery) -> String {
    let files = plural(discovery.files, "file", "files");
    let open = discovery.providers.iter().filter(|finding| !finding.declared).count();
    match discovery.providers.len() {
        0 => format!("no AI provider found in {files}"),
        found => {
            let providers = plural(found, "AI provider", "AI providers");
            format!("{providers} found in {files}, {open} without a declared flow")
        }
    }
}

fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
