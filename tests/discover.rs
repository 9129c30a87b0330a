//! `tidegate discover` on small repositories under `tests/discover/`. Each has an `expected.yaml` with what somebody who reads the
//! repository says (`uses`), and with the exact traces that the program must find.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/binary.rs"]
mod binary;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value as Json;

use binary::{Folder, root, tidegate};

const TODAY: &str = "--as-of=2026-11-22";

/// What is in a repository, and what the program finds of it.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The providers to which data flow, declared or not.
    uses: BTreeSet<String>,
    /// The providers that are reported as undeclared.
    undeclared: BTreeSet<String>,
    /// `provider kind name file:line:column`.
    traces: Vec<String>,
    /// Traces that do not count, in the same form.
    aside: Vec<String>,
}

fn repositories() -> BTreeMap<String, Expected> {
    let folders = fs::read_dir(root().join("tests/discover")).unwrap().map(|entry| entry.unwrap().path());
    folders
        .map(|folder| {
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(folder.join("expected.yaml")).unwrap_or_default();
            let expected = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, expected)
        })
        .collect()
}

fn repository(name: &str) -> PathBuf {
    root().join("tests/discover").join(name).join("repository")
}

/// The exit code and what was found.
#[track_caller]
fn discovered(folder: &Path, further: &[&str]) -> (i32, Json) {
    let own = folder.join("tidegate.yaml").is_file();
    let config: &[&str] = if own { &[] } else { &["--no-config"] };
    let run = tidegate(folder, &[&["discover", "--format=json"], config, further].concat());
    let json = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("nothing found out: {}", run.shown()));
    (run.code.unwrap(), json)
}

fn list<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> {
    json[key].as_array().unwrap().iter()
}

fn shown(provider: &Json, trace: &Json) -> String {
    format!(
        "{} {} {} {}:{}:{}",
        provider.as_str().unwrap(),
        trace["kind"].as_str().unwrap(),
        trace["name"].as_str().unwrap(),
        trace["file"].as_str().unwrap(),
        trace["line"],
        trace["column"]
    )
}

fn found(json: &Json) -> BTreeSet<String> {
    list(json, "providers").map(|finding| finding["provider"].as_str().unwrap().to_owned()).collect()
}

fn summed_up(json: &Json, uses: BTreeSet<String>) -> Expected {
    let open = list(json, "providers").filter(|finding| finding["declared"] == false);
    let traces = list(json, "providers")
        .flat_map(|finding| list(finding, "traces").map(|trace| shown(&finding["provider"], trace)));
    Expected {
        uses,
        undeclared: open.map(|finding| finding["provider"].as_str().unwrap().to_owned()).collect(),
        traces: traces.collect(),
        aside: list(json, "aside").map(|aside| shown(&aside["provider"], &aside["trace"])).collect(),
    }
}

#[test]
fn every_trace_is_found_and_nothing_else() {
    let mut faults = Vec::new();
    for (name, expected) in repositories() {
        let (code, json) = discovered(&repository(&name), &[]);
        let actual = summed_up(&json, expected.uses.clone());
        let exit = if actual.undeclared.is_empty() { 0 } else { 11 };
        assert_eq!(code, exit, "{name}");
        // The pages are held against real code by people; this only writes down what the program says of it.
        if actual != expected {
            faults.push(format!(
                "{name}:\nundeclared: {:?}\ntraces: {:#?}\naside: {:#?}",
                actual.undeclared, actual.traces, actual.aside
            ));
        }
    }
    assert!(faults.is_empty(), "not what expected.yaml says:\n{}", faults.join("\n"));
}

/// Of the providers found, how many are used; of those used, how many are found.
#[test]
fn the_page_tells_what_is_measured() {
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    let repositories = repositories();
    for (name, expected) in &repositories {
        let found = found(&discovered(&repository(name), &[]).1);
        right += found.intersection(&expected.uses).count();
        wrong += found.difference(&expected.uses).count();
        missed += expected.uses.difference(&found).count();
    }
    let measured = format!(
        "{} repositories, {} integrations: {right} found, {missed} missed, {wrong} found where there are none \
         (precision {:.2}, recall {:.2})",
        repositories.len(),
        right + missed,
        f64::from(right as u32) / f64::from((right + wrong) as u32),
        f64::from(right as u32) / f64::from((right + missed) as u32),
    );
    let page = fs::read_to_string(root().join("docs/discover.md")).unwrap();
    let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(page.contains(&measured), "docs/discover.md does not say: {measured}");
}

#[test]
fn what_is_found_fits_the_published_schema() {
    let schema: Json =
        serde_json::from_str(&fs::read_to_string(root().join("schemas/discovery.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in repositories().keys() {
        let (_, json) = discovered(&repository(name), &[]);
        let faults: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{name}: {faults:?}");
    }
}

#[test]
fn this_repository_sends_nothing_anywhere() {
    // Its tests hold code of others and faulty manifests.
    let own =
        ["src", "docs", "packaging", "policies", "provider-profiles", "vocabulary", "contracts", "examples", "benches"];
    let run = tidegate(root(), &[&["discover", "--no-config"], own.as_slice()].concat());
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(run.stdout.contains("no AI provider found in "), "{}", run.shown());
}

#[test]
fn equal_inputs_give_equal_bytes() {
    let folder = repository("monorepo");
    let one = tidegate(&folder, &["discover", "--format=json", "services", "libs", "integrations"]);
    let other =
        tidegate(&folder, &["discover", "--format=json", "integrations", "libs", "services", "services/search"]);
    assert!(one.stdout.contains("cohere"), "{}", one.shown());
    assert_eq!(one.stdout, other.stdout);
}

#[test]
fn text_tells_what_is_undeclared_and_with_verbose_the_rest() {
    let folder = repository("monorepo");
    let run = tidegate(&folder, &["discover"]);
    assert_eq!(run.code, Some(11));
    insta::assert_snapshot!("discover__text", run.shown());
    insta::assert_snapshot!("discover__verbose", tidegate(&folder, &["discover", "--verbose"]).shown());
}

#[test]
fn a_manifest_of_dependencies_that_cannot_be_read_is_told() {
    let folder = Folder::new();
    folder.write("package.json", "{\"dependencies\": {\"openai\": \"1\"},}");
    let run = tidegate(&folder.0, &["discover", "--no-config"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains("package.json: its dependencies cannot be read: it is not JSON"), "{}", run.shown());
}

#[test]
fn what_git_ignores_and_what_the_configuration_excludes_is_not_searched() {
    let folder = Folder::new();
    folder.write(".gitignore", "local/\n");
    folder.write("tidegate.yaml", "kind: config\nversion: 1\nexclude: [lab/]\n");
    for place in ["local/a.py", "lab/b.py", "app/c.py"] {
        folder.write(place, "KEY = 'OPENAI_API_KEY'\n");
    }
    let (_, json) = discovered(&folder.0, &[]);
    assert_eq!(summed_up(&json, BTreeSet::new()).traces, ["openai variable OPENAI_API_KEY app/c.py:1:8"]);
}

#[test]
fn a_profile_of_the_users_own_is_looked_for_too() {
    let folder = Folder::new();
    let text = fs::read_to_string(root().join("provider-profiles/groq.yaml")).unwrap();
    folder.write("profiles/groq.yaml", &text.replace("hosts: [api.groq.com]", "hosts: [llm.groq.example.com]"));
    folder.write("app.js", "fetch('https://llm.groq.example.com/v1')\n");
    let (code, json) = discovered(&folder.0, &["--profiles=profiles", "app.js"]);
    assert_eq!(code, 11);
    assert_eq!(summed_up(&json, BTreeSet::new()).traces, ["groq host llm.groq.example.com app.js:1:16"]);
}

#[test]
fn faults_in_what_is_looked_for_are_told() {
    let text = fs::read_to_string(root().join("provider-profiles/openai.yaml")).unwrap();
    let faults = [
        (text.replacen("services: [api]", "services: [apy]", 1), "unknown service `apy`"),
        (text.replacen("azure, cloudflare", "azur, cloudflare", 1), "there is no provider `azur`"),
        (text.replacen("cargo: [async-openai]", "crates: [async-openai]", 1), "crates"),
    ];
    for (text, message) in faults {
        let folder = Folder::new();
        folder.write("profiles/openai.yaml", &text);
        let run = tidegate(&folder.0, &["discover", "--no-config", "--profiles=profiles", "."]);
        assert_eq!(run.code, Some(3), "{}", run.shown());
        assert!(run.stderr.contains(message), "{}", run.shown());
    }
    let folder = Folder::new();
    folder.write("tidegate.yaml", "kind: config\nversion: 1\nnot_integrations:\n  - {path: \"a{b\", reason: why}\n");
    let run = tidegate(&folder.0, &["discover"]);
    assert_eq!(run.code, Some(3), "{}", run.shown());
    assert!(run.stderr.contains("this pattern cannot be read"), "{}", run.shown());
}

// ---- In the gate -----------------------------------------------------------------------------------------------------

#[test]
fn check_counts_what_is_undeclared_in_every_form() {
    let folder = repository("python-fastapi");
    // Nothing to check is no longer all there is to say.
    assert_eq!(tidegate(&folder, &["check", TODAY, "--no-config"]).code, Some(4));
    for format in ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"] {
        let run = tidegate(&folder, &["check", TODAY, "--no-config", "--discover", &format!("--format={format}")]);
        assert_eq!(run.code, Some(11), "{}", run.shown());
        assert!(run.stdout.contains("discover/undeclared"), "{}", run.shown());
        assert!(run.stdout.contains(".env.example"), "{}", run.shown());
    }
    // Nothing to check, and nothing undeclared.
    assert_eq!(tidegate(&repository("only-mentions"), &["check", TODAY, "--no-config", "--discover"]).code, Some(4));
}

#[test]
fn check_says_nothing_of_what_is_declared() {
    let folder = repository("declared");
    let alone = tidegate(&folder, &["check", TODAY, "--no-config", "--format=json"]);
    let with = tidegate(&folder, &["check", TODAY, "--no-config", "--format=json", "--discover"]);
    assert!(alone.stdout.contains("ticket-summaries"), "{}", alone.shown());
    assert_eq!((alone.code, alone.stdout), (with.code, with.stdout));
}

/// A line with the name of a key may hold the key.
#[test]
fn no_form_shows_a_key() {
    let folder = Folder::new();
    folder.write("config/.env", "OPENAI_API_KEY=sk-proj-very-secret\n");
    let mut runs = vec![tidegate(&folder.0, &["discover", "--no-config", "--verbose"])];
    runs.push(tidegate(&folder.0, &["discover", "--no-config", "--format=json"]));
    for format in ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"] {
        let format = format!("--format={format}");
        runs.push(tidegate(&folder.0, &["check", TODAY, "--no-config", "--discover", &format]));
    }
    for run in runs {
        assert_eq!(run.code, Some(11), "{}", run.shown());
        assert!(!run.shown().contains("very-secret"), "{}", run.shown());
    }
}

// ---- The shipped traces ----------------------------------------------------------------------------------------------

#[test]
fn every_profile_says_what_shows_its_use_and_no_two_the_same() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for entry in fs::read_dir(root().join("provider-profiles")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let profile: Json = serde_yaml::from_str(&text).unwrap();
        let id = profile["id"].as_str().unwrap();
        let groups = profile["traces"].as_array().unwrap_or_else(|| panic!("{id} has no traces"));
        let mut names: Vec<String> = Vec::new();
        for group in groups {
            for kind in ["hosts", "variables", "identifiers"] {
                let of_kind = group[kind].as_array().into_iter().flatten();
                names.extend(of_kind.map(|name| format!("{kind} {}", name.as_str().unwrap())));
            }
            for (ecosystem, packages) in group["packages"].as_object().into_iter().flatten() {
                let packages = packages.as_array().unwrap().iter();
                names.extend(packages.map(|name| format!("{ecosystem} {}", name.as_str().unwrap())));
            }
        }
        assert!(!names.is_empty(), "{id}");
        for name in names {
            let earlier = owners.insert(name.clone(), id.to_owned());
            assert!(earlier.is_none(), "{name} stands for {id} and for {earlier:?}");
        }
    }
}
