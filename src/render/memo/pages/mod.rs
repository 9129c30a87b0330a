//! The content of a dossier, chapter by chapter.

mod cover;
mod flow;
mod matrix;
mod sheet;
mod signatures;

use super::content::{Block, Book, Chapter, plain};
use super::dossier::Dossier;
use crate::report::FlowResult;

/// Puts the dossier together.
pub(super) fn book(dossier: &Dossier<'_>) -> Book {
    let report = dossier.report;
    let mut chapters = vec![cover::verdicts(report)];
    for (at, flow) in report.flows.iter().enumerate() {
        chapters.push(flow::memo(report, flow, at + 1, dossier.backgrounds.get(at)));
    }
    let about =
        "What every memo rests on: its findings in full, the facts that met the rules that are met, and the papers.";
    chapters.push(part("grounds", "Grounds", vec![Block::Paragraph(plain(about))]));
    for (at, flow) in report.flows.iter().enumerate() {
        chapters.push(flow::grounds(report, flow, at + 1, dossier.backgrounds.get(at)));
    }
    chapters.push(matrix::chapter(report));
    chapters.push(sheet::overview(dossier));
    chapters.extend(dossier.sheets.iter().map(sheet::chapter));
    chapters.push(signatures::chapter(dossier));
    let tool = format!("{} {}", report.tool.name, report.tool.version);
    Book {
        title: "Compliance dossier: customer data and AI services".to_owned(),
        summary: format!("Verdicts on {} as of {}, with their grounds.", flows(report.flows.len()), report.as_of),
        foot: format!("{tool} · as of {} · written {}", report.as_of, dossier.exported),
        creator: tool,
        exported: dossier.exported.to_owned(),
        cover: cover::cover(dossier, &chapters),
        chapters,
    }
}

fn flows(number: usize) -> String {
    if number == 1 { "1 flow".to_owned() } else { format!("{number} flows") }
}

/// How a memo is named, for links to it.
fn memo_id(number: usize) -> String {
    format!("memo-{number}")
}

/// How the grounds of a memo are named.
fn grounds_id(number: usize) -> String {
    format!("grounds-{number}")
}

/// A flow by its integration and its own name.
fn name(flow: &FlowResult) -> String {
    format!("{} › {}", flow.integration, flow.flow)
}

/// A chapter of the first level.
fn part(id: &str, title: &str, blocks: Vec<Block>) -> Chapter {
    Chapter { id: id.to_owned(), level: 1, title: title.to_owned(), turns: true, blocks }
}
