//! The dossier for a browser and its printer.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::content::{Block, Book, Chapter, Look, Span, Table, Text};
use crate::render::finding::sign;
use crate::render::html::{POLICY, STYLE};

const PRINT: &str = include_str!("memo.css");

pub(super) fn render(book: &Book) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(book.creator);
                meta name="description" content=(book.summary);
                title { (book.title) }
                style { (PreEscaped(STYLE)) (PreEscaped(PRINT)) }
            }
            body class="dossier" {
                header { @for block in &book.cover { (piece(block, 1)) } }
                main { @for chapter in &book.chapters { (section(chapter)) } }
                footer { p { (book.foot) } }
            }
        }
    };
    page.into_string() + "\n"
}

fn section(chapter: &Chapter) -> Markup {
    html! {
        section class=(if chapter.turns { "chapter" } else { "chapter among" }) id=(chapter.id) {
            (heading(chapter.level + 1, "title", &html! { (chapter.title) }))
            @for block in &chapter.blocks { (piece(block, chapter.level + 1)) }
        }
    }
}

fn heading(level: u8, class: &str, words: &Markup) -> Markup {
    html! {
        @match level {
            1 => { h1 class=(class) { (words) } }
            2 => { h2 class=(class) { (words) } }
            3 => { h3 class=(class) { (words) } }
            4 => { h4 class=(class) { (words) } }
            _ => { h5 class=(class) { (words) } }
        }
    }
}

/// A block below a heading of a level.
fn piece(block: &Block, level: u8) -> Markup {
    html! {
        @match block {
            Block::Title(title) => { h1 { (title) } }
            Block::Answer(verdict, words) => { p class={ "answer " (verdict.word()) } { (sign(*verdict)) " " (words) } }
            Block::Heading(words) => { (heading(level + 1, "heading", &html! { (words) })) }
            Block::Subheading(words) => { (heading(level + 2, "subheading", &text(words))) }
            Block::Paragraph(words) => { p { (text(words)) } }
            Block::Fine(words) => { p class="fine" { (text(words)) } }
            Block::Facts(facts) => { dl { @for (name, said) in facts { div { dt { (name) } dd { (text(said)) } } } } }
            Block::Table(of) => { (table(of)) }
        }
    }
}

fn table(table: &Table) -> Markup {
    let shown = |at: &usize| !table.columns[*at].pages;
    let columns: Vec<usize> = (0..table.columns.len()).filter(shown).collect();
    html! {
        section class="wide" tabindex="0" aria-label=(table.label) {
            table class=[table.to_fill_in.then_some("fill-in")] {
                thead { tr { @for &at in &columns { th scope="col" { (table.columns[at].head) } } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for &at in &columns {
                                @let words = row.get(at).map(text).unwrap_or_default();
                                @if at == 0 { th scope="row" { (words) } } @else { td { (words) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn text(text: &Text) -> Markup {
    html! { @for span in text { (piece_of(span)) } }
}

fn piece_of(span: &Span) -> Markup {
    let words = match span.look {
        Look::Plain => html! { (span.words) },
        Look::Strong => html! { strong { (span.words) } },
        Look::Quiet => html! { span class="doc" { (span.words) } },
        Look::Verdict(verdict) => html! { span class=(verdict.word()) { (span.words) } },
    };
    match &span.link {
        None => words,
        Some(target) if target.starts_with('#') => html! { a href=(target) { (words) } },
        Some(target) => html! { a href=(target) rel="noreferrer" { (words) } },
    }
}
