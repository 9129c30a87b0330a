//! git, run as a program.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What git prints, given something to read.
///
/// # Errors
/// A machine without git, or what git complains of.
pub(crate) fn git<A: AsRef<OsStr>>(folder: &Path, arguments: &[A], input: &[u8]) -> Result<Vec<u8>, String> {
    run(Command::new("git").arg("-C").arg(folder).args(arguments), input)
}

/// The same with an index of its own.
///
/// # Errors
/// As [`git`].
pub(super) fn git_with_index<A: AsRef<OsStr>>(folder: &Path, arguments: &[A], index: &Path) -> Result<(), String> {
    run(Command::new("git").arg("-C").arg(folder).args(arguments).env("GIT_INDEX_FILE", index), b"").map(drop)
}

/// What git prints, as text.
///
/// # Errors
/// As [`git`].
pub(super) fn git_text(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    git(folder, arguments, b"").map(|output| String::from_utf8_lossy(&output).into_owned())
}

fn run(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("git cannot be run: {error}"))?;
    // None of the commands prints before it has read everything, so this waits for nobody. One that fails early reads nothing; its
    // message says more than the broken pipe.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("git says: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(output.stdout)
}

/// What git prints, as one line of text.
///
/// # Errors
/// As [`git`].
pub(crate) fn git_line(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<String, String> {
    let output = git(folder, arguments, input)?;
    Ok(String::from_utf8_lossy(&output).trim_end().to_owned())
}
