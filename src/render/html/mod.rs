//! The result as one page for a browser: nothing is fetched, nothing runs, and it can be printed.

mod flow;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::finding::{headline, notice_sign, sign, spot};
use crate::report::{Report, Verdict};

pub(super) const STYLE: &str = include_str!("style.css");
/// Nothing but the page's own style.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Renders the whole result.
pub fn render(report: &Report) -> String {
    let word = report.verdict.map_or("nothing to check", Verdict::word);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="color-scheme" content="light dark";
                title { "Tidegate: " (word) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Tidegate: " span class=(word) { (report.verdict.map_or("", sign)) " " (word) } }
                    p { (headline(report)) }
                    (choice(report))
                }
                main id="all" {
                    (notices(report))
                    (overview(report))
                    @for verdict in Verdict::ALL.into_iter().rev() { (section(report, verdict)) }
                    (inputs(report))
                }
                footer {
                    p { "Decided by " (report.tool.name) " " (report.tool.version) " (" (report.tool.engine) ") as of " (report.as_of) "." }
                }
            }
        }
    };
    page.into_string() + "\n"
}

fn number(report: &Report, verdict: Verdict) -> usize {
    match verdict {
        Verdict::Permitted => report.summary.permitted,
        Verdict::Conditional => report.summary.conditional,
        Verdict::Undetermined => report.summary.undetermined,
        Verdict::Refused => report.summary.refused,
    }
}

/// Links that show the flows of one verdict, and all again.
fn choice(report: &Report) -> Markup {
    html! {
        nav aria-label="Flows by verdict" {
            ul {
                li { a href="#all" { "all " (report.summary.flows) } }
                @for verdict in Verdict::ALL.into_iter().rev() {
                    @if number(report, verdict) > 0 {
                        li { a class=(verdict.word()) href={ "#" (verdict.word()) } { (sign(verdict)) " " (verdict.word()) " " (number(report, verdict)) } }
                    }
                }
            }
        }
    }
}

fn notices(report: &Report) -> Markup {
    html! {
        @if !report.notices.is_empty() {
            section class="notices" {
                h2 { "Notices" }
                ul {
                    @for notice in &report.notices {
                        li {
                            strong class={ @if notice.verdict > Verdict::Permitted { (notice.verdict.word()) } @else { "aside" } } { (notice_sign(notice)) " " (notice.id) } " " (notice.message)
                            br; "Remedy: " (notice.remedy)
                            br; code { (spot(&notice.place)) }
                        }
                    }
                }
            }
        }
    }
}

/// Every flow in a line, the worst first.
fn overview(report: &Report) -> Markup {
    let mut flows: Vec<_> = report.flows.iter().enumerate().collect();
    flows.sort_by_key(|(_, flow)| std::cmp::Reverse(flow.verdict));
    html! {
        section class="overview" {
            h2 { "Flows" }
            section class="wide" tabindex="0" aria-label="Table of flows" {
                table {
                    thead { tr {
                        th scope="col" { "Verdict" } th scope="col" { "Flow" } th scope="col" { "Purpose" }
                        th scope="col" { "Service" } th scope="col" { "Location" } th scope="col" { "Findings" }
                    } }
                    tbody {
                        @for (at, flow) in flows {
                            tr {
                                td class=(flow.verdict.word()) { (sign(flow.verdict)) " " (flow.verdict.word()) }
                                th scope="row" { a href={ "#flow-" (at + 1) } { (flow.integration) " › " (flow.flow) } }
                                td { (flow.purpose) } td { (flow.service) } td { (flow.location) }
                                td {
                                    (flow.findings().len())
                                    @if !flow.set_aside().is_empty() { ", " (flow.set_aside().len()) " set aside" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The flows of one verdict.
fn section(report: &Report, verdict: Verdict) -> Markup {
    html! {
        @if number(report, verdict) > 0 {
            section class="verdict" id=(verdict.word()) {
                h2 class=(verdict.word()) { (sign(verdict)) " " (heading(verdict)) }
                @for (at, flow) in report.flows.iter().enumerate() {
                    @if flow.verdict == verdict { (flow::article(report, flow, at + 1)) }
                }
            }
        }
    }
}

/// A verdict as a sentence.
pub(super) fn heading(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Permitted => "Permitted",
        Verdict::Conditional => "Conditional: papers on record would cure it",
        Verdict::Undetermined => "Undetermined: a fact is not known, or the law is not settled",
        Verdict::Refused => "Refused: only another flow would do",
    }
}

/// The files that decided.
fn inputs(report: &Report) -> Markup {
    html! {
        section class="inputs" {
            h2 { "Files that decided" }
            details {
                summary { (report.inputs.len()) " files, with their digests" }
                section class="wide" tabindex="0" aria-label="Table of files" {
                    table {
                        thead { tr { th scope="col" { "File" } th scope="col" { "Kind" } th scope="col" { "SHA-256" } } }
                        tbody {
                            @for input in &report.inputs {
                                tr { th scope="row" { (input.path) } td { (input.kind) } td { code { (input.sha256) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
