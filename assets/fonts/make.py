"""Writes the fonts in this folder anew from the Debian packages named in README.md. Needs fonttools."""

import io
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

NOTO = Path("/usr/share/fonts/truetype/noto")
CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
TRADITIONAL = 3  # the face of the collection with Taiwan's forms
HERE = Path(__file__).parent
SHIPPED = ("policies", "provider-profiles", "vocabulary", "contracts", "examples", "starter")


def block(first, last):
    return set(range(first, last + 1))


def of_codec(codec, rows, columns):
    """The characters of a two-byte character set, row by row."""
    found = set()
    for row in rows:
        for column in columns:
            try:
                found.update(map(ord, bytes([row, column]).decode(codec)))
            except UnicodeDecodeError:
                pass
    return found


LATIN = (
    block(0x20, 0x7E) | block(0xA0, 0x24F) | block(0x2B0, 0x2FF) | block(0x300, 0x36F) | block(0x370, 0x3FF)
    | block(0x400, 0x52F) | block(0x1E00, 0x1EFF) | block(0x2000, 0x206F) | block(0x20A0, 0x20BF) | block(0x2100, 0x214F)
)
SYMBOLS = set(map(ord, "✓✗○□◌☐☑☒✘●■▲▼"))
BIG5 = block(0x40, 0x7E) | block(0xA1, 0xFE)
EUC = block(0xA1, 0xFE)
CHINESE = (
    {char for char in of_codec("big5", range(0xA4, 0xC7), BIG5) if char >= 0x3400}  # level 1: 5,401 common characters
    | of_codec("big5", range(0xA1, 0xA4), BIG5)  # its punctuation, signs and bopomofo
    | of_codec("gb2312", range(0xB0, 0xD8), EUC)  # level 1: 3,755 common simplified characters
    | of_codec("euc_kr", range(0xB0, 0xC9), EUC)  # 2,350 Hangul syllables
    | block(0x2190, 0x21FF) | block(0x2200, 0x22FF) | block(0x2460, 0x24FF) | block(0x2500, 0x257F)
    | block(0x3000, 0x303F) | block(0x3041, 0x30FF) | block(0x3100, 0x312F) | block(0xFF01, 0xFF65)
)


def shipped():
    """What the documents of this repository use, so that none of it is missing."""
    root = HERE.parent.parent
    files = (path for folder in SHIPPED for path in (root / folder).rglob("*") if path.is_file())
    return {ord(char) for path in files for char in path.read_text(encoding="utf-8") if ord(char) > 0x2E7F}


def write(name, font, chars):
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "DSIG", "GPOS", "GSUB", "GDEF", "MATH", "meta"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=chars)
    subsetter.subset(font)
    font.recalcTimestamp = False
    buffer = io.BytesIO()
    font.save(buffer)
    (HERE / name).write_bytes(buffer.getvalue())
    print(f"{name}: {len(font.getBestCmap())} characters, {len(buffer.getvalue())} bytes", file=sys.stderr)


write("NotoSans-Regular.ttf", TTFont(NOTO / "NotoSans-Regular.ttf"), LATIN)
write("NotoSans-Bold.ttf", TTFont(NOTO / "NotoSans-Bold.ttf"), LATIN)
write("NotoSansSymbols2.ttf", TTFont(NOTO / "NotoSansSymbols2-Regular.ttf"), SYMBOLS)
write("NotoSansCJKtc.otf", TTFont(CJK, fontNumber=TRADITIONAL), CHINESE | shipped())
