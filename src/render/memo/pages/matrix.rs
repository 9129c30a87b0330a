//! The control matrix: every rule that applies to a flow, and how the flows stand to it.

use std::collections::BTreeMap;

use super::super::content::{Block, Chapter, Table, plain, quiet, spaced, span, strong};
use super::part;
use crate::report::{Report, Status};

/// The memos in which a rule is met, not met, open, or set aside.
type Standing = [Vec<usize>; 4];

pub(super) fn chapter(report: &Report) -> Chapter {
    let mut rules: BTreeMap<&str, Standing> = BTreeMap::new();
    for (at, flow) in report.flows.iter().enumerate() {
        for rule in flow.rules.iter().filter(|rule| rule.status != Status::NotApplicable) {
            let column = match (&rule.aside, rule.status) {
                (Some(_), _) => 3,
                (None, Status::Violated) => 1,
                (None, Status::Undetermined) => 2,
                (None, Status::Satisfied | Status::NotApplicable) => 0,
            };
            rules.entry(&rule.id).or_default()[column].push(at + 1);
        }
    }
    let number = rules.len();
    let rows = rules.into_iter().filter_map(|(id, standing)| {
        let info = report.rules.get(id)?;
        let confirm = if info.confirm.is_some() { "To be confirmed by counsel." } else { "" };
        let mut row = vec![spaced([strong(id), span(&info.title), quiet(confirm)]), plain(&info.cites)];
        row.extend(standing.iter().map(|memos| plain(ranges(memos))));
        Some(row)
    });
    let columns =
        [("Rule", 4.4), ("Source", 2.0), ("✓ Met", 1.8), ("✗ Not met", 1.3), ("? Open", 1.1), ("○ Aside", 1.1)];
    let table = Table::new("Rules and the memos in which they are met or not", &columns, rows.collect());
    let about = format!(
        "{number} rules apply to at least one flow. The numbers are those of the memos. A rule that is not met may be met by papers; the memo says how. \
         Set aside is what does not count by a recorded decision, or does not count yet."
    );
    part("matrix", "Control matrix", vec![Block::Paragraph(plain(about)), Block::Table(table)])
}

/// `1–3, 7` for 1, 2, 3 and 7.
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let words = runs.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn numbers_in_a_row_are_a_range() {
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1–3, 7, 9, 10");
    }
}
