//! Chapters that must fit a page: of a table that is too long the last rows are only named. They stand in full elsewhere.

use std::borrow::Cow;

use super::super::content::{Block, Look, Table, Text, plain};

/// No row is higher than this, in points, or hardly one.
const ROW: f32 = 150.0;

/// The blocks with as many rows as fit into a height. `height` measures blocks, in points.
pub(super) fn fitted<'a>(blocks: &'a [Block], room: f32, height: impl Fn(&[Block]) -> f32) -> Cow<'a, [Block]> {
    let mut fitted = Cow::Borrowed(blocks);
    let mut kept: Vec<usize> =
        blocks.iter().map(|block| folding(block).map_or(0, |(table, _)| table.rows.len())).collect();
    loop {
        let over = height(&fitted) - room;
        let longest = kept.iter().enumerate().max_by_key(|(_, rows)| **rows);
        let Some((at, rows)) = longest.filter(|(_, rows)| **rows > 1 && over > 0.0) else { return fitted };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let fewer = ((over / ROW) as usize).clamp(1, rows - 1);
        kept[at] -= fewer;
        fitted = Cow::Owned(blocks.iter().zip(&kept).flat_map(|(block, kept)| folded(block, *kept)).collect());
    }
}

/// The table that a block is, and where its rows stand besides, if they do.
fn folding(block: &Block) -> Option<(&Table, &'static str)> {
    match block {
        Block::Table(table) => Some((table, table.besides?)),
        _ => None,
    }
}

fn folded(block: &Block, kept: usize) -> Vec<Block> {
    let Some((table, besides)) = folding(block).filter(|(table, _)| table.rows.len() > kept) else {
        return vec![block.clone()];
    };
    let (shown, rest) = table.rows.split_at(kept);
    let names: Vec<&str> = rest.iter().filter_map(|row| name(row.first()?)).collect();
    let rest = format!("{} more, {besides}: {}", rest.len(), names.join(", "));
    vec![Block::Table(Table { rows: shown.to_vec(), ..table.clone() }), Block::Fine(plain(rest))]
}

/// What stands out in a text, else how it begins.
fn name(text: &Text) -> Option<&str> {
    let strong = text.iter().find(|span| span.look == Look::Strong);
    strong.or(text.first()).map(|span| span.words.trim())
}
