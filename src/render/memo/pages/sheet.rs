//! Fact sheets: what the providers' terms say of the services in use, with sources and review dates.

use super::super::content::{Block, Chapter, Table, Text, joined, link, plain, quiet, spaced, span, strong};
use super::super::dossier::{Dossier, Sheet, SourceRecord};
use super::part;
use crate::render::service::{Row, Section};

fn id(service: &str) -> String {
    format!("sheet-{}", service.replace('/', "-"))
}

pub(super) fn overview(dossier: &Dossier<'_>) -> Chapter {
    // Days of ISO 8601 sort as texts.
    let as_of = dossier.report.as_of.as_str();
    let rows = dossier.sheets.iter().map(|sheet| {
        let state = match (sheet.due.to_string().as_str() < as_of, sheet.counts_until.to_string().as_str() < as_of) {
            (_, true) => "facts count as unknown",
            (true, false) => "review overdue",
            (false, false) => "in date",
        };
        let target = format!("#{}", id(&sheet.service));
        vec![
            vec![link(&sheet.service, &target)],
            plain(&sheet.title),
            plain(sheet.reviewed.to_string()),
            plain(sheet.due.to_string()),
            plain(sheet.counts_until.to_string()),
            plain(state),
            vec![link("", &target)],
        ]
    });
    let columns = [
        ("Service", 2.4),
        ("What it is", 3.0),
        ("Reviewed", 1.2),
        ("Review due", 1.2),
        ("Count until", 1.2),
        ("On the day", 1.4),
        ("Page", 0.7),
    ];
    let mut table = Table::new("Services that the flows use", &columns, rows.collect());
    if let Some(last) = table.columns.last_mut() {
        last.pages = true;
    }
    let about = "What the providers' own documents said on the day of the last review. After the last day on which they count, the facts \
                 are treated as not known. Where a term is silent, the value is unknown; silence is never taken as a no.";
    let known = if dossier.sheets.is_empty() {
        Block::Paragraph(plain("No profile was at hand."))
    } else {
        Block::Table(table)
    };
    part("providers", "Provider fact sheets", vec![Block::Paragraph(plain(about)), known])
}

pub(super) fn chapter(sheet: &Sheet) -> Chapter {
    let days = format!("{}; next review due {}; facts count until {}", sheet.reviewed, sheet.due, sheet.counts_until);
    let mut blocks = vec![Block::Facts(vec![
        ("Service".to_owned(), plain(&sheet.title)),
        ("Provider".to_owned(), plain(&sheet.provider)),
        ("Reviewed".to_owned(), plain(days)),
        ("Profile".to_owned(), plain(&sheet.file)),
    ])];
    blocks.extend(sheet.notes.iter().map(|note| Block::Paragraph(plain(note))));
    for section in &sheet.sections {
        blocks.push(Block::Heading(section.title.to_owned()));
        blocks.push(Block::Table(table(section)));
    }
    blocks.push(Block::Heading("Sources".to_owned()));
    let columns = [("Source", 1.3), ("Document", 4.6), ("Dated", 1.0), ("Read as", 1.1)];
    blocks.push(Block::Table(Table::new(
        "Documents behind the facts",
        &columns,
        sheet.sources.iter().map(source).collect(),
    )));
    Chapter { id: id(&sheet.service), level: 2, title: sheet.service.clone(), turns: true, blocks }
}

fn table(section: &Section) -> Table {
    let sourced = section.rows.iter().any(|row| !row.sources.is_empty());
    let noted = section.rows.iter().any(|row| !row.note.is_empty());
    let shares = [3.0, 1.8, 1.6, 1.6];
    let mut columns: Vec<(&'static str, f32)> =
        section.heads.iter().enumerate().map(|(at, head)| (*head, shares.get(at).copied().unwrap_or(1.6))).collect();
    columns.extend(sourced.then_some(("source", 1.8)));
    columns.extend(noted.then_some(("note", 3.4)));
    let rows = section.rows.iter().map(|row| cells(row, sourced, noted)).collect();
    Table::new(section.title, &columns, rows)
}

fn cells(row: &Row, sourced: bool, noted: bool) -> Vec<Text> {
    let mut cells = vec![spaced([strong(&row.key), span(&row.name)])];
    cells.extend(row.cells.iter().map(plain));
    if sourced {
        let cited = row.sources.join(", ");
        let limits = [row.limits.confidence.as_deref().unwrap_or_default(), row.limits.days.trim()];
        let limits = limits.into_iter().map(quiet);
        cells.push(joined(std::iter::once(span(cited)).chain(limits), ", "));
    }
    if noted {
        cells.push(plain(&row.note));
    }
    cells
}

fn source(source: &SourceRecord) -> Vec<Text> {
    let note = source.note.as_deref().unwrap_or_default();
    vec![
        plain(&source.key),
        spaced([span(&source.title), link(&source.url, &source.url), quiet(note)]),
        plain(source.dated.map_or_else(|| "undated".to_owned(), |day| day.to_string())),
        plain(source.confidence),
    ]
}
