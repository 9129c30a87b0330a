//! What users see: the text and the exit code of every verb, of the real program in the root of the repository.
//!
//! The texts are held in `tests/snapshots/`. `INSTA_UPDATE=always cargo test --test cli` writes them anew; read the difference.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/binary.rs"]
mod binary;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use rayon::prelude::*;
use serde_json::Value as Json;
use textwrap::core::display_width;
use tidegate::render;
use tidegate::workspace::{Folders, Reach, Workspace};

use binary::{Folder, Run, root, tidegate, tidegate_with};

/// The day on which every test decides, but the one of the clock.
const AS_OF: &str = "--as-of=2026-11-22";

/// The width of a text that goes to no terminal.
const WIDTH: usize = 80;

fn run(arguments: &[&str]) -> Run {
    tidegate(root(), arguments)
}

#[track_caller]
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Runs, holds the text to its snapshot and the exit code to what is expected.
#[track_caller]
fn shows(name: &str, arguments: &[&str], code: i32) {
    let run = run(arguments);
    snapshot(name, &run.shown());
    assert_eq!(run.code, Some(code), "{}", run.shown());
}

// ---- Verdicts --------------------------------------------------------------------------------------------------------

#[test]
fn check_all_examples() {
    shows("check-examples", &["check", "examples", AS_OF], 12);
}

#[test]
fn check_with_the_satisfied_rules() {
    shows("check-verbose", &["check", "examples/support-reply-drafts", AS_OF, "--verbose"], 0);
}

#[test]
fn ask_whether_personal_data_may_go_to_a_chat_account() {
    let arguments = [
        "ask",
        AS_OF,
        "--data=user.contact.email",
        "--purpose=customer-support",
        "--service=openai/chatgpt-consumer",
        "--location=global",
    ];
    shows("ask-chat-account", &arguments, 12);
}

#[test]
fn ask_about_public_data_without_contract_and_law() {
    let arguments = [
        "ask",
        AS_OF,
        "--data=org.public.knowledge_base",
        "--purpose=knowledge-management",
        "--service=openai/api",
        "--location=global",
        "--contract=none",
        "--law=none",
    ];
    shows("ask-public-data", &arguments, 11);
}

#[test]
fn the_exit_code_is_the_worst_verdict_in_both_formats() {
    let mut seen = BTreeSet::new();
    for (example, (in_json, result)) in &*EXAMPLES {
        let verdicts = ["permitted", "conditional", "undetermined", "refused"];
        let verdict = result["verdict"].as_str().unwrap();
        let code = match verdict {
            "permitted" => 0,
            "conditional" => 10,
            "undetermined" => 11,
            _ => 12,
        };
        let rank = |word: &Json| verdicts.iter().position(|verdict| word == verdict).unwrap();
        let worst = result["flows"].as_array().unwrap().iter().map(|flow| rank(&flow["verdict"])).max();
        assert_eq!(worst, Some(rank(&result["verdict"])), "{example}");
        assert_eq!(*in_json, Some(code), "{example} is {verdict}");
        assert_eq!(run(&["check", example, AS_OF]).code, Some(code), "{example} is {verdict} as text too");
        seen.insert(code);
    }
    assert_eq!(seen, BTreeSet::from([0, 10, 11, 12]), "the examples show every verdict");
}

#[test]
fn without_a_date_today_decides() {
    let run = run(&["check", "examples"]);
    assert!([0, 10, 11, 12].map(Some).contains(&run.code), "{}", run.shown());
}

// ---- The canonical result --------------------------------------------------------------------------------------------

#[test]
fn the_result_follows_its_schema() {
    let schema: Json = serde_json::from_str(&run(&["schema", "result"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (example, (_, result)) in &*EXAMPLES {
        let errors: Vec<String> = validator.iter_errors(result).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{example}: {errors:#?}");
    }
}

#[test]
fn the_result_says_the_same_as_the_text() {
    let run = run(&["check", "examples/unknown-training-default", AS_OF, "--format=json"]);
    assert_eq!(run.code, Some(11), "{}", run.stderr);
    snapshot("check-json", &excerpt(&run.stdout));
}

/// A result without what changes whenever any rule or profile does: only findings, with the rules and facts that they name, and no
/// digests.
fn excerpt(result: &str) -> String {
    let mut result: Json = serde_json::from_str(result).unwrap();
    let mut rules: BTreeSet<String> = BTreeSet::new();
    let mut facts: BTreeSet<String> = BTreeSet::new();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    for flow in result["flows"].as_array_mut().unwrap() {
        let findings = flow["rules"].as_array_mut().unwrap();
        findings.retain(|rule| rule["verdict"] != "permitted");
        for rule in findings {
            rules.insert(text(&rule["id"]));
            facts.extend(rule["facts"].as_array().unwrap().iter().map(|fact| text(&fact["name"])));
        }
    }
    result["rules"].as_object_mut().unwrap().retain(|rule, _| rules.contains(rule));
    result["facts"].as_object_mut().unwrap().retain(|fact, _| facts.contains(fact));
    let inputs = result["inputs"].as_array_mut().unwrap();
    inputs.retain(|input| !text(&input["path"]).starts_with("(embedded)/"));
    inputs.iter_mut().for_each(|input| input["sha256"] = "…".into());
    serde_json::to_string_pretty(&result).unwrap()
}

/// The exit code and the canonical result of every example, by folder.
static EXAMPLES: LazyLock<BTreeMap<String, (Option<i32>, Json)>> = LazyLock::new(|| {
    let folders = fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap().file_name());
    let folders: Vec<String> = folders.map(|name| format!("examples/{}", name.into_string().unwrap())).collect();
    assert!(!folders.is_empty());
    folders
        .into_par_iter()
        .map(|folder| {
            let run = run(&["check", &folder, AS_OF, "--format=json"]);
            assert_eq!(run.stderr, "", "{folder}");
            (folder, (run.code, serde_json::from_str(&run.stdout).unwrap()))
        })
        .collect()
});

// ---- Knowledge -------------------------------------------------------------------------------------------------------

#[test]
fn the_rules() {
    shows("rules", &["rules"], 0);
}

#[test]
fn a_rule() {
    shows("explain", &["explain", "contract/retention-limit"], 0);
}

#[test]
fn a_rule_that_a_lawyer_must_confirm() {
    shows("explain-to-be-confirmed", &["explain", "gdpr/22-automated-decisions"], 0);
}

#[test]
fn the_services() {
    shows("profiles-list", &["profiles", "list"], 0);
}

#[test]
fn a_service() {
    shows("profiles-show", &["profiles", "show", "openai/api"], 0);
}

#[test]
fn reviews_that_are_due() {
    for (day, code) in [("2026-11-22", 0), ("2027-03-01", 10), ("2028-01-01", 11)] {
        shows(&format!("profiles-stale-{day}"), &["profiles", "stale", &format!("--as-of={day}")], code);
    }
}

#[test]
fn pages_are_written_and_those_of_others_left_alone() {
    let folder = Folder::new();
    folder.write("pages/NOTES.md", "Ours\n");
    folder.write("others/README.md", "Ours\n");
    let read = |name: &str| fs::read_to_string(folder.0.join(name));
    assert_eq!(tidegate(&folder.0, &["docs", "pages", "--check"]).code, Some(1), "nothing is written yet");
    assert_eq!(tidegate(&folder.0, &["docs", "pages"]).code, Some(0));
    assert_eq!(tidegate(&folder.0, &["docs", "pages", "--check"]).code, Some(0));

    let gone = read("pages/vocabulary.md").unwrap();
    folder.write("pages/packs/gone.md", &gone);
    folder.write("pages/vocabulary.md", &gone.replace("personal", "private"));
    let check = tidegate(&folder.0, &["docs", "pages", "--check"]);
    assert_eq!(check.code, Some(1));
    assert!(check.stderr.contains("pages/vocabulary.md is out of date"), "{}", check.shown());
    assert!(check.stderr.contains("pages/packs/gone.md should not be there"), "{}", check.shown());
    assert_eq!(tidegate(&folder.0, &["docs", "pages"]).code, Some(0));
    assert!(read("pages/packs/gone.md").is_err(), "a page that is written no more goes");
    assert_eq!(read("pages/NOTES.md").unwrap(), "Ours\n");

    let refused = tidegate(&folder.0, &["docs", "others"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("was not written by Tidegate"), "{}", refused.shown());
    assert_eq!(read("others/README.md").unwrap(), "Ours\n");
    assert!(read("others/vocabulary.md").is_err(), "nothing is written beside it");
}

/// A pack of the user's that calls itself after one of the binary's must not keep the binary's rules from being read.
#[test]
fn a_pack_of_ones_own_hides_no_rule_of_the_binary() {
    let folder = Folder::new();
    folder.write(
        "integration.yaml",
        &fs::read_to_string(root().join("examples/poc-with-real-data/integration.yaml")).unwrap(),
    );
    let before = tidegate(&folder.0, &["check", ".", AS_OF]);
    let pack = fs::read_to_string(root().join("policies/gdpr/pack.yaml")).unwrap();
    folder.write("policies/gdpr/pack.yaml", &pack.replace("law: gdpr", "law: sg-pdpa"));
    let after = tidegate(&folder.0, &["check", ".", AS_OF, "--policies=policies"]);
    assert!(matches!(before.code, Some(10..=12)), "{}", before.shown());
    assert_eq!(after.code, Some(3), "{}", after.shown());
    assert!(after.stderr.contains("the pack holds only under the law `sg-pdpa`"), "{}", after.shown());
}

#[test]
fn own_profiles_replace_embedded_ones() {
    let folder = Folder::new();
    folder.write("integration.yaml", &marketing_copy());
    let before = tidegate(&folder.0, &["check", ".", AS_OF]);
    assert_eq!(before.code, Some(0), "{}", before.shown());
    folder.write("profiles/openai.yaml", PROFILE);
    let after = tidegate(&folder.0, &["check", ".", AS_OF, "--profiles=profiles"]);
    snapshot("own-profile", &after.shown());
    assert_eq!(after.code, Some(12));
    assert!(after.stdout.contains("terms/prohibited-purposes"), "{}", after.shown());
    assert!(after.stdout.contains("provider-profile: profiles/openai.yaml"), "the file that decided is named");
}

/// Another reading of one provider's terms. It says little, so that much is unknown.
const PROFILE: &str = "\
kind: provider-profile
version: 1
id: openai
title: OpenAI, as our lawyers read it
reviewed: 2026-11-01
review_every_days: 90
sources:
  memo: {title: Our memo on terms, url: https://example.com/memo, dated: 2026-11-01, confidence: secondary}
services:
  api:
    title: OpenAI API platform
    terms:
      prohibited:
        purposes: {value: [marketing-content], source: memo}
    features:
      chat-completions: {title: Chat completions, stores: []}
    locations:
      global:
        title: Anywhere
        processing: {countries: [any], source: memo}
        storage: {countries: [any], source: memo}
        access: {countries: [any], source: memo}
";

#[test]
fn own_rules_stand_beside_embedded_ones() {
    let folder = Folder::new();
    folder.write("integration.yaml", &marketing_copy());
    folder.write("packs/house/pack.yaml", PACK);
    folder.write("packs/house/own-words.cedar", RULE);
    let run = tidegate(&folder.0, &["check", ".", AS_OF, "--policies=packs"]);
    snapshot("own-rule", &run.shown());
    assert_eq!(run.code, Some(12));
    assert!(run.stdout.contains("house/own-words"), "{}", run.shown());
    assert!(run.stdout.contains("policy: packs/house/own-words.cedar"), "the file that decided is named");
    let explained = tidegate(&folder.0, &["explain", "house/own-words", "--policies=packs"]);
    assert_eq!(explained.code, Some(0), "{}", explained.shown());
    assert!(explained.stdout.contains("House rules"), "{}", explained.shown());
}

const PACK: &str = "\
kind: rule-pack
version: 1
id: house
title: House rules
covers: What we ask of ourselves.
leaves_out: Everything else.
";

const RULE: &str = r#"@id("house/own-words")
@title("Our website is written by people")
@cites("House style, chapter 1")
@on_violation("refuse")
@remedy("ask a colleague to write the text")
forbid (principal, action, resource)
when { action in Action::"marketing-content" }
unless { context.flow.operation != Operation::"rewrite" };
"#;

/// A manifest that is permitted and relies on no contract or agreement.
fn marketing_copy() -> String {
    fs::read_to_string(root().join("examples/marketing-copy/integration.yaml")).unwrap()
}

// ---- Bad questions ---------------------------------------------------------------------------------------------------

#[test]
fn unknown_words_are_answered_with_near_ones() {
    let near_and_far = [
        ("unknown-rule", ["explain", "contract/retention-limt"].as_slice(), "did you mean `contract/retention-limit`?"),
        ("unknown-rule-far", &["explain", "lawfulness"], "`tidegate rules` lists them"),
        ("unknown-service", &["profiles", "show", "openai/ap"], "did you mean `openai/api`?"),
        ("unknown-service-far", &["profiles", "show", "example/model"], "`tidegate profiles list` lists them"),
        ("unknown-kind", &["schema", "vocabluary"], "did you mean `vocabulary`?"),
        ("unknown-verb", &["chek"], "'check'"),
        ("bad-date", &["check", "examples", "--as-of=2026-02-30"], "2026-02-30"),
        ("bad-form-of-date", &["check", "examples", "--as-of=22.11.2026"], "2026-11-22"),
    ];
    for (name, arguments, hint) in near_and_far {
        let run = run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.shown());
        assert!(run.stderr.contains(hint), "{}", run.shown());
        snapshot(name, &run.shown());
    }
}

#[test]
fn a_question_with_an_unknown_service_is_answered_with_a_near_one() {
    let arguments =
        ["ask", AS_OF, "--data=user.name", "--purpose=customer-support", "--service=openai/ap", "--location=eu"];
    let run = run(&arguments);
    assert!(run.stderr.contains("did you mean `openai/api`?"), "{}", run.shown());
    assert!(matches!(run.code, Some(2 | 3)), "{}", run.shown());
    assert_eq!(run.stdout, "");
    snapshot("ask-unknown-service", &run.shown());
}

#[test]
fn there_may_be_nothing_to_check() {
    let folder = Folder::new();
    for arguments in [["check"].as_slice(), &["check", ".", "--format=json"]] {
        let run = tidegate(&folder.0, arguments);
        assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "{}", run.shown());
        assert!(run.stderr.starts_with("nothing to check"), "{}", run.shown());
    }
    snapshot("nothing-to-check", &tidegate(&folder.0, &["check"]).shown());
}

// ---- Form ------------------------------------------------------------------------------------------------------------

#[test]
fn help_of_every_verb() {
    let mut pages = String::new();
    help(&[], &mut pages);
    snapshot("help", &pages);
}

/// The help of a verb, and of the verbs below it.
fn help(verbs: &[&str], pages: &mut String) {
    let run = run(&[verbs, &["--help"]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.shown());
    pages.push_str(&run.shown());
    pages.push('\n');
    let lines = run.stdout.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for line in lines {
        // What a verb is for may go on in a second, deeper line.
        let Some(verb) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) else { continue };
        match verb.split(' ').next() {
            Some("help") | None => {}
            Some(verb) => help(&[verbs, &[verb]].concat(), pages),
        }
    }
}

#[test]
fn completions_know_the_verbs() {
    let run = run(&["completions", "bash"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for verb in ["check", "ask", "rules", "explain", "profiles", "schema", "test"] {
        assert!(run.stdout.contains(verb), "no {verb}");
    }
}

#[test]
fn no_line_is_wider_than_the_page() {
    let mut pages = vec![
        run(&["check", "examples", AS_OF, "--verbose"]).stdout,
        run(&["rules"]).stdout,
        run(&["profiles", "list"]).stdout,
    ];
    // The pages of all rules and services: too many for a process each.
    let (workspace, _) = Workspace::open(&Folders::default(), Reach::All, |_| Vec::new()).unwrap();
    let book = &workspace.book;
    pages.extend(book.rules.values().map(|rule| {
        render::rules::explain(
            rule,
            book.packs.get(rule.pack()),
            &book.catalogue,
            &workspace.knowledge.vocabulary,
            WIDTH,
        )
    }));
    pages.extend(workspace.knowledge.services().iter().map(|service| {
        let view = workspace.knowledge.service(service).unwrap();
        render::profile::show(service, &view, &book.catalogue, WIDTH)
    }));
    let wide: Vec<&str> = pages.iter().flat_map(|page| page.lines()).filter(|line| too_wide(line)).collect();
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

/// Whether a line goes over the edge, and not only because it holds one path, address or fact's name, which are no use broken.
fn too_wide(line: &str) -> bool {
    let line = anstream::adapter::strip_str(line).to_string();
    let words = || line.split_whitespace().filter(|word| display_width(word) > 1);
    let unbroken = words().count() == 1 && words().all(|word| word.contains(['/', '.']));
    display_width(&line) > WIDTH && !unbroken
}

#[test]
fn no_line_ends_in_blanks() {
    for arguments in [["check", "examples", AS_OF].as_slice(), &["rules"], &["profiles", "list"]] {
        let run = run(arguments);
        let blank: Vec<&str> = run.stdout.lines().filter(|line| line.ends_with(char::is_whitespace)).collect();
        assert!(blank.is_empty(), "{blank:#?}");
    }
}

#[test]
fn colour_is_only_colour() {
    let arguments = ["check", "examples", AS_OF, "--verbose"];
    let plain = run(&arguments);
    let coloured = tidegate_with(root(), &arguments, &[("CLICOLOR_FORCE", "1")]);
    let piped = tidegate_with(root(), &arguments, &[]);
    assert!(coloured.stdout.contains("\u{1b}["), "colour where it is asked for");
    assert!(!plain.stdout.contains('\u{1b}'), "none where it is refused");
    assert!(!piped.stdout.contains('\u{1b}'), "none where there is no terminal");
    assert_eq!(anstream::adapter::strip_str(&coloured.stdout).to_string(), plain.stdout);
    assert_eq!((coloured.code, piped.code), (plain.code, plain.code));
}
