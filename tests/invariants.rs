//! What the sources and the shipped data must look like, whatever they do. These tests read; they run next to nothing.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "support/code.rs"]
mod code;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use code::{SourceText, files, has, shown, sources, split};
use tidegate::load::Exclude;
use tidegate::scenario::{read_pages, test};
use tidegate::workspace::{Folders, Reach, Workspace, manifest_texts};

/// Fails with what was found and how to mend it.
fn none(found: &[String], mend: &str) {
    assert!(found.is_empty(), "{mend}\n  {}", found.join("\n  "));
}

/// Places of words outside some modules.
fn outside(modules: &[&str], words: &[&str]) -> Vec<String> {
    let sources = sources();
    let others = sources.iter().filter(|source| !modules.contains(&source.module()));
    others.flat_map(|source| source.places(words)).collect()
}

// ---- Sources ---------------------------------------------------------------------------------------------------------

#[test]
fn only_rulebook_and_decide_know_cedar() {
    let found = outside(&["rulebook", "decide"], &["cedar_policy"]);
    none(&found, "Give the fact as plain data of `rulebook` or `decide` instead of a type of Cedar.");
}

#[test]
fn only_the_command_line_knows_clap() {
    let found = outside(&["cli", "main"], &["clap", "clap_complete", "clap_mangen"]);
    none(&found, "Move what is about options into `cli`, and pass values on.");
}

/// Looking at files without opening them.
const LOOKS: [(&str, &str, &str); 1] =
    [("src/scenario/page.rs", ".is_file(", "the folder `given` is looked for beside and above a page")];

#[test]
fn only_load_touches_the_file_system() {
    const WORDS: [&str; 12] = [
        "std::fs",
        "fs",
        "walkdir",
        "File",
        "OpenOptions",
        ".is_dir(",
        ".is_file(",
        ".exists(",
        ".metadata(",
        ".canonicalize(",
        ".read_dir(",
        "set_current_dir",
    ];
    let excepted = |found: &String| LOOKS.iter().any(|(path, word, _)| found.starts_with(path) && found.contains(word));
    let found: Vec<String> = outside(&["load", "save"], &WORDS).into_iter().filter(|found| !excepted(found)).collect();
    none(&found, "Let `load` or `save` do it, and pass texts or paths on.");
    let unused = LOOKS
        .iter()
        .filter(|(path, word, _)| !outside(&["load", "save"], &[*word]).iter().any(|found| found.starts_with(path)));
    let unused: Vec<String> = unused.map(|(path, word, reason)| format!("{path} {word} ({reason})")).collect();
    none(&unused, "These exceptions are not needed any more; take them out of LOOKS.");
}

#[test]
fn only_main_knows_the_clock() {
    let found = outside(&["main"], &["::now(", "Instant", "UNIX_EPOCH", "elapsed"]);
    none(&found, "Take the day as an argument; `main` looks it up.");
    // A moment that `main` passes in becomes a day there; nothing is looked up.
    let found: Vec<String> = outside(&["main"], &["SystemTime"])
        .into_iter()
        .filter(|found| !found.starts_with("src/model/moment.rs:"))
        .collect();
    none(&found, "Take a `Moment`; only `Moment::of` makes one of the clock's time.");
}

#[test]
fn only_main_prints() {
    let found = outside(
        &["main"],
        &[
            "println!",
            "print!",
            "eprintln!",
            "eprint!",
            "dbg!",
            "io::stdout",
            "io::stderr",
            "anstream::stdout",
            "anstream::stderr",
        ],
    );
    none(&found, "Return the text in `Outcome`; `main` writes it.");
}

#[test]
fn nothing_panics_on_purpose() {
    let words =
        [".unwrap()", ".expect(", ".unwrap_err()", ".expect_err(", "panic!", "unreachable!", "todo!", "unimplemented!"];
    let found = outside(&[], &words);
    none(&found, "Return a `Problem`, a `Result` or a default.");
}

/// Packs whose ids are also words of the documents' own form, so that the word alone names no pack: `contract: …`, `base: …`.
const WORDS_TOO: [&str; 3] = ["base", "contract", "terms"];

#[test]
fn the_code_knows_no_rule_pack_or_provider_by_name() {
    let mut words: BTreeSet<String> = BTreeSet::new();
    let mut rules: BTreeSet<String> = BTreeSet::new();
    for path in files("policies", &["cedar"]) {
        let pack =
            path.parent().and_then(Path::file_name).expect("the folder of a pack").to_string_lossy().into_owned();
        rules.insert(format!("{pack}/{}", path.file_stem().expect("a name").to_string_lossy()));
        words.insert(pack);
    }
    let unused: Vec<String> =
        WORDS_TOO.iter().filter(|word| !words.contains(**word)).map(ToString::to_string).collect();
    none(&unused, "No pack is called so any more; take it out of WORDS_TOO.");
    let prefixes: Vec<String> = words.iter().map(|pack| format!("{pack}/")).collect();
    for path in files("provider-profiles", &["yaml", "yml", "json"]) {
        words.insert(top_level(&path, "id"));
    }
    words.retain(|word| !WORDS_TOO.contains(&word.as_str()));
    let mut found = Vec::new();
    for source in sources() {
        for (line, text) in &source.strings {
            let word = words.iter().find(|word| text == *word);
            let named = word
                .or_else(|| rules.iter().find(|id| has(text, id)))
                .or_else(|| prefixes.iter().find(|prefix| text == *prefix));
            found.extend(named.map(|id| format!("{}:{line} names `{id}`", source.path)));
        }
    }
    none(
        &found,
        "Rules, packs and providers are data: decide by an annotation, a fact or a term of the vocabulary, not by the name.",
    );
}

#[test]
fn files_stay_short() {
    const MOST: usize = 500;
    const MEDIAN: usize = 200;
    let mut lengths: Vec<(usize, String)> =
        sources().iter().map(|source| (source.text.lines().count(), source.path.clone())).collect();
    lengths.sort();
    let long: Vec<String> = lengths
        .iter()
        .filter(|(lines, _)| *lines > MOST)
        .map(|(lines, path)| format!("{path} has {lines} lines"))
        .collect();
    none(&long, "Divide the file by what its parts are about.");
    let (median, path) = &lengths[lengths.len() / 2];
    assert!(*median < MEDIAN, "the median file, {path}, has {median} lines; divide the larger ones");
}

/// The stages in the order of the pipeline. A module uses only those before it.
const STAGES: [&str; 22] = [
    "source",
    "problem",
    "load",
    "save",
    "model",
    "document",
    "knowledge",
    "rulebook",
    "resolve",
    "decide",
    "report",
    "gate",
    "impact",
    "discover",
    "render",
    "workspace",
    "pipeline",
    "registers",
    "evidence",
    "scenario",
    "cli",
    "main",
];
/// Uses against the order, with the reason.
const AGAINST: [(&str, &str, &str); 0] = [];

#[test]
fn modules_use_only_earlier_stages() {
    let position = |module: &str| STAGES.iter().position(|stage| *stage == module);
    let mut found = Vec::new();
    let mut used: BTreeSet<(String, String)> = BTreeSet::new();
    for source in sources().iter().filter(|source| source.module() != "lib") {
        let Some(here) = position(source.module()) else {
            found.push(format!("{}: `{}` has no place in STAGES", source.path, source.module()));
            continue;
        };
        for other in uses(source) {
            let excepted = AGAINST.iter().any(|(from, to, _)| *from == source.module() && *to == other);
            if !excepted && position(&other).is_none_or(|there| there > here) {
                found.push(format!("{} uses `crate::{other}`", source.path));
            }
            used.insert((source.module().to_owned(), other));
        }
    }
    none(
        &found,
        "Arrows only point back to earlier stages (STAGES). Move the shared part to the earlier stage, or pass the value in.",
    );
    let unused = AGAINST.iter().filter(|(from, to, _)| !used.contains(&((*from).to_owned(), (*to).to_owned())));
    let unused: Vec<String> = unused.map(|(from, to, reason)| format!("{from} → {to} ({reason})")).collect();
    none(&unused, "These exceptions are not needed any more; take them out of AGAINST.");
}

/// The modules after `crate::` or, in `main`, `tidegate::`, also in `use crate::{a, b}`.
fn uses(source: &SourceText) -> BTreeSet<String> {
    let root = if source.module() == "main" { "tidegate::" } else { "crate::" };
    let mut modules = BTreeSet::new();
    for (at, _) in source.code.match_indices(root) {
        let rest = &source.code[at + root.len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => {
                let mut depth = 1;
                let end = group.find(|c: char| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth == 0
                });
                top_names(&group[..end.unwrap_or(group.len())])
            }
            None => top_names(rest.split([';', ',', ' ', '(', ')', '<', '>', '\n']).next().unwrap_or_default()),
        };
        modules.extend(names.into_iter().filter(|name| name.starts_with(char::is_lowercase)));
    }
    modules
}

/// `a` and `b` for `a::{x, y}, b::c`.
fn top_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut part = String::new();
    for c in group.chars().chain([',']) {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            names.push(part.trim().split("::").next().unwrap_or_default().to_owned());
            part.clear();
        } else {
            part.push(c);
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// What these tests rest on.
#[test]
fn sources_are_read_as_rust_reads_them() {
    let text =
        "a // \"no\"\n/* b /* c */ \"no\" */ \"one\\\"\" 'x' '\"' 'a r#\"two\"# br\"three\" for\"four\" '\\'' end";
    let (code, strings) = split(text);
    assert_eq!(
        strings,
        [(2, "one\\\"".to_owned()), (2, "two".to_owned()), (2, "three".to_owned()), (2, "four".to_owned())]
    );
    assert!(
        code.starts_with("a \n") && code.ends_with("end") && code.contains("'a ") && !code.contains("no"),
        "{code}"
    );
    assert!(
        has("use std::fs;", "fs")
            && !has("offs", "fs")
            && has("x.unwrap()", ".unwrap()")
            && !has("eprintln!()", "println!")
    );
    assert_eq!(top_names("a::{x, y}, b::c, d"), ["a", "b", "d"]);
}

// ---- Data ------------------------------------------------------------------------------------------------------------

const DATA: [&str; 5] = ["policies", "provider-profiles", "vocabulary", "contracts", "examples"];

/// The value of a key at the top of a YAML document.
fn top_level(path: &Path, key: &str) -> String {
    let text = std::fs::read_to_string(path).expect("a readable document");
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key}:")));
    line.unwrap_or_else(|| panic!("{} has no `{key}:`", path.display())).trim().to_owned()
}

#[test]
fn every_document_names_its_schema() {
    const LINE: &str = "# yaml-language-server: $schema=";
    let mut found = Vec::new();
    for path in DATA.iter().flat_map(|folder| files(folder, &["yaml", "yml"])) {
        let text = std::fs::read_to_string(&path).expect("a readable document");
        let kind = top_level(&path, "kind");
        match text.lines().find_map(|line| line.strip_prefix(LINE)) {
            None => found.push(format!("{}: no line `{LINE}…/schemas/{kind}.schema.json`", shown(&path))),
            Some(schema) => {
                let target = path.parent().expect("a folder").join(schema.trim());
                let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let folder = target.parent().and_then(|folder| folder.canonicalize().ok());
                if name != format!("{kind}.schema.json") {
                    found.push(format!("{}: `{schema}` is not the schema of `kind: {kind}`", shown(&path)));
                } else if folder != Path::new("schemas").canonicalize().ok() {
                    found.push(format!("{}: `{schema}` does not lead to the folder schemas/", shown(&path)));
                } else if !target.is_file() {
                    found.push(format!(
                        "{}: schemas/{name} does not exist; write it with `tidegate schema {kind}`",
                        shown(&path)
                    ));
                }
            }
        }
    }
    none(&found, "Editors check a document against the schema that its first line names.");
}

#[test]
fn a_rule_is_called_like_its_file() {
    let mut found = Vec::new();
    for path in files("policies", &["cedar"]) {
        let text = std::fs::read_to_string(&path).expect("a readable rule");
        let id = text.lines().find_map(|line| line.strip_prefix("@id(\"")?.strip_suffix("\")")).unwrap_or_default();
        let stem = path.file_stem().expect("a name").to_string_lossy();
        let pack = path.parent().and_then(Path::file_name).expect("the folder of a pack").to_string_lossy();
        if id != format!("{pack}/{stem}") {
            found.push(format!("{}: @id is `{id}`", shown(&path)));
        }
    }
    none(&found, "Write @id(\"<folder>/<file name without .cedar>\") at the start of a line of its own.");
}

fn workspace() -> (Workspace, Vec<PathBuf>) {
    let folders = Folders { contracts: vec![PathBuf::from("contracts")], ..Folders::default() };
    let mut loaded = Vec::new();
    let opened = Workspace::open(&folders, Reach::All, |problems| {
        manifest_texts(&[PathBuf::from("examples")], &Exclude::default(), problems)
    });
    let (workspace, manifests) = opened.unwrap_or_else(|problems| {
        panic!("the shipped documents do not load; `tidegate check examples` says why: {problems:?}")
    });
    loaded.extend(manifests.iter().map(|manifest| PathBuf::from(&manifest.file.path)));
    (workspace, loaded)
}

#[test]
fn every_rule_has_a_scenario_that_violates_it_and_one_that_satisfies_it() {
    let (workspace, _) = workspace();
    let mut problems = Vec::new();
    let scenarios = read_pages(&[PathBuf::from("tests/scenarios")], &mut problems);
    assert!(
        problems.is_empty(),
        "the scenario pages do not load; `tidegate test tests/scenarios` says why: {problems:?}"
    );
    let (_, coverage) = test(&workspace, &scenarios).expect("rules and facts that Cedar accepts");
    let mut found = Vec::new();
    for id in workspace.book.rules.keys() {
        for (covered, word) in [(&coverage.violated, "violates"), (&coverage.satisfied, "satisfies")] {
            if !covered.contains(id) {
                found.push(format!("no scenario {word} {id}"));
            }
        }
    }
    none(&found, "Write the scenario in tests/scenarios/<pack>/; a rule that no scenario exercises may never apply.");
}

#[test]
fn every_file_under_examples_is_a_manifest_that_loads() {
    let (_, loaded) = workspace();
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new("examples") {
        let path = entry.expect("a readable folder").into_path();
        if path.is_file() && !loaded.contains(&path) {
            found.push(shown(&path));
        }
    }
    none(&found, "These are no manifests: call them integration.yaml, or keep them elsewhere.");
    assert!(!loaded.is_empty(), "there are no examples");
}
