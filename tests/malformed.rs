//! Bad input ends with exit code 3, a message at the place of the fault, and no verdict.
//!
//! Each file under `tests/malformed/` has one fault, named by the file and marked `# fault` in its line. What the messages say is held
//! in `tests/snapshots/`, one page per folder: read them when they change. Faults that no file in a repository can have are made in a temporary folder.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

const MARK: &str = "# fault";
const SOUND: &str = "tests/malformed/sound/support-replies.integration.yaml";

/// The folders of `tests/malformed/`, with the option that takes their files. Manifests are named without one.
const FOLDERS: [(&str, Option<&str>); 5] = [
    ("agreements", Some("--contracts")),
    ("contracts", Some("--contracts")),
    ("integration", None),
    ("profiles", Some("--profiles")),
    ("vocabulary", Some("--vocabulary")),
];

/// A file with one fault, and what a run says about it.
struct Run {
    /// Relative to the root of the repository, with `/`.
    path: String,
    text: String,
    output: Output,
}

static RUNS: LazyLock<Vec<Run>> = LazyLock::new(|| {
    let mut files: Vec<(String, Option<&str>)> = Vec::new();
    for (folder, option) in FOLDERS {
        for entry in fs::read_dir(root().join("tests/malformed").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            files.push((format!("tests/malformed/{folder}/{name}"), option));
        }
    }
    files.sort();
    files
        .into_par_iter()
        .map(|(path, option)| {
            let output = match option {
                Some(option) => tidegate(root(), &["check", SOUND, option, &path]),
                None => tidegate(root(), &["check", &path]),
            };
            Run { text: fs::read_to_string(root().join(&path)).unwrap(), path, output }
        })
        .collect()
});

impl Run {
    fn name(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }

    /// The lines where a message may point to: the marked ones, or the first of a file that cannot hold a mark.
    fn faulty_lines(&self) -> BTreeSet<usize> {
        let marked = self.text.lines().zip(1..).filter(|(line, _)| line.contains(MARK)).map(|(_, number)| number);
        let mut lines: BTreeSet<usize> = marked.collect();
        if lines.is_empty() {
            lines.insert(1);
        }
        // That a bracket or a quote is not closed shows only in the line after it.
        if stderr(&self.output).contains("not readable as YAML") {
            lines.extend(lines.clone().into_iter().map(|line| line + 1));
        }
        lines
    }

    fn complaint(&self) -> Option<String> {
        let messages = stderr(&self.output);
        if let Some(complaint) = not_refused(&self.output) {
            return Some(complaint);
        }
        let faulty = self.faulty_lines();
        let places = places(&messages);
        if places.len() != messages.lines().filter(|line| line.starts_with("  × ")).count() {
            return Some("a message has no place".to_owned());
        }
        let wrong: Vec<String> = places
            .iter()
            .filter(|(path, line, _)| *path != self.path || !faulty.contains(line))
            .map(|(path, line, column)| format!("{path}:{line}:{column}"))
            .collect();
        (!wrong.is_empty()).then(|| format!("points to {}, not only to line {faulty:?}", wrong.join(" and ")))
    }
}

#[test]
fn the_documents_behind_the_malformed_ones_are_sound() {
    let output = tidegate(
        root(),
        &[
            "check",
            SOUND,
            "--as-of=2026-11-22",
            "--contracts=tests/malformed/sound/contracts",
            "--profiles=tests/malformed/sound/profiles",
            "--vocabulary=tests/malformed/sound/vocabulary",
        ],
    );
    assert_eq!(stderr(&output), "");
    assert_ne!(output.stdout, b"");
}

#[test]
fn every_message_points_to_the_fault() {
    let complaints: Vec<String> =
        RUNS.iter().filter_map(|run| run.complaint().map(|complaint| format!("{}: {complaint}", run.path))).collect();
    assert!(complaints.is_empty(), "{} of {} files:\n{}", complaints.len(), RUNS.len(), complaints.join("\n"));
}

#[test]
fn every_message_says_what_was_reviewed() {
    for (folder, _) in FOLDERS {
        let start = format!("tests/malformed/{folder}/");
        let pages: Vec<String> = RUNS
            .iter()
            .filter(|run| run.path.starts_with(&start))
            .map(|run| format!("## {}\n\n{}", run.name(), said(&stderr(&run.output))))
            .collect();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(folder, pages.join("\n"));
        });
    }
}

#[test]
fn every_message_says_how_to_mend() {
    let silent: Vec<&str> = RUNS
        .iter()
        .filter(|run| {
            let messages = stderr(&run.output);
            let number = |start: &str| messages.lines().filter(|line| line.starts_with(start)).count();
            number("  × ") != number("  help: ")
        })
        .map(|run| run.path.as_str())
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn columns_count_characters_in_chinese_text() {
    let words = [
        ("duplicate-key-in-chinese-text", "field: 工單.主旨"),
        ("unknown-class-in-chinese-text", "user.content.privat}"),
        ("unknown-key-in-chinese-text", "clas:"),
        ("wrong-type-in-chinese-text", "true}"),
    ];
    let complaints: Vec<String> = words
        .iter()
        .filter_map(|(name, word)| {
            let run = RUNS.iter().find(|run| run.name() == *name).unwrap();
            let line = run.text.lines().find(|line| line.contains(MARK)).unwrap();
            let expected = line[..line.find(word).unwrap()].chars().count() + 1;
            let columns: Vec<usize> = places(&stderr(&run.output)).into_iter().map(|(_, _, column)| column).collect();
            (!columns.contains(&expected)).then(|| format!("{name}: {columns:?}, not {expected}"))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn bytes_that_are_not_utf8_are_refused() {
    let folder = Folder::new();
    folder.write("x.integration.yaml", b"kind: integration\ntitle: caf\xe9\n");
    insta::assert_snapshot!("bytes-that-are-not-utf8", refused(&folder.check(&["."])));
}

#[test]
fn a_file_of_100_mb_is_refused() {
    let folder = Folder::new();
    File::create(folder.0.join("x.integration.yaml")).unwrap().set_len(100_000_000).unwrap();
    insta::assert_snapshot!("file-of-100-mb", refused(&folder.check(&["."])));
}

#[test]
fn nesting_without_end_is_refused() {
    let shapes = [
        ("brackets", format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))),
        ("braces", format!("{}{}", "{a: ".repeat(5_000), "}".repeat(5_000))),
        ("dashes", format!("\n  {}x", "- ".repeat(5_000))),
        ("few-brackets", format!("{}{}", "[".repeat(60), "]".repeat(60))),
    ];
    // Each alias adds a level to what the one before it stands for.
    let aliases: Vec<String> = (1..60).map(|level| format!("a{level}: &a{level} [*a{}]", level - 1)).collect();
    let aliases = ("aliases", format!("1\na0: &a0 []\n{}", aliases.join("\n")));
    let folder = Folder::new();
    let mut complaints = Vec::new();
    for (name, nest) in shapes.into_iter().chain([aliases]) {
        let file = format!("{name}.integration.yaml");
        folder.write(&file, format!("{}deep: {nest}\n", sound()).as_bytes());
        let output = folder.check(&[&file]);
        complaints.extend(not_refused(&output).map(|complaint| format!("{name}: {complaint}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn words_that_stand_in_each_other_without_end_are_climbed() {
    let terms: Vec<String> =
        (1..2_000).map(|level| format!("  w{level}: {{title: x, in: [w{}]}}", level - 1)).collect();
    let head = "kind: vocabulary\nversion: 1\nid: long\ntype: SubjectKind\ntitle: x\nterms:\n  w0: {title: x}\n";
    let folder = Folder::new();
    folder.write("x.integration.yaml", sound().as_bytes());
    folder.write("words.yaml", format!("{head}{}\n", terms.join("\n")).as_bytes());
    assert_eq!(stderr(&folder.check(&[".", "--vocabulary", "words.yaml"])), "");
}

#[test]
fn a_path_that_does_not_exist_is_refused() {
    let folder = Folder::new();
    folder.write("x.integration.yaml", sound().as_bytes());
    assert!(refused(&folder.check(&["nowhere"])).contains("`nowhere`"));
    assert!(refused(&folder.check(&[".", "--contracts", "nowhere"])).contains("`nowhere`"));
}

#[test]
fn a_folder_named_like_a_manifest_is_no_manifest() {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("integration.yaml")).unwrap();
    assert_eq!(folder.check(&["."]).status.code(), Some(4));
    folder.write("integration.yaml/x.integration.yaml", sound().as_bytes());
    assert_eq!(stderr(&folder.check(&["."])), "");
}

#[test]
fn one_id_in_two_manifests_is_refused() {
    let folder = Folder::new();
    folder.write("a.integration.yaml", sound().as_bytes());
    folder.write("b.integration.yaml", sound().as_bytes());
    insta::assert_snapshot!("one-id-in-two-manifests", refused(&folder.check(&["."])));
}

#[test]
fn one_manifest_under_two_paths_is_one() {
    let folder = Folder::new();
    folder.write("a.integration.yaml", sound().as_bytes());
    assert_eq!(stderr(&folder.check(&[".", "a.integration.yaml"])), "");
}

#[test]
fn one_id_in_two_contracts_is_refused() {
    let folder = Folder::new();
    let contract = fs::read(root().join("tests/malformed/sound/contracts/wingtip.yaml")).unwrap();
    folder.write("x.integration.yaml", sound().as_bytes());
    folder.write("contracts/a.yaml", &contract);
    folder.write("contracts/b.yaml", &contract);
    insta::assert_snapshot!("one-id-in-two-contracts", refused(&folder.check(&["."])));
}

#[test]
fn all_problems_of_all_files_are_shown_at_once() {
    let names = ["date-that-does-not-exist", "duplicate-key", "missing-key", "unknown-purpose", "unknown-service"];
    let folder = Folder::new();
    for name in names {
        let file = format!("{name}.integration.yaml");
        let text = fs::read_to_string(root().join("tests/malformed/integration").join(&file)).unwrap();
        folder.write(&file, text.replace("id: support-replies", &format!("id: {name}")).as_bytes());
    }
    folder.write("not-utf8.integration.yaml", b"\xff");
    let messages = refused(&folder.check(&["."]));
    let absent: Vec<&str> = names.into_iter().chain(["not-utf8"]).filter(|name| !messages.contains(*name)).collect();
    assert!(absent.is_empty(), "nothing about {absent:?} in\n{messages}");
    assert!(messages.ends_with("6 problems in the input; nothing was decided\n"), "{messages}");
}

#[test]
fn a_name_that_leads_to_a_broken_document_is_no_second_problem() {
    let folder = Folder::new();
    folder.write("x.integration.yaml", sound().replace("contracts: [none]", "contracts: [wingtip-msa]").as_bytes());
    for broken in [&b"\xff"[..], b"kind: customer-contract\nversion: 1\nid: wingtip-msa\n  title: x\n"] {
        folder.write("contracts/wingtip.yaml", broken);
        let messages = refused(&folder.check(&["."]));
        assert!(messages.ends_with("1 problem in the input; nothing was decided\n"), "{messages}");
    }
}

#[test]
fn a_sound_manifest_beside_a_broken_one_gets_no_verdict() {
    let folder = Folder::new();
    folder.write("sound.integration.yaml", sound().as_bytes());
    folder.write("broken.integration.yaml", b"kind: integration\n");
    for format in ["text", "json"] {
        let messages = refused(&folder.check(&[".", "--format", format]));
        assert!(!messages.contains("sound.integration.yaml"), "{messages}");
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_loop_of_links_is_refused() {
        let folder = Folder::new();
        folder.write("flows/x.integration.yaml", sound().as_bytes());
        symlink("..", folder.0.join("flows/again")).unwrap();
        insta::assert_snapshot!("loop-of-links", refused(&folder.check(&["."])));
    }

    #[test]
    fn a_link_to_itself_is_refused() {
        let folder = Folder::new();
        symlink("x.integration.yaml", folder.0.join("x.integration.yaml")).unwrap();
        assert!(refused(&folder.check(&["."])).contains("x.integration.yaml"));
    }

    #[test]
    fn two_links_to_one_manifest_are_one() {
        let folder = Folder::new();
        folder.write("flows/x.integration.yaml", sound().as_bytes());
        symlink("x.integration.yaml", folder.0.join("flows/y.integration.yaml")).unwrap();
        symlink("flows", folder.0.join("again")).unwrap();
        assert_eq!(stderr(&folder.check(&["."])), "");
    }

    #[test]
    fn a_pipe_or_socket_named_like_a_manifest_is_refused() {
        let folder = Folder::new();
        assert!(Command::new("mkfifo").arg(folder.0.join("pipe.integration.yaml")).status().unwrap().success());
        let _socket = UnixListener::bind(folder.0.join("s.integration.yaml")).unwrap();
        insta::assert_snapshot!("pipe-or-socket", refused(&folder.check(&["."])));
    }

    #[test]
    fn a_link_that_leads_nowhere_is_refused() {
        let folder = Folder::new();
        folder.write("sound.integration.yaml", sound().as_bytes());
        symlink("gone.yaml", folder.0.join("x.integration.yaml")).unwrap();
        insta::assert_snapshot!("link-that-leads-nowhere", refused(&folder.check(&["."])));
    }

    #[test]
    fn a_file_that_may_not_be_read_is_refused() {
        let folder = Folder::new();
        folder.write("x.integration.yaml", sound().as_bytes());
        let path = folder.0.join("x.integration.yaml");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser may read everything.
        if File::open(&path).is_err() {
            assert!(refused(&folder.check(&["."])).contains("cannot read `x.integration.yaml`"));
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sound() -> String {
    fs::read_to_string(root().join(SOUND)).unwrap()
}

fn tidegate(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The messages of a run that refused its input, as it must.
fn refused(output: &Output) -> String {
    let messages = stderr(output);
    assert_eq!(not_refused(output), None, "{messages}");
    messages
}

/// What is amiss when a run did not end as bad input must end it: exit code 3, problems counted, nothing decided, no panic.
fn not_refused(output: &Output) -> Option<String> {
    let messages = stderr(output);
    if output.status.code() != Some(3) {
        let first = messages.lines().find(|line| !line.is_empty()).unwrap_or_default();
        return Some(format!("{}, not exit status 3 ({first})", output.status));
    }
    if !output.stdout.is_empty() {
        return Some("a verdict on standard output".to_owned());
    }
    if messages.contains("panicked") || !messages.ends_with(" in the input; nothing was decided\n") {
        return Some("a message that ends otherwise".to_owned());
    }
    None
}

/// The messages without the line that counts them.
fn said(messages: &str) -> &str {
    messages.rfind("\n\n").map_or(messages, |end| &messages[..=end])
}

/// The places that the messages show: path, line and column.
fn places(messages: &str) -> Vec<(String, usize, usize)> {
    messages
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("╭─[")?.strip_suffix(']'))
        .filter_map(|place| {
            let mut parts = place.rsplitn(3, ':');
            let column = parts.next()?.parse().ok()?;
            let line = parts.next()?.parse().ok()?;
            Some((parts.next()?.to_owned(), line, column))
        })
        .collect()
}

/// A temporary folder of one test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("tidegate-malformed-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn check(&self, arguments: &[&str]) -> Output {
        tidegate(&self.0, &[&["check"], arguments].concat())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
