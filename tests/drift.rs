//! `tidegate profiles drift` on an archive of terms that the test builds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::path::Path;
use std::process::Command;

#[path = "support/binary.rs"]
#[allow(dead_code, reason = "every test file uses a part of it")]
mod binary;

use binary::{Folder, Run, tidegate};

/// Runs git in a folder, on a day.
fn git(folder: &Path, day: &str, arguments: &[&str]) {
    let moment = format!("{day}T12:00:00Z");
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=archive", "-c", "user.email=archive@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_COMMITTER_DATE", &moment)
        .env("GIT_AUTHOR_DATE", &moment)
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn record(folder: &Path, document: &str, text: &str, day: &str) {
    let path = folder.join(document);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to write to");
    std::fs::write(&path, text).expect("a file to write");
    git(folder, day, &["add", "."]);
    git(folder, day, &["commit", "--quiet", "-m", document]);
}

const PROFILE: &str = "\
kind: provider-profile
version: 1
id: example-ai
title: Example AI
reviewed: 2026-06-01
review_every_days: 90
sources:
  terms: {title: Terms, url: \"https://example.com/terms\", archive: Example AI/Terms of Service.md}
  dpa: {title: Addendum, url: \"https://example.com/dpa\", archive: Example AI/Data Processor Agreement.md}
  other: {title: Elsewhere, url: \"https://example.com/other\", archive: Elsewhere/Terms of Service.md}
services:
  api:
    title: Example AI API
    terms:
      role: {value: processor, source: dpa}
      own_purposes: {value: false, source: terms}
    stores:
      log: {title: Log, keeps: 30 days, source: terms}
";

/// A folder with the profile above, and an archive that holds nothing yet.
fn place() -> Folder {
    let place = Folder::new();
    place.write("profiles/example-ai.yaml", PROFILE);
    place.write("terms/README.md", "An archive of terms\n");
    git(&place.0.join("terms"), "2026-01-01", &["init", "--quiet"]);
    place
}

fn drift(place: &Folder, terms: &str) -> Run {
    tidegate(&place.0, &["profiles", "drift", "--terms", terms, "--profiles", "profiles"])
}

#[test]
fn documents_that_changed_after_the_review_are_listed_with_the_facts_that_cite_them() {
    let place = place();
    let terms = place.0.join("terms");
    record(&terms, "Example AI/Terms of Service.md", "one", "2026-01-01");
    record(&terms, "Example AI/Data Processor Agreement.md", "one", "2026-06-01");

    let Run { stdout: output, code, .. } = drift(&place, "terms");
    assert_eq!(output, "2 documents compared, 0 changed since the review\n");
    assert_eq!(code, Some(0), "a version of the day of the review was read");

    record(&terms, "Example AI/Terms of Service.md", "two", "2026-06-02");
    record(&terms, "Example AI/Terms of Service.md", "three", "2026-07-03");
    let Run { stdout: output, code, .. } = drift(&place, "terms");
    assert!(output.starts_with("example-ai  Example AI/Terms of Service.md\n  changed 2026-07-03 "), "{output}");
    assert!(output.contains("\n  changed 2026-06-02 "), "{output}");
    assert!(output.contains("api › terms › own_purposes"), "{output}");
    assert!(output.contains("api › stores › log"), "{output}");
    assert!(!output.contains("role"), "the addendum did not change: {output}");
    assert!(output.ends_with("2 documents compared, 1 changed since the review\n"), "{output}");
    assert_eq!(code, Some(10));
}

#[test]
fn an_archive_without_the_documents_or_no_archive_at_all_is_said_so() {
    let place = place();
    record(&place.0.join("terms"), "Nobody/Terms of Service.md", "one", "2026-01-01");
    let Run { stderr: messages, code, .. } = drift(&place, "terms");
    assert!(messages.starts_with("nothing to compare: "), "{messages}");
    assert_eq!(code, Some(4));

    let Run { stderr: messages, code, .. } = drift(&place, "nowhere");
    assert!(messages.contains("is no git checkout"), "{messages}");
    assert_eq!(code, Some(2));
}
