//! Trouble with the input, with the lines it stands in.

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::problem::Problem;

/// Every problem, then their number.
pub fn render(problems: &[Problem], width: usize) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(width).with_links(false);
    let mut text = String::new();
    for problem in problems {
        if handler.render_report(&mut text, problem).is_err() {
            text.push_str(&problem.message);
        }
        text.push('\n');
    }
    let number = problems.len();
    let noun = if number == 1 { "problem" } else { "problems" };
    text.push_str(&format!("{number} {noun} in the input; nothing was decided\n"));
    text
}
