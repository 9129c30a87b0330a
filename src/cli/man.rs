//! `tidegate man`: manual pages, written from the same options that the program reads.

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::ManArgs;
use super::{Cli, Exit, Outcome};
use crate::save;

pub(super) fn run(args: &ManArgs) -> Outcome {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    if let Err(error) = collect(command, &mut pages) {
        return Outcome::failed(&error.to_string());
    }
    for (name, page) in &pages {
        let path = args.folder.join(name);
        if let Err(error) = save::file(&path, page) {
            return Outcome::stopped(Exit::Failure, format!("error: cannot write `{}`: {error}\n", path.display()));
        }
    }
    Outcome::done(format!("{} is written: {} manual pages\n", args.folder.display(), pages.len()))
}

/// The page of a command, and those of the commands below it, each with the name of its file.
fn collect(command: Command, pages: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below.clone(), pages)?;
    }
    let man = Man::new(command).manual("Tidegate");
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), String::from_utf8_lossy(&page).into_owned()));
    Ok(())
}
