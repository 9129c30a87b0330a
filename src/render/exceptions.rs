//! Exceptions for people: who approved what until when, and whether it still counts.

use super::page::{DIM, GREEN, Page, RED, STRONG, YELLOW, styled};
use crate::gate::State;
use crate::knowledge::Known;
use crate::model::{Date, Exceptions};

/// Every exception with how it stands.
pub fn list(exceptions: &Known<Exceptions>, states: &[State], as_of: Date, width: usize) -> String {
    let mut page = Page::new(width);
    for (index, (exception, state)) in exceptions.model.exceptions.iter().zip(states).enumerate() {
        let style = match state {
            State::InUse => GREEN,
            State::Expiring(_) | State::Unused | State::Elsewhere => YELLOW,
            State::Expired | State::Superseded | State::Undetermined | State::NotWaivable => RED,
        };
        let state = styled(style, &format!("{}, until {}", state.word(), exception.expires));
        page.hanging(0, 2, &format!("{}  {state}", styled(STRONG, &exception.id)));
        page.hanging(2, 4, &format!("{} on {} › {}", exception.rule, exception.integration, exception.flow));
        page.paragraph(2, &exception.reason);
        let people =
            format!("{} answers for it, {} approved it, {}", exception.owner, exception.approver, exception.ticket);
        page.paragraph(2, &people);
        let (line, column) = exceptions.document.line_column(&format!("/exceptions/{index}"));
        page.paragraph(2, &styled(DIM, &format!("{}:{line}:{column}", exceptions.document.file.path)));
        page.gap();
    }
    let number = states.len();
    let noun = if number == 1 { "exception" } else { "exceptions" };
    let care = states.iter().filter(|state| !state.in_order()).count();
    let need = if care == 1 { "needs" } else { "need" };
    page.paragraph(0, &format!("{number} {noun} as of {as_of}, {care} {need} care"));
    page.finish()
}
