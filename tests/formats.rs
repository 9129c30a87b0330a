//! The forms of a result: what each says, that all say the same, and that no text of a user's breaks one.
//!
//! `tests/formats/result.json` is a small result with every kind of finding. Snapshots are in `tests/snapshots/`.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/binary.rs"]
mod binary;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use quick_xml::events::Event;
use serde_json::{Value as Json, json};
use tidegate::render::{github, gitlab, html, junit, markdown, sarif, text};
use tidegate::report::{FlowResult, Report, Status, Summary, Verdict};

use binary::{Folder, Run, root, tidegate, tidegate_with};

const FORMATS: [&str; 8] = ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html"];
const AS_OF: &str = "--as-of=2026-11-22";

fn saved() -> PathBuf {
    root().join("tests/formats/result.json")
}

fn value() -> Json {
    serde_json::from_str(&fs::read_to_string(saved()).unwrap()).unwrap()
}

/// Makes the numbers of a changed result those of its flows.
fn recount(report: &mut Json) {
    let mut summary = Summary::default();
    summary.count(&serde_json::from_value::<Vec<FlowResult>>(report["flows"].clone()).unwrap());
    report["summary"] = serde_json::to_value(summary).unwrap();
}

fn report() -> Report {
    serde_json::from_value(value()).unwrap()
}

fn convert(folder: &Folder, more: &[&str]) -> Run {
    let saved = saved();
    tidegate(&folder.0, &[&["convert", saved.to_str().unwrap()], more].concat())
}

// ---- What each says --------------------------------------------------------------------------------------------------

#[test]
fn every_form_says_what_is_in_its_snapshot() {
    for format in FORMATS.into_iter().filter(|format| *format != "json") {
        let run = convert(&Folder::new(), &["--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(12), ""), "{format}");
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(format!("format-{format}"), run.stdout);
        });
    }
    let verbose = convert(&Folder::new(), &["--format=sarif", "--verbose"]);
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("format-sarif-verbose", verbose.stdout);
    });
}

#[test]
fn what_is_read_is_written_again() {
    let run = convert(&Folder::new(), &["--format=json"]);
    assert_eq!(serde_json::from_str::<Json>(&run.stdout).unwrap(), value());
}

/// Every form tells every finding, counted or set aside, and no other.
#[test]
fn no_form_loses_a_finding() {
    let report = report();
    let told = report.flows.iter().flat_map(|flow| &flow.rules).filter(|rule| rule.tells()).count();
    let notices = report.notices.len();
    let parsed: Json = serde_json::from_str(&sarif::render(&report, false).unwrap()).unwrap();
    assert_eq!(parsed["runs"][0]["results"].as_array().unwrap().len(), told + notices);
    let parsed: Json = serde_json::from_str(&gitlab::render(&report).unwrap()).unwrap();
    assert_eq!(parsed.as_array().unwrap().len(), told + notices);
    let ends = ["<failure", "<error", "<skipped", "<system-out"];
    let xml = junit::render(&report).unwrap();
    assert_eq!(ends.map(|end| xml.matches(end).count()).iter().sum::<usize>(), told + notices);
    let commands = github::render(&report);
    assert_eq!(commands.lines().filter(|line| line.starts_with("::")).count(), told + notices);
    let (page, comment) = (html::render(&report), markdown::render(&report, markdown::COMMENT));
    for flow in &report.flows {
        for rule in flow.rules.iter().filter(|rule| rule.tells()) {
            assert!(page.contains(&format!("</span> {}</h4>", rule.id)), "{}", rule.id);
            assert!(comment.contains(&format!("`{}`: ", rule.id)), "{}", rule.id);
        }
    }
}

#[test]
fn kinds_and_levels_of_sarif_are_used_rightly() {
    let parsed: Json = serde_json::from_str(&sarif::render(&report(), true).unwrap()).unwrap();
    let run = &parsed["runs"][0];
    for result in run["results"].as_array().unwrap() {
        assert_eq!(result["kind"] == "fail", result["level"] != "none", "only a failure has a level: {result:#}");
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let suppressed = result["message"]["text"].as_str().unwrap().contains("\nSet aside: ");
        assert_eq!(result["suppressions"].is_array(), suppressed);
        assert!(!suppressed || result["level"] != "error", "what is set aside closes no gate");
        // One such location, and code scanning refuses the whole file.
        assert!(!result["relatedLocations"].to_string().contains("embedded"), "{result:#}");
    }
}

// ---- Where it goes ---------------------------------------------------------------------------------------------------

/// Two spellings of one file are not seen as one; then the later form holds, whole, and others may read it as any new file.
#[test]
fn forms_never_mix_in_one_file() {
    let folder = Folder::new();
    let saved = saved().display().to_string();
    let args = ["convert", &saved, "--format=json=out", "--format=text=./out", "--format=json=alone"];
    assert_eq!(tidegate(&folder.0, &args).stderr, "");
    let text = tidegate(&folder.0, &["convert", &saved]).stdout;
    assert_eq!(fs::read_to_string(folder.0.join("out")).unwrap(), text);
    let mut names: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["alone", "out"], "nothing else is left");
    folder.write("new", "");
    let rights = |name: &str| fs::metadata(folder.0.join(name)).unwrap().permissions();
    assert_eq!(rights("out"), rights("new"));
}

#[test]
fn every_form_has_the_same_exit_code() {
    let mut report = value();
    let keep = |verdict: &str, report: &mut Json| {
        report["flows"].as_array_mut().unwrap().retain(|flow| flow["verdict"] == verdict);
        report["notices"] = json!([]);
        report["verdict"] = verdict.into();
        recount(report);
    };
    let folder = Folder::new();
    for (verdict, code) in [("refused", 12), ("undetermined", 11), ("permitted", 0)] {
        report.clone_from(&value());
        keep(verdict, &mut report);
        folder.write("result.json", &report.to_string());
        for format in FORMATS {
            let run = tidegate(&folder.0, &["convert", "result.json", "--format", format]);
            assert_eq!((run.code, run.stderr.as_str()), (Some(code), ""), "{format}");
        }
    }
    for format in FORMATS {
        let run = tidegate(root(), &["check", "examples/unknown-training-default", AS_OF, "--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(11), ""), "{format}");
    }
}

#[test]
fn several_at_once_are_the_same_as_one_after_the_other() {
    let folder = Folder::new();
    let named = |format: &str| format!("--format={format}={}", folder.0.join("out").join(format).display());
    let mut arguments = vec!["check".to_owned(), "examples/gemini-30-day-limit".to_owned(), AS_OF.to_owned()];
    arguments.extend(FORMATS.map(named));
    let all = tidegate(root(), &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((all.code, all.stdout.as_str(), all.stderr.as_str()), (Some(12), "", ""));
    let saved = folder.0.join("out/json");
    for format in FORMATS {
        let direct = fs::read_to_string(folder.0.join("out").join(format)).unwrap();
        let again = tidegate(root(), &["convert", saved.to_str().unwrap(), "--format", format]);
        assert_eq!((again.code, again.stdout == direct), (Some(12), true), "{format}");
        // Text names all rules that were read; with JSON beside it more are.
        if format != "text" {
            let one = tidegate(root(), &["check", "examples/gemini-30-day-limit", AS_OF, "--format", format]);
            assert_eq!((one.code, one.stdout == direct), (Some(12), true), "{format}");
        }
    }
    let beside: Vec<_> = fs::read_dir(folder.0.join("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(beside.len(), FORMATS.len(), "nothing is left beside the files: {beside:?}");
}

#[test]
fn one_form_at_most_goes_to_standard_output() {
    let folder = Folder::new();
    let run = convert(&folder, &["--format=json", "--format=sarif"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("only one format can go to standard output"), "{}", run.shown());
    let run = convert(&folder, &["--format=json=a", "--format=sarif=a"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("two formats go to `a`"), "{}", run.shown());
    assert!(!folder.0.join("a").exists());
    let run = convert(&folder, &["--format=sarf"]);
    assert!(run.code == Some(2) && run.stderr.contains("'sarif'"), "{}", run.shown());
    let run = convert(&folder, &["--format=sarif="]);
    assert_eq!(run.code, Some(2), "{}", run.shown());
    let run = convert(&folder, &["--format=json", "--format=sarif=deep/in/a.sarif"]);
    assert_eq!(run.code, Some(12), "{}", run.shown());
    assert!(folder.0.join("deep/in/a.sarif").is_file());
}

#[test]
fn a_file_that_cannot_be_written_is_a_failure_but_the_rest_is_told() {
    let folder = Folder::new();
    folder.write("taken", "a file, no folder");
    fs::create_dir(folder.0.join("folder")).unwrap();
    for target in ["taken/a.sarif", "folder"] {
        let run = convert(&folder, &["--format=text", &format!("--format=sarif={target}")]);
        assert_eq!(run.code, Some(1), "{}", run.shown());
        assert!(run.stdout.contains("3 flows as of"), "{}", run.shown());
        assert!(run.stderr.contains(&format!("cannot write `{target}`")), "{}", run.shown());
    }
    assert_eq!(fs::read_to_string(folder.0.join("taken")).unwrap(), "a file, no folder");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = Folder::new();
    folder.write("real.txt", "before");
    std::os::unix::fs::symlink("real.txt", folder.0.join("link.txt")).unwrap();
    assert_eq!(convert(&folder, &["--format=text=link.txt"]).code, Some(12));
    assert!(folder.0.join("link.txt").is_symlink());
    assert!(fs::read_to_string(folder.0.join("real.txt")).unwrap().contains("REFUSED"));
}

#[test]
fn text_in_a_file_has_no_colour() {
    let folder = Folder::new();
    let saved = saved();
    let arguments = ["convert", saved.to_str().unwrap(), "--format=text=out.txt"];
    tidegate_with(&folder.0, &arguments, &[("CLICOLOR_FORCE", "1")]);
    let written = fs::read_to_string(folder.0.join("out.txt")).unwrap();
    assert!(!written.contains('\u{1b}') && written.contains("REFUSED"));
}

#[test]
fn the_summary_of_a_step_is_appended_within_its_limit() {
    const LIMIT: usize = 1024 * 1024;
    let folder = Folder::new();
    let summary = folder.0.join("summary.md");
    let saved = saved();
    let run = || {
        let arguments = ["convert", saved.to_str().unwrap(), "--format=github"];
        let run = tidegate_with(&folder.0, &arguments, &[("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())]);
        assert_eq!(run.code, Some(12), "{}", run.shown());
        fs::read_to_string(&summary).unwrap()
    };
    folder.write("summary.md", "Before\n");
    let written = run();
    assert!(written.starts_with("Before\n") && written.contains("## ✗ Tidegate: refused"), "{written}");
    for taken in [LIMIT - 5000, LIMIT - 200, LIMIT] {
        folder.write("summary.md", &"x".repeat(taken));
        let written = run();
        assert!(written.len() <= LIMIT);
        assert_eq!(written[taken..].contains("refused"), taken < LIMIT, "{}", &written[taken..]);
    }
}

// ---- Limits ----------------------------------------------------------------------------------------------------------

/// The report with its first flow so many times.
fn many(number: usize) -> Report {
    let mut report = report();
    let first = report.flows[0].clone();
    report.flows = (0..number)
        .map(|at| {
            let mut flow = first.clone();
            flow.flow = format!("flow-{at}");
            flow
        })
        .collect();
    report
}

#[test]
fn the_last_annotation_says_how_many_there_are_more() {
    let commands = github::render(&many(25));
    let of = |level: &str| commands.lines().filter(|line| line.starts_with(level)).collect::<Vec<_>>();
    for level in ["::error", "::warning", "::notice"] {
        assert_eq!(of(level).len(), 10, "{level}");
    }
    assert!(of("::error")[9].starts_with("::error title=16 more::16 more findings"), "{}", of("::error")[9]);
}

#[test]
fn a_comment_fits_and_says_what_is_left_out() {
    for number in [10, 40, 3000] {
        let comment = markdown::render(&many(number), markdown::COMMENT);
        assert!(comment.len() <= markdown::COMMENT, "{number}: {}", comment.len());
        assert!(comment.starts_with("<!-- tidegate:report -->\n## ✗ Tidegate: refused"));
        assert_eq!(comment.contains("are left out for want of room"), number > 10, "{number}");
        assert_eq!(comment.contains("are left out of the table"), number > 40, "{number}");
        assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
    }
}

#[test]
fn code_scanning_takes_no_more_results_than_these() {
    let parsed: Json = serde_json::from_str(&sarif::render(&many(7000), false).unwrap()).unwrap();
    let run = &parsed["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(said.starts_with(&format!("{} results are left out", 7000 * 4 + 2 - 25_000)), "{said}");
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), 7000, "the gravest stay");
}

// ---- Texts of others -------------------------------------------------------------------------------------------------

const NASTY: &str = "\"q' <script>alert(1)</script> a|b @octocat #1 ]]> --> `c` %0A ::error::x, y: z\r\n::warning::two [t](u) 客戶 \u{7}\\";

/// The report with nasty texts wherever a user's text can stand.
fn nasty() -> Report {
    let mut report = report();
    for flow in &mut report.flows {
        for text in [&mut flow.integration, &mut flow.flow, &mut flow.title, &mut flow.purpose, &mut flow.place.file] {
            text.push_str(NASTY);
        }
        for rule in &mut flow.rules {
            rule.items.iter_mut().for_each(|item| *item = format!("{item}{NASTY}").into());
            for fact in &mut rule.facts {
                let fact = Arc::make_mut(fact);
                fact.value = NASTY.into();
                fact.file.push_str(NASTY);
                if let Some(source) = &mut fact.source {
                    source.title.push_str(NASTY);
                    source.url.push_str(NASTY);
                }
            }
            if let Some(aside) = &mut rule.aside {
                aside.reason.push_str(NASTY);
            }
        }
    }
    for info in report.rules.values_mut() {
        info.title.push_str(NASTY);
        info.remedy.push_str(NASTY);
    }
    for notice in &mut report.notices {
        notice.message.push_str(NASTY);
    }
    report
}

#[test]
fn no_text_breaks_json() {
    for text in [sarif::render(&nasty(), true).unwrap(), gitlab::render(&nasty()).unwrap()] {
        let parsed: Json = serde_json::from_str(&text).unwrap();
        assert!(parsed.to_string().contains("<script>alert(1)</script>"), "the text is there as it is");
    }
    let parsed: Json = serde_json::from_str(&sarif::render(&nasty(), true).unwrap()).unwrap();
    for result in parsed["runs"][0]["results"].as_array().unwrap() {
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.contains("[t](u)"), "a link that nobody meant: {message}");
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.contains([' ', '<', '"', '#', '\n', '\\']), "{uri}");
    }
}

#[test]
fn no_text_breaks_xml() {
    let xml = junit::render(&nasty()).unwrap();
    let mut reader = quick_xml::Reader::from_str(&xml);
    let (mut depth, mut names) = (0, Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(start) => {
                depth += 1;
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    if attribute.key.as_ref() == "classname" {
                        names.push(quick_xml::escape::unescape(&attribute.value).unwrap().into_owned());
                    }
                }
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    let expected = format!("replies{NASTY}.draft{NASTY}").replace('\u{7}', "\u{fffd}");
    assert!(names.contains(&expected), "{names:#?}");
    assert!(xml.chars().all(|letter| letter >= ' ' || letter == '\n'), "no control character that XML forbids");
}

#[test]
fn no_text_becomes_a_command() {
    let commands = github::render(&nasty());
    let report = nasty();
    let findings = report.flows.iter().flat_map(|flow| &flow.rules).filter(|rule| rule.tells()).count();
    let lines: Vec<&str> = commands.lines().collect();
    assert_eq!(lines.len(), findings + report.notices.len() + 1, "a line each, and the numbers");
    assert!(!commands.contains('\r'));
    for line in lines.iter().filter(|line| line.starts_with("::")) {
        let (head, data) = line[2..].split_once("::").unwrap();
        let (level, properties) = head.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&level), "{line}");
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').unwrap();
            assert!(["file", "line", "col", "title"].contains(&key), "{line}");
            assert!(!value.contains(':'), "{line}");
        }
        let said = data.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
        assert!(said.contains(NASTY), "the text is there as it is: {said}");
    }
}

#[test]
fn no_text_becomes_markup() {
    let page = html::render(&nasty());
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)"), "HTML shows it");
    let comment = markdown::render(&nasty(), markdown::COMMENT);
    // Code in backticks is shown as it is, and mentions nobody.
    let bare: String = without_code(&comment);
    assert!(!bare.contains("<script") && bare.contains("&lt;script&gt;"), "{bare}");
    assert!(!bare.contains("@octocat") && !bare.contains(" #1"), "{bare}");
    assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
    for row in bare.lines().filter(|line| line.starts_with("| ")) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    }
    let said = text::render(&nasty(), 80, true);
    assert!(said.contains("客戶"));
}

/// Markdown without what stands in code spans.
fn without_code(markdown: &str) -> String {
    let mut rest = markdown;
    let mut kept = String::new();
    while let Some(start) = rest.find('`') {
        if rest[..start].ends_with('\\') {
            kept.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        }
        kept.push_str(&rest[..start]);
        let fence: String = rest[start..].chars().take_while(|letter| *letter == '`').collect();
        let inside = &rest[start + fence.len()..];
        let mut at = 0;
        loop {
            at += inside[at..].find(&fence).unwrap();
            let run = inside[at..].chars().take_while(|letter| *letter == '`').count();
            at += run;
            if run == fence.len() {
                break;
            }
        }
        rest = &inside[at..];
    }
    kept + rest
}

// ---- Saved results that are none -------------------------------------------------------------------------------------

#[test]
fn a_result_that_was_changed_is_refused() {
    let changed = |change: &dyn Fn(&mut Json)| {
        let mut report = value();
        change(&mut report);
        report.to_string()
    };
    let faults = [
        ("not JSON", "{\"version\": 1,".to_owned(), "it is not JSON at line 1"),
        ("another thing", "{}".to_owned(), "it has no `version`"),
        ("a list", "[]".to_owned(), "it has no `version`"),
        ("a newer version", changed(&|report| report["version"] = 2.into()), "is a result of version 2"),
        ("without a part", changed(&|report| drop(report.as_object_mut().unwrap().remove("tool"))), "\"tool\""),
        ("a wrong word", changed(&|report| report["flows"][0]["verdict"] = "fine".into()), "/flows/0/verdict"),
        ("a better verdict", changed(&|report| report["verdict"] = "permitted".into()), "contradicts itself"),
        ("a better flow", changed(&|report| report["flows"][0]["verdict"] = "permitted".into()), "replies › draft"),
        (
            "a finding that passes",
            changed(&|report| report["flows"][0]["rules"][2]["verdict"] = "permitted".into()),
            "contract/retention",
        ),
        (
            "an unknown rule",
            changed(&|report| drop(report["rules"].as_object_mut().unwrap().remove("contract/retention"))),
            "does not tell what contract",
        ),
    ];
    let folder = Folder::new();
    for (name, text, said) in faults {
        folder.write("result.json", &text);
        let run = tidegate(&folder.0, &["convert", "result.json", "--format=sarif=out"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{name}: {}", run.shown());
        let stderr = run.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(stderr.contains(said), "{name}: {}", run.shown());
        assert!(!folder.0.join("out").exists(), "{name}");
    }
    let run = tidegate(&folder.0, &["convert", "missing.json"]);
    assert_eq!(run.code, Some(3), "{}", run.shown());
}

/// The saved result is what the tests take it for.
#[test]
fn the_small_result_has_every_kind_of_finding() {
    let report = report();
    let rules = || report.flows.iter().flat_map(|flow| &flow.rules);
    for status in [Status::NotApplicable, Status::Satisfied, Status::Undetermined, Status::Violated] {
        assert!(rules().any(|rule| rule.status == status), "{status:?}");
    }
    for verdict in Verdict::ALL {
        assert!(rules().any(|rule| rule.verdict == verdict), "{verdict:?}");
    }
    assert!(rules().any(|rule| rule.aside.as_ref().is_some_and(|aside| aside.approval.is_some())), "an exception");
    assert!(rules().flat_map(|rule| &rule.facts).any(|fact| fact.line == 0), "a fact without a place");
}
