//! The fonts that the program carries, and which of them has a character.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../../../assets/fonts/NotoSans-Bold.ttf");
const SYMBOLS: &[u8] = include_bytes!("../../../../assets/fonts/NotoSansSymbols2.ttf");
const CHINESE: &[u8] = include_bytes!("../../../../assets/fonts/NotoSansCJKtc.otf");

/// Stands where no font has the character.
const BOX: char = '□';
/// Stands for what is no character, such as those of the private use area, which the standard does not allow.
const NO_CHARACTER: char = '\u{FFFD}';

/// The fonts, in the order in which a character is looked for.
pub(super) struct Fonts {
    regular: Face,
    bold: Face,
    others: [Face; 2],
}

struct Face {
    font: Font,
    map: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    units: f32,
}

/// A character of a line, with its place in a font.
#[derive(Clone, Copy)]
pub(super) struct Glyph {
    /// What a reader copies.
    pub(super) letter: char,
    /// The font: an index for [`Fonts::font`].
    pub(super) face: usize,
    /// The advance, in parts of the size.
    pub(super) advance: f32,
    id: u32,
}

impl Fonts {
    pub(super) fn load() -> Result<Self, String> {
        Ok(Self {
            regular: Face::load(REGULAR)?,
            bold: Face::load(BOLD)?,
            others: [Face::load(SYMBOLS)?, Face::load(CHINESE)?],
        })
    }

    fn face(&self, index: usize) -> &Face {
        match index {
            0 => &self.regular,
            1 => &self.bold,
            2 => &self.others[0],
            _ => &self.others[1],
        }
    }

    pub(super) fn font(&self, index: usize) -> Font {
        self.face(index).font.clone()
    }

    /// The character in the first font that has it, else a box: nothing is lost without a trace.
    pub(super) fn glyph(&self, letter: char, bold: bool) -> Glyph {
        let letter = if allowed(letter) { letter } else { NO_CHARACTER };
        let order = [usize::from(bold), 2, 3];
        let found = |shown: char| order.into_iter().find_map(|face| self.face(face).glyph(letter, shown, face));
        let missing = Glyph { letter, face: 2, advance: 0.6, id: 0 };
        found(letter).or_else(|| found(BOX)).unwrap_or(missing)
    }

    /// The width of a text in one line, in parts of the size.
    pub(super) fn width(&self, text: &str, bold: bool) -> f32 {
        text.chars().map(|letter| self.glyph(letter, bold).advance).sum()
    }
}

/// What a text of a document of this standard may hold.
fn allowed(letter: char) -> bool {
    let private = matches!(letter, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}');
    let no_character = matches!(letter, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}');
    !private && !no_character && !letter.is_control()
}

impl Face {
    fn load(data: &'static [u8]) -> Result<Self, String> {
        let broken = || "a font of the program cannot be read".to_owned();
        let font = Font::new(data.into(), 0).ok_or_else(broken)?;
        let parsed = FontRef::new(data).map_err(|error| error.to_string())?;
        let metrics = parsed.glyph_metrics(Size::unscaled(), LocationRef::default());
        Ok(Self { units: font.units_per_em(), font, map: parsed.charmap(), metrics })
    }

    fn glyph(&self, letter: char, shown: char, face: usize) -> Option<Glyph> {
        let id = self.map.map(shown)?;
        let advance = self.metrics.advance_width(id)? / self.units;
        Some(Glyph { letter, face, advance, id: id.to_u32() })
    }
}

impl Glyph {
    /// The glyph as the writer wants it; `range` are the bytes of its character in the text.
    pub(super) fn drawn(self, range: Range<usize>) -> KrillaGlyph {
        KrillaGlyph::new(GlyphId::new(self.id), self.advance, 0.0, 0.0, 0.0, range, None)
    }
}
