//! The thin rim: arguments in, texts out. The clock, the terminal, the environment and the exit code are known only here.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use clap::Parser;
use tidegate::cli::{Cli, Exit, Surroundings, WIDTH, run};
use tidegate::model::Moment;

/// Lines longer than this are hard to read, however wide the terminal is.
const MAX_WIDTH: usize = 100;

fn main() -> Exit {
    let cli = Cli::parse();
    let terminal = std::io::stdout().is_terminal();
    let around = Surroundings {
        now: Moment::of(SystemTime::now()),
        folder: std::env::current_dir().unwrap_or_default(),
        width: if terminal { textwrap::termwidth().min(MAX_WIDTH) } else { WIDTH },
        print,
        watched: std::io::stderr().is_terminal(),
        step_summary: std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from),
    };
    let outcome = run(&cli, &around);
    let _ = anstream::stderr().write_all(outcome.messages.as_bytes());
    print(&outcome.output);
    outcome.exit
}

/// A reader that went away (`| head`) is no failure of the check; the exit code still tells the verdict.
fn print(text: &str) {
    let _ = anstream::stdout().write_all(text.as_bytes());
}
