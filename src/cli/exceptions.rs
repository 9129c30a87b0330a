//! `tidegate exceptions`: how approved waivers stand.

use super::args::{ExceptionsArgs, ExceptionsVerb, StaleArgs};
use super::{Exit, Outcome, Surroundings, setup};
use crate::gate::{Gate, Seen, State};
use crate::pipeline::{Manner, Run, evaluate};
use crate::render;
use crate::report::Detail;
use crate::resolve::Absent;
use crate::workspace::{Reach, Workspace, manifest_texts};

pub(super) fn run(args: &ExceptionsArgs, around: &Surroundings) -> Outcome {
    match &args.verb {
        ExceptionsVerb::List(args) => list(args, around).unwrap_or_else(|outcome| outcome),
    }
}

fn list(args: &StaleArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let setup = setup(&args.folders, around)?;
    let moment = around.moment(args.as_of)?;
    let texts = |problems: &mut Vec<_>| manifest_texts(&setup.paths, &setup.exclude, problems);
    let opened = Workspace::open(&setup.folders, Reach::Named, texts);
    let (workspace, manifests) = opened.map_err(|problems| Outcome::invalid(&problems, around))?;
    let Some(exceptions) = &workspace.exceptions else {
        return Ok(Outcome::done("no exceptions.yaml: every finding counts\n".to_owned()));
    };
    let run = Run {
        moment,
        absent: Absent::NotDone,
        // Without the exceptions themselves: what they would waive must still be there to see.
        gate: Gate { config: workspace.config.as_ref(), ..Gate::default() },
        manner: Manner { detail: Detail::Findings, progress: &|_| {} },
    };
    let report = evaluate(&workspace, &manifests, run).map_err(|message| Outcome::failed(&message))?;
    let mut seen = Seen::default();
    seen.look(exceptions, &report.flows, &report.rules, moment);
    let states: Vec<State> = (0..exceptions.model.exceptions.len()).map(|index| seen.state(index, true)).collect();
    let output = render::exceptions::list(exceptions, &states, moment.day(), around.width);
    let exit = if states.iter().all(|state| state.in_order()) { Exit::Permitted } else { Exit::Conditional };
    Ok(Outcome { output, messages: String::new(), exit })
}
