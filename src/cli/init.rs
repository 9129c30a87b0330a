//! `tidegate init`: a start for a repository.

use std::collections::BTreeMap;

use super::args::InitArgs;
use super::setup::CONFIG;
use super::{Exit, Outcome};
use crate::save::{self, Added};

/// The files of the start, by path below the folder.
const FILES: [(&str, &str); 3] = [
    (CONFIG, include_str!("../../starter/tidegate.yaml")),
    ("exceptions.yaml", include_str!("../../starter/exceptions.yaml")),
    (
        "ai-integrations/website-texts.integration.yaml",
        include_str!("../../starter/ai-integrations/website-texts.integration.yaml"),
    ),
];

pub(super) fn run(args: &InitArgs) -> Outcome {
    let files: BTreeMap<&str, &str> = FILES.into_iter().collect();
    let added = match save::add(&args.folder, &files) {
        Ok(added) => added,
        Err(error) => return Outcome::stopped(Exit::Failure, format!("{}: {error}\n", args.folder.display())),
    };
    let mut text = String::new();
    for (path, added) in added {
        let what = match added {
            Added::Written => "written",
            Added::There => "was there and is left as it is",
        };
        text.push_str(&format!("{} {what}\n", path.display()));
    }
    text.push_str(
        "
Next:
  1. tidegate check                      judges the manifest that came with it
  2. copy the manifest for each flow of data to an AI service, and change it
  3. put customer contracts and provider agreements into contracts/
  4. run `tidegate check` in the pipeline; anything but exit code 0 stops it
",
    );
    Outcome::done(text)
}
