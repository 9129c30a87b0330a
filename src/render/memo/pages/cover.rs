//! The first page, and the table of verdicts.

use std::collections::BTreeSet;

use super::super::content::{Block, Chapter, Column, Table, link, plain, quiet, spaced, span, strong, verdict};
use super::super::dossier::Dossier;
use super::{flows, memo_id, name, part, signatures};
use crate::render::finding::{counts, notice_sign, sign, spot};
use crate::report::{FlowResult, Report, Verdict};

pub(super) fn cover(dossier: &Dossier<'_>, chapters: &[Chapter]) -> Vec<Block> {
    let report = dossier.report;
    let integrations: BTreeSet<&str> = report.flows.iter().map(|flow| flow.integration.as_str()).collect();
    let verdicts = counts(report).1.into_iter().map(|(of, text)| {
        let number = text.split(' ').next().unwrap_or_default().to_owned();
        [strong(number), verdict(of)]
    });
    let mut facts = vec![
        ("Integrations".to_owned(), plain(integrations.len().to_string())),
        ("Flows".to_owned(), plain(flows(report.flows.len()))),
        ("Verdicts".to_owned(), spaced(verdicts.flatten())),
        ("As of".to_owned(), plain(&report.as_of)),
        ("Written".to_owned(), plain(dossier.exported)),
        (
            "Decided by".to_owned(),
            plain(format!("{} {}, {}", report.tool.name, report.tool.version, report.tool.engine)),
        ),
        ("Digest of inputs".to_owned(), plain(signatures::digest(&report.inputs))),
    ];
    facts.extend(dossier.signers.iter().map(|signer| ("Signed with".to_owned(), plain(&signer.key_id))));
    let parts = chapters.iter().filter(|chapter| chapter.level == 1).map(|chapter| {
        let target = format!("#{}", chapter.id);
        vec![vec![link(&chapter.title, &target)], vec![link("", &target)]]
    });
    let mut contents = Table::new("Contents", &[("Part", 8.0), ("Page", 1.0)], parts.collect());
    mark_pages(&mut contents.columns);
    vec![
        Block::Title("Compliance dossier: customer data and AI services".to_owned()),
        Block::Paragraph(plain(
            "May this data, for this purpose, go to this AI service, processed in this place, under these contracts and laws, on this day?",
        )),
        match report.verdict {
            Some(worst) => Block::Answer(worst, format!("Worst verdict: {}", worst.word())),
            None => Block::Paragraph(plain("There was nothing to check.")),
        },
        Block::Facts(facts),
        Block::Heading("Contents".to_owned()),
        Block::Table(contents),
        Block::Heading("How to read a verdict".to_owned()),
        Block::Facts(
            Verdict::ALL.into_iter().map(|of| (format!("{} {}", sign(of), of.word()), plain(meaning(of)))).collect(),
        ),
    ]
}

fn meaning(of: Verdict) -> &'static str {
    match of {
        Verdict::Permitted => "Every rule that applies is met, or the finding is set aside by a recorded decision.",
        Verdict::Conditional => "Not yet: papers that can be put on record would cure every violation.",
        Verdict::Undetermined => {
            "Not yet: a fact is not known, or the law is not settled. What is not known is never taken as a yes."
        }
        Verdict::Refused => "No: only another flow would do.",
    }
}

/// The last column shows on which page something stands.
fn mark_pages(columns: &mut [Column]) {
    if let Some(last) = columns.last_mut() {
        last.pages = true;
    }
}

pub(super) fn verdicts(report: &Report) -> Chapter {
    let rows = report.flows.iter().enumerate().map(|(at, flow)| row(flow, at + 1));
    let columns = [
        ("Memo", 0.9),
        ("Verdict", 2.2),
        ("Flow", 3.4),
        ("Purpose", 2.2),
        ("Service", 2.6),
        ("Findings", 1.4),
        ("Page", 0.8),
    ];
    let mut table = Table::new("Verdict on every flow", &columns, rows.collect());
    mark_pages(&mut table.columns);
    let mut blocks = vec![Block::Table(table)];
    if !report.notices.is_empty() {
        let rows = report.notices.iter().map(|notice| {
            vec![
                spaced([strong(format!("{} {}", notice_sign(notice), notice.id))]),
                spaced([span(&notice.message), quiet(spot(&notice.place))]),
                plain(&notice.remedy),
            ]
        });
        blocks.push(Block::Heading("Notices".to_owned()));
        let columns = [("Notice", 1.5), ("What is the case", 3.0), ("Remedy", 2.0)];
        blocks.push(Block::Table(Table::new("Notices", &columns, rows.collect())));
    }
    part("verdicts", "Verdicts", blocks)
}

fn row(flow: &FlowResult, number: usize) -> Vec<super::super::content::Text> {
    let target = format!("#{}", memo_id(number));
    let (findings, aside) = (flow.findings().len(), flow.set_aside().len());
    let findings = if aside > 0 { format!("{findings}, {aside} set aside") } else { findings.to_string() };
    vec![
        plain(number.to_string()),
        vec![verdict(flow.verdict)],
        vec![link(name(flow), &target)],
        plain(&flow.purpose),
        plain(format!("{} at {}", flow.service, flow.location)),
        plain(findings),
        vec![link("", &target)],
    ]
}
