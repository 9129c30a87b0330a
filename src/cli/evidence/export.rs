//! `tidegate evidence export`: a run, and everything that decided it, in one bundle.

use std::path::Path;

use super::args::ExportArgs;
use super::{keys, show, time, unwritten};
use crate::cli::{Outcome, Surroundings, check};
use crate::evidence::{ATTESTATION, Export, RunManner, bundle};
use crate::gate::Gate;
use crate::knowledge::Listed;
use crate::load;
use crate::model::Moment;
use crate::pipeline::{Manner, Run, evaluate};
use crate::report::Detail;
use crate::resolve::Absent;
use crate::save::{self, Place};
use crate::workspace::Reach;

pub(super) fn run(args: &ExportArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let place = place(&args.out, args.force, around)?;
    let keys = keys::secret_keys(&args.key, args.passphrase_file.as_deref(), around)?;
    // A day, not a moment: whoever decides again may live in another zone.
    let as_of = around.moment(args.as_of)?.day();
    let time = time(args.time, around)?;
    let opened = check::open(&args.paths, args.baseline.as_ref(), &args.folders, Reach::All, around)?;
    let (workspace, manifests) = (&opened.workspace, &*opened.manifests);
    let manner = RunManner { whole: args.paths.is_empty(), exceptions: !args.no_exceptions };
    let gate = Gate {
        config: workspace.config.as_ref(),
        exceptions: workspace.exceptions.as_ref().filter(|_| manner.exceptions),
        baseline: opened.baseline.as_ref().map(|(baseline, _)| baseline),
        whole: manner.whole,
    };
    let flows = manifests.iter().map(|manifest| manifest.flows).sum();
    let bar = check::progress(flows, around);
    let progress = |done| bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    let run = Run {
        moment: Moment::On(as_of),
        absent: Absent::NotDone,
        gate,
        manner: Manner { detail: Detail::All, progress: &progress },
    };
    let report = evaluate(workspace, manifests, run);
    bar.finish_and_clear();
    let report = report.map_err(|message| Outcome::failed(&message))?;
    let own = workspace.inputs.iter().filter(|(file, _)| !file.embedded).map(|(file, _)| file.path.as_str());
    let baseline = opened.baseline.as_ref().map(|(_, file)| file);
    let revision = load::revision(&around.folder, own.chain(baseline.map(|file| file.path.as_str())));
    let manifests = &Listed::read_all(manifests).map_err(|message| Outcome::failed(&message))?;
    let export = Export {
        report: &report,
        workspace,
        manifests,
        baseline,
        run: manner,
        as_of,
        time,
        valid_days: args.valid_days,
        revision: revision.as_ref(),
    };
    let files = bundle(&export, &keys).map_err(|message| Outcome::failed(&message))?;
    save::bundle(&args.out, &files, place).map_err(|error| unwritten(&args.out, &error))?;
    show::exported(&args.out, files.len(), &report, &keys, revision.as_ref(), around.width)
}

/// What may stand in the bundle's place. Only another bundle is ever replaced.
fn place(out: &Path, force: bool, around: &Surroundings) -> Result<Place, Outcome> {
    if !load::is_file(out) && !load::is_folder(out) {
        return Ok(Place::Free);
    }
    if !force {
        let message = format!("`{}` is there already; name another place, or replace it with --force", out.display());
        return Err(Outcome::usage(&message));
    }
    let found = load::bundle(out).map_err(|problem| Outcome::invalid(&[problem], around))?;
    if found.files.contains_key(ATTESTATION) {
        Ok(Place::Taken)
    } else {
        Err(Outcome::usage(&format!("`{}` is no bundle, and is not replaced", out.display())))
    }
}
