//! The output that README.md shows is what the program prints.
//!
//! A `console` block holds commands after `$ ` and what they print; a line `…` stands for any lines that are left out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The commands of the page's `console` blocks, each with the lines that should follow.
fn commands(page: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => found.push((command.to_owned(), Vec::new())),
                None => found.last_mut().expect("a block starts with a command").1.push(line.to_owned()),
            },
        }
    }
    found
}

fn run(command: &str) -> String {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("tidegate"), "README shows commands of tidegate only: {command}");
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(words)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary runs");
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    text
}

/// Whether the output has the shown lines in order, with nothing between them but where a `…` stands.
fn shows(output: &[&str], shown: &[String]) -> bool {
    match shown.split_first() {
        None => output.iter().all(|line| line.is_empty()),
        Some((first, rest)) if first == "…" => (0..=output.len()).any(|skipped| shows(&output[skipped..], rest)),
        Some((first, rest)) => output.split_first().is_some_and(|(line, more)| line == first && shows(more, rest)),
    }
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    let commands = commands(&page);
    assert!(commands.len() >= 4, "README.md has a tour");
    for (command, shown) in commands {
        let output = run(&command);
        let lines: Vec<&str> = output.lines().collect();
        assert!(shows(&lines, &shown), "README.md shows something else than `{command}` prints, which is:\n{output}");
    }
}
