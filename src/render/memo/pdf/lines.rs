//! Text broken into lines, by the rules of Unicode (UAX #14): Chinese between its characters, addresses after a stroke. What has no
//! place to break, such as a digest, is broken where the line ends.

use unicode_linebreak::linebreaks;

use super::super::content::{Look, Span};
use super::fonts::{Fonts, Glyph};

/// A line.
#[derive(Clone, Default)]
pub(super) struct Line {
    pub(super) pieces: Vec<Piece>,
}

/// Characters of a line that look alike and lead to the same place.
#[derive(Clone)]
pub(super) struct Piece {
    /// Which span of the text they belong to.
    pub(super) span: usize,
    /// Its look.
    pub(super) look: Look,
    /// From the start of the line, in points.
    pub(super) x: f32,
    /// The width, in points.
    pub(super) width: f32,
    /// The characters.
    pub(super) glyphs: Vec<Glyph>,
}

/// Breaks a text into lines of a width.
pub(super) fn broken(text: &[Span], bold: bool, size: f32, width: f32, fonts: &Fonts) -> Vec<Line> {
    let whole: String = text.iter().map(|span| span.words.as_str()).collect();
    // For every character: its span, its glyph, and whether the line may end after it.
    let mut letters: Vec<(usize, Glyph, bool)> = Vec::new();
    let mut breaks = linebreaks(&whole).map(|(at, _)| at).peekable();
    let mut at = 0;
    for (index, span) in text.iter().enumerate() {
        let bold = bold || matches!(span.look, Look::Strong | Look::Verdict(_));
        for letter in span.words.chars() {
            at += letter.len_utf8();
            while breaks.peek().is_some_and(|end| *end < at) {
                breaks.next();
            }
            let ends = breaks.peek() == Some(&at) || matches!(letter, '_' | '/');
            letters.push((index, fonts.glyph(letter, bold), ends));
        }
    }
    let mut lines = Vec::new();
    let (mut start, mut last, mut used) = (0, None, 0.0);
    let mut index = 0;
    while let Some((_, glyph, ends)) = letters.get(index) {
        let advance = glyph.advance * size;
        let over = used + advance > width && glyph.letter != ' ' && index > start;
        if over {
            let end = last.unwrap_or(index);
            lines.push(line(letters.get(start..end).unwrap_or_default(), text, size));
            (start, last, used) = (end, None, 0.0);
            index = end;
            continue;
        }
        used += advance;
        index += 1;
        if *ends {
            last = Some(index);
        }
    }
    lines.push(line(letters.get(start..).unwrap_or_default(), text, size));
    lines
}

fn line(letters: &[(usize, Glyph, bool)], text: &[Span], size: f32) -> Line {
    let mut line = Line::default();
    let mut x = 0.0;
    for (span, glyph, _) in letters {
        let advance = glyph.advance * size;
        match line.pieces.last_mut().filter(|piece| piece.span == *span) {
            Some(piece) => {
                piece.glyphs.push(*glyph);
                piece.width += advance;
            }
            None => {
                let look = text.get(*span).map_or(Look::Plain, |span| span.look);
                line.pieces.push(Piece { span: *span, look, x, width: advance, glyphs: vec![*glyph] });
            }
        }
        x += advance;
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::super::super::content::plain;
    use super::super::fonts::Fonts;
    use super::broken;

    fn lines(text: &str, width: f32) -> Vec<String> {
        let fonts = Fonts::load().unwrap();
        let lines = broken(&plain(text), false, 10.0, width, &fonts);
        lines
            .iter()
            .map(|line| line.pieces.iter().flat_map(|piece| &piece.glyphs).map(|glyph| glyph.letter).collect())
            .collect()
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_wider_than_the_line() {
        for text in [
            "Plain words that go on for a while.",
            &"0123456789abcdef".repeat(4),
            "契約以中文為準。複委託通知函",
            "a/b_c/d.yaml:12:3",
            "",
        ] {
            let found = lines(text, 60.0);
            assert_eq!(found.concat(), text);
            let fonts = Fonts::load().unwrap();
            for line in &found {
                assert!(fonts.width(line.trim_end(), false) * 10.0 <= 60.0, "{line}");
            }
        }
    }

    #[test]
    fn lines_break_between_words_and_between_chinese_characters() {
        assert_eq!(lines("aaaa bbbb cccc", 60.0), ["aaaa bbbb ", "cccc"]);
        // No line begins with a full stop.
        assert!(lines("契約以中文為準。", 70.0).iter().all(|line| !line.starts_with('。')));
    }

    #[test]
    fn what_no_font_has_is_a_box_and_stays_the_character() {
        let fonts = Fonts::load().unwrap();
        let (missing, shown) = (fonts.glyph('𓀀', false), fonts.glyph('□', false));
        assert_eq!((missing.letter, missing.face, missing.advance), ('𓀀', shown.face, shown.advance));
        // The standard allows no private characters.
        assert_eq!(fonts.glyph('\u{E000}', false).letter, '\u{FFFD}');
    }
}
