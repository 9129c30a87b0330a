//! git, run as a program: the objects and branches of a repository, never its work tree or index.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What git prints, given something to read.
///
/// # Errors
/// A machine without git, or what git complains of.
pub(crate) fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    // None of the commands prints before it has read everything, so this waits for nobody. One that fails early reads nothing; its
    // message says more than the broken pipe.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input);
    }
    let output = child.wait_with_output().map_err(|error| format!("git cannot be run: {error}"))?;
    if !output.status.success() {
        let verb = arguments.first().copied().unwrap_or_default();
        return Err(format!("git {verb}: {}", String::from_utf8_lossy(&output.stderr).trim()));
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
