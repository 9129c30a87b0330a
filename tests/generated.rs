//! `schemas/` holds what `tidegate schema` prints: one file for each kind of document, one for the result, and one for what `discover` finds.
//!
//! `UPDATE=1 cargo test --test generated` writes the files anew.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tidegate::document::Kind;

const REPAIR: &str = "UPDATE=1 cargo test --test generated";

/// The head of a document: an editor finds its schema by this line.
const HEAD: &str = "# yaml-language-server: $schema=";

#[test]
fn schemas_are_what_the_program_prints() {
    let stale: Vec<String> = kinds()
        .into_iter()
        .filter(|kind| {
            let printed = tidegate(&["schema", kind]);
            let path = file(kind);
            if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
                fs::write(&path, &printed).unwrap();
            }
            fs::read_to_string(&path).ok().as_deref() != Some(&printed)
        })
        .map(|kind| format!("schemas/{kind}.schema.json"))
        .collect();
    assert!(stale.is_empty(), "not what `tidegate schema` prints: {}\nto repair: {REPAIR}", stale.join(", "));
}

#[test]
fn schemas_are_sound() {
    for kind in kinds() {
        let schema: Value = serde_json::from_str(&tidegate(&["schema", kind])).unwrap();
        jsonschema::meta::validate(&schema).unwrap();
        assert!(schema["$schema"].is_string(), "{kind}: the schema names the draft that it follows");
    }
}

#[test]
fn there_is_no_other_file() {
    let found = fs::read_dir(root().join("schemas")).unwrap().map(|entry| entry.unwrap().path());
    let known: BTreeSet<PathBuf> = kinds().into_iter().map(file).collect();
    let strays: Vec<PathBuf> = found.filter(|path| !known.contains(path)).collect();
    assert!(strays.is_empty(), "no kind of document has these names, remove the files: {strays:?}");
}

#[test]
fn help_names_every_kind() {
    let help = tidegate(&["schema", "--help"]);
    let absent: Vec<&str> = kinds().into_iter().filter(|kind| !help.contains(kind)).collect();
    assert!(absent.is_empty(), "`tidegate schema --help` does not name {absent:?}");
}

#[test]
fn every_document_leads_to_its_schema() {
    let mut documents = Vec::new();
    for folder in ["contracts", "examples", "policies", "provider-profiles", "vocabulary"] {
        yaml(&root().join(folder), &mut documents);
    }
    assert!(!documents.is_empty());
    let astray: Vec<PathBuf> = documents.into_iter().filter(|path| !leads_to_its_schema(path)).collect();
    assert!(astray.is_empty(), "the first line is not `{HEAD}` with the path to the schema of the kind: {astray:#?}");
}

fn leads_to_its_schema(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap();
    let kind = text.lines().find_map(|line| line.strip_prefix("kind: ")).unwrap_or_default();
    let folders = path.strip_prefix(root()).unwrap().components().count() - 1;
    let head = format!("{HEAD}{}schemas/{kind}.schema.json", "../".repeat(folders));
    kinds().contains(&kind) && text.lines().next() == Some(&head)
}

fn yaml(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

fn kinds() -> Vec<&'static str> {
    Kind::ALL.into_iter().map(Kind::word).chain(["result", "impact", "discovery", "evidence"]).collect()
}

fn file(kind: &str) -> PathBuf {
    root().join("schemas").join(format!("{kind}.schema.json"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn tidegate(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
