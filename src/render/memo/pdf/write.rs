//! Pages as the bytes of a PDF. What the standard does not allow is an error of the library, and passed on.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Configuration, Validator};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{ArtifactType, ContentTag, SpanTag};
use krilla::{Document, SerializeSettings};

use super::super::content::{Book, Look, short};
use super::Sheets;
use super::fonts::{Fonts, Glyph};
use super::layout::Starts;
use super::place::{Mark, PAGE, Page, SIDE, WIDTH};
use super::tags::Tree;
use crate::report::Verdict;

/// The size of what stands above and below the text.
const SMALL: f32 = 7.5;

pub(super) fn document(book: &Book, fonts: &Fonts, sheets: Sheets) -> Result<Vec<u8>, String> {
    let Sheets { pages, mut tree, starts } = sheets;
    let configuration = Configuration::new_with_validator(Validator::A2_A);
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let number = pages.len();
    for (at, page) in pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or("the page has no size")?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        let mut links = Vec::new();
        frame(&mut surface, fonts, book, page, (at + 1, number));
        for mark in &page.marks {
            links.extend(draw(&mut surface, fonts, &mut tree, mark));
        }
        surface.finish();
        for (node, rect, target) in links {
            let to = match target.strip_prefix('#') {
                None => Target::Action(Action::Link(LinkAction::new(target.clone()))),
                Some(id) => match starts.get(id) {
                    Some(&(page, y)) => Target::Destination(XyzDestination::new(page, Point::from_xy(SIDE, y)).into()),
                    None => continue,
                },
            };
            let annotation = Annotation::new_link(LinkAnnotation::new(rect, to), Some(short(&target)));
            tree.content(node, sheet.add_tagged_annotation(annotation));
        }
        sheet.finish();
    }
    document.set_tag_tree(tree.finish());
    document.set_outline(outline(book, &starts));
    document.set_metadata(metadata(book)?);
    document.finish().map_err(|error| format!("the PDF cannot be written: {error:?}"))
}

fn metadata(book: &Book) -> Result<Metadata, String> {
    let moment: Timestamp =
        book.exported.parse().map_err(|error| format!("`{}` is no moment in RFC 3339: {error}", book.exported))?;
    let at = moment.to_zoned(TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0);
    Ok(Metadata::new()
        .title(book.title.clone())
        .description(book.summary.clone())
        .creator(book.creator.clone())
        .language("en".to_owned())
        .creation_date(date)
        .document_id(format!("{} {} {}", book.title, book.summary, book.exported)))
}

/// Bookmarks: the chapters, and below them their parts.
fn outline(book: &Book, starts: &Starts) -> Outline {
    let mut parts: Vec<OutlineNode> = Vec::new();
    for chapter in &book.chapters {
        let (page, y) = starts.get(&chapter.id).copied().unwrap_or_default();
        let node = OutlineNode::new(short(&chapter.title), XyzDestination::new(page, Point::from_xy(SIDE, y)));
        match parts.last_mut().filter(|_| chapter.level > 1) {
            Some(part) => part.push_child(node),
            None => parts.push(node),
        }
    }
    let mut outline = Outline::new();
    parts.into_iter().for_each(|part| outline.push_child(part));
    outline
}

/// What stands above and below the text of a page. Readers aloud pass over it.
fn frame(surface: &mut Surface<'_>, fonts: &Fonts, book: &Book, page: &Page, (at, of): (usize, usize)) {
    let small = |surface: &mut Surface<'_>, text: &str, x: f32, y: f32, of: ArtifactType| {
        surface.start_tagged(ContentTag::Artifact(of));
        let glyphs: Vec<Glyph> = text.chars().map(|letter| fonts.glyph(letter, false)).collect();
        write(surface, fonts, &glyphs, (x, y), SMALL, colour(Look::Quiet, false));
        surface.end_tagged();
    };
    if let Some(running) = &page.running {
        small(surface, &fit(running, fonts), SIDE, 38.0, ArtifactType::Header);
    }
    let y = PAGE.1 - 32.0;
    let number = format!("{at} of {of}");
    small(surface, &book.foot, SIDE, y, ArtifactType::Footer);
    let x = SIDE + WIDTH - fonts.width(&number, false) * SMALL;
    small(surface, &number, x, y, ArtifactType::Footer);
}

/// As much of a running title as the line holds.
fn fit(text: &str, fonts: &Fonts) -> String {
    if fonts.width(text, false) * SMALL <= WIDTH {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        short.push(letter);
        if fonts.width(&short, false) * SMALL > WIDTH - SMALL {
            break;
        }
    }
    short + "…"
}

/// Draws a mark, and tells where it leads: the part of the tree, the place on the page, and the target.
fn draw(surface: &mut Surface<'_>, fonts: &Fonts, tree: &mut Tree, mark: &Mark) -> Option<(usize, Rect, String)> {
    match mark {
        Mark::Rule { y, weight } => {
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_xywh(SIDE, *y, WIDTH, *weight)?);
            let path = path.finish()?;
            surface.start_tagged(ContentTag::Artifact(ArtifactType::Other));
            surface.set_fill(Some(Fill { paint: rgb::Color::new(0xb4, 0xba, 0xc2).into(), ..Fill::default() }));
            surface.draw_path(&path);
            surface.end_tagged();
            None
        }
        Mark::Text { x, baseline, size, piece, node, link } => {
            let tag = match node {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(ArtifactType::Other),
            };
            let drawn = surface.start_tagged(tag);
            write(surface, fonts, &piece.glyphs, (*x, *baseline), *size, colour(piece.look, link.is_some()));
            surface.end_tagged();
            let node = (*node)?;
            let Some(target) = link else {
                tree.content(node, drawn);
                return None;
            };
            let node = tree.link(node, piece.span);
            tree.content(node, drawn);
            let rect = Rect::from_xywh(*x, baseline - size, piece.width.max(1.0), size * 1.25)?;
            Some((node, rect, target.clone()))
        }
    }
}

/// Writes glyphs in one line, font by font.
fn write(surface: &mut Surface<'_>, fonts: &Fonts, glyphs: &[Glyph], at: (f32, f32), size: f32, colour: rgb::Color) {
    surface.set_fill(Some(Fill { paint: colour.into(), ..Fill::default() }));
    let (mut x, y) = at;
    for run in glyphs.chunk_by(|a, b| a.face == b.face) {
        let mut text = String::new();
        let mut drawn = Vec::new();
        for glyph in run {
            let start = text.len();
            text.push(glyph.letter);
            drawn.push(glyph.drawn(start..text.len()));
        }
        let face = run.first().map_or(0, |glyph| glyph.face);
        surface.draw_glyphs(Point::from_xy(x, y), &drawn, fonts.font(face), &text, size, false);
        x += run.iter().map(|glyph| glyph.advance * size).sum::<f32>();
    }
}

/// The colours of the page for browsers. No meaning rests on them alone.
fn colour(look: Look, leads: bool) -> rgb::Color {
    match look {
        _ if leads => rgb::Color::new(0x0b, 0x57, 0xd0),
        Look::Plain | Look::Strong => rgb::Color::new(0x1c, 0x1e, 0x21),
        Look::Quiet => rgb::Color::new(0x55, 0x5b, 0x63),
        Look::Verdict(Verdict::Permitted) => rgb::Color::new(0x12, 0x64, 0x2b),
        Look::Verdict(Verdict::Conditional) => rgb::Color::new(0x7a, 0x4b, 0x00),
        Look::Verdict(Verdict::Undetermined) => rgb::Color::new(0x0b, 0x5d, 0x7a),
        Look::Verdict(Verdict::Refused) => rgb::Color::new(0xb3, 0x14, 0x0e),
    }
}
