//! The log of evidence: whatever is done to it shows, and nothing is lost in it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/binary.rs"]
#[allow(dead_code, reason = "every test file uses a part of it")]
mod binary;

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tidegate::evidence::log::{
    Appended, Bundle, BundleStanding, Entry, Hash, Note, Proof, Refusal, Signer, Standing, Tree, VERSION, Verifier,
    Withdrawal, append, audit, consistent, included, notes, standing,
};
use tidegate::load::LogText;
use tidegate::report::{FlowResult, Summary};

use binary::{Folder, Run, root, tidegate_with};

// ---- The tree --------------------------------------------------------------------------------------------------------

/// The leaves of the reference tests of Certificate Transparency, and the roots of the trees of the first so many of them.
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/// Index, size, and the path.
const PATHS: [(u64, u64, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];
/// The two sizes, and the proof.
const GROWTHS: [(u64, u64, &[&str]); 4] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn hash(hex: &str) -> Hash {
    bytes(hex).try_into().unwrap()
}

#[test]
fn trees_and_proofs_are_those_of_certificate_transparency() {
    let leaves: Vec<Vec<u8>> = LEAVES.iter().map(|leaf| bytes(leaf)).collect();
    let tree = |size: u64| Tree::of(leaves.iter().take(size.try_into().unwrap()).map(Vec::as_slice));
    let root = |size: u64| hash(ROOTS[usize::try_from(size).unwrap()]);
    for size in 0..=8 {
        assert_eq!(tree(size).root(), root(size), "the tree of {size} leaves");
    }
    for (index, size, path) in PATHS {
        let path: Vec<Hash> = path.iter().map(|node| hash(node)).collect();
        assert_eq!(tree(size).inclusion(index).as_ref(), Some(&path));
        assert!(included(&leaves[usize::try_from(index).unwrap()], index, &path, size, &root(size)));
        assert!(!included(b"another leaf", index, &path, size, &root(size)));
    }
    for (first, second, proof) in GROWTHS {
        let proof: Vec<Hash> = proof.iter().map(|node| hash(node)).collect();
        assert_eq!(tree(second).consistency(first).as_ref(), Some(&proof));
        assert!(consistent((first, &root(first)), (second, &root(second)), &proof));
        assert!(!consistent((first, &root(0)), (second, &root(second)), &proof));
    }
}

#[test]
fn proofs_about_what_is_not_there_are_no_proofs() {
    let tree = Tree::of([b"one".as_slice(), b"two"]);
    assert_eq!(tree.inclusion(2), None);
    assert_eq!(tree.consistency(3), None);
    assert!(!included(b"one", 0, &[], u64::MAX, &tree.root()));
    assert!(!included(b"one", 7, &[], 2, &tree.root()));
    assert!(!consistent((5, &tree.root()), (2, &tree.root()), &[]));
    assert!(consistent((0, &Tree::default().root()), (2, &tree.root()), &[]));
}

// ---- Texts -----------------------------------------------------------------------------------------------------------

fn bundle(name: &str, content: u64) -> Bundle {
    Bundle {
        version: VERSION,
        time: "2026-11-22T10:00:00Z".to_owned(),
        bundle: name.to_owned(),
        attestation: format!("{content:064x}"),
        result: format!("{:064x}", content / 2),
        as_of: "2026-11-22".to_owned(),
        tool: "tidegate 0.1.0".to_owned(),
        note: None,
    }
}

fn entry(name: &str, content: u64) -> Entry {
    Entry::Bundle(bundle(name, content))
}

fn withdrawal(entry: u64) -> Entry {
    let reason = "the contract was read wrongly".to_owned();
    Entry::Withdrawn(Withdrawal { version: VERSION, time: "2026-11-23T10:00:00Z".to_owned(), entry, reason })
}

fn grown(entries: &[Entry]) -> (LogText, Vec<Appended>) {
    let mut text = LogText::default();
    let mut steps = Vec::new();
    for entry in entries {
        let step = append(&text, entry, None, None).unwrap();
        text = step.text.clone();
        steps.push(step);
    }
    (text, steps)
}

/// A log of so many different bundles.
fn log_of(size: u64) -> (LogText, Vec<Appended>) {
    grown(&(0..size).map(|number| entry(&format!("bundle-{number}"), number)).collect::<Vec<_>>())
}

fn faults(text: &LogText) -> Vec<&'static str> {
    audit(text, &[], None).faults.iter().map(|fault| fault.fault).collect()
}

fn with_lines(text: &LogText, change: impl FnOnce(&mut Vec<String>)) -> LogText {
    let mut lines: Vec<String> = text.entries.lines().map(str::to_owned).collect();
    change(&mut lines);
    let entries = lines.iter().map(|line| format!("{line}\n")).collect();
    LogText { entries, checkpoints: text.checkpoints.clone() }
}

#[test]
fn an_untouched_log_is_whole() {
    for size in 0..20 {
        let (text, steps) = log_of(size);
        let found = audit(&text, &[], None);
        assert_eq!(found.faults, []);
        assert_eq!(found.size, size);
        let kept: Vec<_> = steps.iter().map(|step| step.note.checkpoint.clone()).collect();
        assert_eq!(audit(&text, &kept, None).faults, [], "every checkpoint that was kept fits");
    }
}

#[test]
fn the_tail_cannot_be_cut_nor_lengthened() {
    let (text, _) = log_of(6);
    assert_eq!(faults(&with_lines(&text, |lines| lines.truncate(4))), ["truncated"]);
    assert_eq!(faults(&LogText { entries: String::new(), ..text.clone() }), ["truncated"]);
    let more = entry("one-more", 99).line().unwrap();
    assert_eq!(faults(&with_lines(&text, |lines| lines.push(more))), ["no-checkpoint"]);
    let cut = LogText { entries: text.entries.trim_end().to_owned(), ..text.clone() };
    assert_eq!(faults(&cut), ["malformed-line"]);
    let cut = LogText { checkpoints: text.checkpoints.trim_end().to_owned(), ..text.clone() };
    assert!(faults(&cut).contains(&"malformed-checkpoint"));
    let windows = LogText { entries: text.entries.replace('\n', "\r\n"), ..text };
    assert!(faults(&windows).contains(&"entry-changed"), "a carriage return is a change");
}

#[test]
fn a_log_that_was_written_anew_is_told_by_a_checkpoint_that_was_kept() {
    let (_, steps) = log_of(5);
    let kept = steps[3].note.checkpoint.clone();
    // Somebody who can write the folder writes all of it again, without the second bundle.
    let mut text = LogText::default();
    for number in [0, 2, 3, 4, 5] {
        text = append(&text, &entry(&format!("bundle-{number}"), number), None, None).unwrap().text;
    }
    assert_eq!(faults(&text), [""; 0], "by itself it looks whole");
    let found = audit(&text, std::slice::from_ref(&kept), None);
    assert_eq!(found.faults.iter().map(|fault| fault.fault).collect::<Vec<_>>(), ["forked"]);
    let (short, _) = log_of(2);
    assert_eq!(audit(&short, std::slice::from_ref(&kept), None).faults[0].fault, "truncated");
    let other = append(&LogText::default(), &entry("a", 1), Some("example.com/other"), None).unwrap();
    assert_eq!(audit(&other.text, &[kept], None).faults[0].fault, "other-log");
}

#[test]
fn checkpoints_are_held_to_one_another() {
    let (text, steps) = log_of(4);
    let (_, others) = grown(&[entry("bundle-0", 0), entry("x", 70), entry("y", 71), entry("z", 72)]);
    let notes = |chosen: &[&Note]| LogText {
        entries: text.entries.clone(),
        checkpoints: chosen.iter().map(|note| note.text()).collect(),
    };
    let own: Vec<&Note> = steps.iter().map(|step| &step.note).collect();
    // Both logs begin with the same entry, so they have one origin.
    assert_eq!(faults(&notes(&[own[0], own[1], &others[1].note, own[3]])), ["forked", "root-wrong"]);
    assert_eq!(faults(&notes(&[own[0], own[2], own[1], own[3]])), ["checkpoints-reordered"]);
    assert_eq!(faults(&notes(&[own[0], &others[2].note, own[3]])), ["root-wrong"]);
    assert_eq!(faults(&notes(&[own[0], own[3]])), [""; 0], "the last one vouches for all");
    assert_eq!(faults(&notes(&[own[0], own[2]])), ["no-checkpoint"]);
    assert_eq!(faults(&notes(&[])), ["no-checkpoint"]);
}

#[test]
fn nothing_is_appended_to_a_broken_log() {
    let (text, _) = log_of(3);
    let broken = with_lines(&text, |lines| lines.swap(0, 1));
    assert!(matches!(append(&broken, &entry("new", 9), None, None), Err(Refusal::Broken(_))));
}

#[test]
fn lines_are_read_in_one_form_only() {
    let line = entry("a", 1).line().unwrap();
    assert_eq!(Entry::parse(&line), Ok(entry("a", 1)));
    let faulty = [
        line.replace("\"kind\":\"bundle\"", "\"kind\":\"parcel\""),
        line.replace("\"version\":1", "\"version\":2"),
        line.replace(",\"tool\"", ", \"tool\""),
        line.replace("10:00:00Z", "25:00:00Z"),
        line.replace(&format!("{:064x}", 1), "abc"),
        line.replace("\"a\"", "\"\""),
        line.replace('}', ",\"more\":1}"),
        String::new(),
    ];
    for line in faulty {
        assert!(Entry::parse(&line).is_err(), "{line}");
    }
}

#[test]
fn a_withdrawal_names_an_earlier_bundle() {
    let (text, _) = grown(&[entry("a", 1), withdrawal(1), entry("b", 2)]);
    for number in [0, 1, 2, 4, u64::MAX] {
        let refused = append(&text, &withdrawal(number), None, None);
        assert!(matches!(refused, Err(Refusal::Entry(_))), "{number}: {refused:?}");
    }
    assert!(append(&text, &withdrawal(3), None, None).is_ok());
    let later = with_lines(&text, |lines| lines[1] = withdrawal(3).line().unwrap());
    assert!(faults(&later).contains(&"malformed-line"));
}

#[test]
fn a_bundle_shows_as_replaced_withdrawn_other_or_absent() {
    let entries = [entry("a", 2), entry("b", 4), entry("a", 3), withdrawal(2), entry("a", 8)];
    let logged = |name, content| standing(&entries, &bundle(name, content));
    let replaced = |by, same_result| Standing::Replaced { by, same_result };
    // Contents 2 and 3 have the same result.
    assert_eq!(logged("a", 2), BundleStanding::Logged { entry: 1, standing: replaced(3, true) });
    assert_eq!(logged("a", 3), BundleStanding::Logged { entry: 3, standing: replaced(5, false) });
    assert_eq!(logged("a", 8), BundleStanding::Logged { entry: 5, standing: Standing::Current });
    let reason = "the contract was read wrongly".to_owned();
    assert_eq!(logged("b", 4), BundleStanding::Logged { entry: 2, standing: Standing::Withdrawn { by: 4, reason } });
    assert_eq!(logged("a", 6), BundleStanding::Other { entry: 5, logged: format!("{:064x}", 8) });
    assert_eq!(logged("c", 6), BundleStanding::Absent);
    let swapped = Bundle { result: format!("{:064x}", 77), ..bundle("a", 8) };
    assert_eq!(standing(&entries, &swapped), BundleStanding::OtherResult { entry: 5, logged: format!("{:064x}", 4) });
}

#[test]
fn times_that_go_back_are_told() {
    let at = |time: &str| Entry::Bundle(Bundle { time: time.to_owned(), ..bundle(time, 1) });
    let (text, _) =
        grown(&[at("2026-11-22T10:00:00Z"), at("2026-11-22"), at("2026-11-21T23:00:00Z"), at("2026-11-23")]);
    let found = audit(&text, &[], None);
    assert_eq!((found.faults.as_slice(), found.backdated.as_slice()), (&[][..], &[3][..]));
}

#[test]
fn checkpoints_are_signed_where_there_is_a_key() {
    // What stands for a signature here is a digest with a secret; the real one comes with the keys of bundles.
    let tag = |secret: u8, bytes: &[u8]| Tree::of([bytes, &[secret]]).root().to_vec();
    let sign = |bytes: &[u8]| Ok(tag(1, bytes));
    let signer = Signer { name: "example.com/evidence", key_id: [1, 2, 3, 4], sign: &sign };
    let verify = |bytes: &[u8], signature: &[u8]| tag(1, bytes) == signature;
    let key = Verifier { name: "example.com/evidence", key_id: [1, 2, 3, 4], verify: &verify };

    let first = append(&LogText::default(), &entry("a", 1), None, Some(&signer)).unwrap();
    let second = append(&first.text, &entry("b", 2), None, Some(&signer)).unwrap();
    assert_eq!(audit(&second.text, &[], Some(&key)).faults, []);
    let read: Vec<Note> = notes(&second.text.checkpoints).into_iter().map(|(_, note)| note.unwrap()).collect();
    assert_eq!(read, [first.note.clone(), second.note.clone()]);
    assert_eq!(Note::parse(&second.note.text()), Ok(second.note.clone()));

    let forged = |bytes: &[u8]| Ok(tag(2, bytes));
    let forger = Signer { sign: &forged, ..signer };
    let third = append(&second.text, &entry("c", 3), None, Some(&forger)).unwrap();
    assert_eq!(audit(&third.text, &[], Some(&key)).faults[0].fault, "signature");
    let unsigned = append(&second.text, &entry("c", 3), None, None).unwrap();
    assert_eq!(audit(&unsigned.text, &[], Some(&key)).faults[0].fault, "signature");
    assert_eq!(audit(&unsigned.text, &[], None).faults, []);
}

/// One thing done to the lines of a log, and the names under which it may show.
#[derive(Debug, Clone)]
enum Deed {
    Change(usize, usize, u8),
    Remove(usize),
    Swap(usize, usize),
    Insert(usize),
    Repeat(usize, usize),
    Cut(usize),
}

fn deeds() -> impl Strategy<Value = Deed> {
    let any = any::<usize>;
    prop_oneof![
        (any(), any(), 1..=127u8).prop_map(|(line, at, flip)| Deed::Change(line, at, flip)),
        any().prop_map(Deed::Remove),
        (any(), any()).prop_map(|(one, other)| Deed::Swap(one, other)),
        any().prop_map(Deed::Insert),
        (any(), any()).prop_map(|(from, to)| Deed::Repeat(from, to)),
        any().prop_map(Deed::Cut),
    ]
}

fn done(lines: &mut Vec<String>, deed: &Deed) -> &'static [&'static str] {
    let size = lines.len();
    match *deed {
        Deed::Change(line, at, flip) => {
            let line = &mut lines[line % size];
            let mut bytes = line.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] ^= flip;
            *line = String::from_utf8(bytes).unwrap();
            // A line break makes two lines of one.
            if line.contains('\n') { &["entry-changed", "entry-inserted"] } else { &["entry-changed"] }
        }
        Deed::Remove(line) => {
            lines.remove(line % size);
            &["entry-removed", "truncated"]
        }
        Deed::Swap(one, other) => {
            let (one, other) = (one % size, other % size);
            lines.swap(one, other);
            if one == other { &[] } else { &["entries-reordered"] }
        }
        Deed::Insert(at) => {
            lines.insert(at % (size + 1), entry("foreign", 1000).line().unwrap());
            &["entry-inserted", "no-checkpoint"]
        }
        Deed::Repeat(from, to) => {
            let line = lines[from % size].clone();
            lines.insert(to % (size + 1), line);
            &["entry-inserted", "no-checkpoint"]
        }
        Deed::Cut(left) => {
            lines.truncate(left % size);
            &["truncated"]
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_done_to_the_entries_shows(size in 1..40u64, deed in deeds()) {
        let (text, steps) = log_of(size);
        let mut names: &[&str] = &[];
        let touched = with_lines(&text, |lines| names = done(lines, &deed));
        let found = faults(&touched);
        prop_assert_eq!(found.is_empty(), names.is_empty(), "{:?}: {:?}", deed, found);
        prop_assert!(names.is_empty() || found.iter().any(|fault| names.contains(fault)), "{:?}: {:?}", deed, found);
        // The checkpoint that somebody kept says so too, also when those of the log are gone.
        let bare = LogText { checkpoints: String::new(), ..touched };
        let kept = steps.last().unwrap().note.checkpoint.clone();
        let told = audit(&bare, &[kept], None).faults.iter().any(|fault| ["forked", "truncated"].contains(&fault.fault));
        // What only stands behind the old entries is no fault to a reader of the old checkpoint.
        let behind = bare.entries.starts_with(&text.entries);
        prop_assert!(told || behind, "{:?}", deed);
    }

    #[test]
    fn whatever_is_done_to_the_checkpoints_shows(size in 1..20u64, line in any::<usize>(), at in any::<usize>(), flip in 1..=127u8) {
        let (text, _) = log_of(size);
        let mut bytes = text.checkpoints.clone().into_bytes();
        let at = (line.wrapping_add(at)) % bytes.len();
        bytes[at] ^= flip;
        let touched = LogText { checkpoints: String::from_utf8(bytes).unwrap(), ..text };
        // The origin of a log of one is only a name; nothing in the log says what it should be.
        let renamed = size == 1 && at < touched.checkpoints.find('\n').unwrap_or(0);
        prop_assert!(renamed || !faults(&touched).is_empty(), "byte {}", at);
    }

    #[test]
    fn appended_logs_are_consistent_and_hold_every_entry(size in 1..40u64, first in any::<u64>(), bit in any::<usize>()) {
        let (text, steps) = log_of(size);
        let (_, others) = grown(&(0..size).map(|number| entry("other", number)).collect::<Vec<_>>());
        let last = &steps.last().unwrap().note;
        let first = usize::try_from(first % size).unwrap();
        let earlier = &steps[first].note.checkpoint;

        let growth = Proof::consistency(&text.entries, earlier, last).unwrap();
        let trusted = [earlier.clone(), last.checkpoint.clone()];
        prop_assert!(growth.check(&trusted).is_ok());
        prop_assert!(growth.check(&trusted[..1]).is_err() || first + 1 == usize::try_from(size).unwrap());
        let mut foreign = others[first].note.checkpoint.clone();
        foreign.origin.clone_from(&earlier.origin);
        prop_assert!(growth.check(&[foreign, last.checkpoint.clone()]).is_err());

        let number = u64::try_from(first).unwrap() + 1;
        let proof = Proof::inclusion(&text.entries, number, last).unwrap();
        prop_assert!(proof.check(std::slice::from_ref(&last.checkpoint)).is_ok());
        prop_assert!(proof.check(&[others.last().unwrap().note.checkpoint.clone()]).is_err());
        // The proof that was given at the time still holds with the checkpoint of the time.
        prop_assert!(steps[first].proof.check(std::slice::from_ref(earlier)).is_ok());

        for proof in [growth, proof] {
            let read: Proof = serde_json::from_str(&serde_json::to_string(&proof).unwrap()).unwrap();
            prop_assert_eq!(&read, &proof);
            prop_assert!(altered(proof, bit).is_none_or(|altered| altered.check(&trusted).is_err()));
        }
    }
}

/// The proof with one bit of one of its hashes turned, if it has hashes.
fn altered(mut proof: Proof, bit: usize) -> Option<Proof> {
    let (Proof::Inclusion { hashes, .. } | Proof::Consistency { hashes, .. }) = &mut proof;
    let number = hashes.len();
    let text = hashes.get_mut(bit.checked_rem(number)?)?;
    let mut bytes = BASE64_STANDARD.decode(&*text).unwrap();
    bytes[bit / number % 32] ^= 1 << (bit % 8);
    *text = BASE64_STANDARD.encode(bytes);
    Some(proof)
}

// ---- The program -----------------------------------------------------------------------------------------------------

/// Nobody's settings of git, and a name to commit under.
const GIT: [(&str, &str); 8] = [
    ("NO_COLOR", "1"),
    // `git status` may otherwise refresh the index.
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_SYSTEM", "/dev/null"),
    ("GIT_AUTHOR_NAME", "audit"),
    ("GIT_AUTHOR_EMAIL", "audit@example.com"),
    ("GIT_COMMITTER_NAME", "audit"),
    ("GIT_COMMITTER_EMAIL", "audit@example.com"),
];

fn run(folder: &Folder, arguments: &[&str]) -> Run {
    tidegate_with(&folder.0, &[&["evidence", "log"], arguments].concat(), &GIT)
}

/// A folder that looks like a bundle. The attestation says whatever is to be said.
fn export(folder: &Folder, name: &str, said: &str) {
    let result = fs::read_to_string(root().join("tests/formats/result.json")).unwrap();
    folder.write(&format!("{name}/result.json"), &result);
    folder.write(&format!("{name}/attestation.json"), &json!({"payload": said}).to_string());
}

#[track_caller]
fn ends(run: &Run, code: i32, words: &str) {
    assert!(run.code == Some(code) && run.shown().contains(words), "wanted {code} and `{words}`\n{}", run.shown());
}

/// What the log must do, wherever it is kept.
fn tour(folder: &Folder, log: &str) {
    let log = &["--log", log];
    let go = |arguments: &[&str]| run(folder, &[arguments, log].concat());
    for verb in [&["list"][..], &["verify"], &["prove", "--entry=1"], &["withdraw", "--entry=1", "--reason=x"]] {
        ends(&go(verb), 4, "there is no log");
    }
    export(folder, "march", "one");
    export(folder, "april", "two");
    let day = "--as-of=2026-11-22";
    ends(&go(&["append", "march", day, "--origin=example.com/evidence", "--checkpoint=kept/1"]), 0, "entry 1");
    ends(&go(&["append", "march", day]), 0, "entry 1 already; nothing was appended");
    ends(&go(&["append", "april", day, "--note=for the board", "--proof=proofs/2"]), 0, "entry 2");
    ends(&go(&["verify", "--bundle=march"]), 0, "march: is entry 1 of the log");

    // A replaced bundle shows, and so does one that nobody appended.
    export(folder, "elsewhere/march", "three");
    ends(&go(&["verify", "--bundle=elsewhere/march"]), 12, "is not in the log; entry 1 has its name");
    ends(&go(&["append", "elsewhere/march", day, "--checkpoint=kept/3"]), 0, "entry 3");
    ends(&go(&["verify", "--bundle=march"]), 10, "which was replaced by entry 3, with the same");
    export(folder, "may", "four");
    ends(&go(&["verify", "--bundle=may"]), 12, "may: is not in the log");

    // A withdrawn bundle shows, and does not come back.
    ends(&go(&["withdraw", "--entry=2", "--reason=the contract was read wrongly", day]), 0, "entry 4");
    ends(&go(&["verify", "--bundle=april"]), 12, "was withdrawn by entry 4: the contract was");
    ends(&go(&["append", "april", day]), 12, "export it anew");
    ends(&go(&["withdraw", "--entry=9", "--reason=x", day]), 3, "there is no entry 9");
    let changed =
        fs::read_to_string(folder.0.join("elsewhere/march/result.json")).unwrap().replace("2026-11-22", "2026-11-23");
    folder.write("elsewhere/march/result.json", &changed);
    ends(&go(&["verify", "--bundle=elsewhere/march"]), 12, "its result.json is not the one of entry 3");

    // Proofs hold without the log.
    let proof = go(&["prove", "--entry=2", "--checkpoint=kept/3"]);
    ends(&proof, 0, "\"inclusion\"");
    folder.write("proofs/entry", &proof.stdout);
    ends(&run(folder, &["verify", "--proof=proofs/entry", "--checkpoint=kept/3"]), 0, "entry 2 is in the log");
    ends(&run(folder, &["verify", "--proof=proofs/entry", "--checkpoint=kept/1"]), 12, "no checkpoint of size 3");
    folder.write("proofs/forged", &proof.stdout.replace("for the board", "for no board"));
    ends(&run(folder, &["verify", "--proof=proofs/forged", "--checkpoint=kept/3"]), 12, "is not in the log");
    let growth = go(&["prove", "--since=kept/1", "--checkpoint=kept/3"]);
    folder.write("proofs/growth", &growth.stdout);
    let growth = ["verify", "--proof=proofs/growth", "--checkpoint=kept/1", "--checkpoint=kept/3"];
    ends(&run(folder, &growth), 0, "only grew, from 1 to 3");
    ends(&run(folder, &growth[..3]), 12, "no checkpoint of size 3");

    let listed: Json = serde_json::from_str(&go(&["list", "--format=json"]).stdout).unwrap();
    let standings: Vec<&Json> =
        listed["entries"].as_array().unwrap().iter().map(|entry| &entry["standing"]["standing"]).collect();
    assert_eq!(standings, ["replaced", "withdrawn", "current", "withdrawal"]);
    let verified: Json =
        serde_json::from_str(&go(&["verify", "--format=json", "--checkpoint=kept/1", "--bundle=march"]).stdout)
            .unwrap();
    assert_eq!(
        (&verified["whole"], &verified["size"], &verified["head"]["origin"]),
        (&json!(true), &json!(4), &json!("example.com/evidence"))
    );
    assert_eq!(verified["bundle"]["found"], "logged");
}

#[test]
fn a_log_in_a_folder() {
    let folder = Folder::new();
    tour(&folder, "log");
    // What somebody changes in the files shows.
    let path = folder.0.join("log/entries.jsonl");
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, whole.replace("for the board", "for no board")).unwrap();
    ends(&run(&folder, &["verify", "--log=log"]), 12, "entry-changed entry 2 is not what it was");
    ends(&run(&folder, &["list", "--log=log"]), 12, "the log is not whole");
    ends(&run(&folder, &["append", "may", "--log=log"]), 12, "nothing was appended");
    ends(&run(&folder, &["prove", "--entry=1", "--log=log"]), 12, "the log is not whole");
    fs::write(&path, whole).unwrap();
    ends(&run(&folder, &["verify", "--log=log"]), 0, "the log is whole: 4 entries");
}

#[test]
fn bad_input_is_told() {
    let folder = Folder::new();
    ends(&run(&folder, &["append", "nothing", "--log=log"]), 3, "cannot read `nothing`");
    assert!(!folder.0.join("log").exists(), "nothing is left behind");
    export(&folder, "march", "one");
    ends(&run(&folder, &["append", "march", "--log=log", "--origin=two\nlines"]), 3, "is no origin");
    assert!(!folder.0.join("log").exists(), "nothing is left behind");
    folder.write("march/attestation.json", "not JSON");
    ends(&run(&folder, &["append", "march", "--log=log"]), 3, "`march/attestation.json` is not JSON");
    ends(&run(&folder, &["append", "march", "--log=git:"]), 2, "name the branch");
    ends(&run(&folder, &["append", "march", "--log=git:-x"]), 2, "is no name of a branch");
    folder.write("broken", "one\ntwo\nthree\n");
    ends(&run(&folder, &["verify", "--proof=broken", "--checkpoint=broken"]), 3, "has `two` as its size");
    ends(&run(&folder, &["verify", "--proof=broken"]), 2, "--checkpoint");
    ends(&run(&folder, &["verify"]), 2, "--log");
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    let output = command.arg("-C").arg(folder).args(arguments).envs(GIT).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A repository with work under way: a commit, a staged change and one that is not.
fn repository() -> Folder {
    let folder = Folder::new();
    git(&folder.0, &["init", "--quiet", "--initial-branch=main"]);
    folder.write("README.md", "one\n");
    git(&folder.0, &["add", "README.md"]);
    git(&folder.0, &["commit", "--quiet", "--message=Start"]);
    folder.write("README.md", "two\n");
    folder.write("staged.md", "staged\n");
    git(&folder.0, &["add", "staged.md"]);
    folder
}

#[test]
fn a_log_in_a_branch_leaves_work_tree_index_and_head_alone() {
    let folder = repository();
    folder.write(".git/info/exclude", "kept\nproofs\nmarch\napril\nmay\nelsewhere\n");
    let state = || {
        let index = fs::read(folder.0.join(".git/index")).unwrap();
        let head = git(&folder.0, &["rev-parse", "HEAD", "--symbolic-full-name", "HEAD"]);
        let held = fs::read_to_string(folder.0.join("README.md")).unwrap();
        (index, head, git(&folder.0, &["status", "--porcelain"]), held)
    };
    let before = state();
    tour(&folder, "git:evidence/log");
    assert!(state() == before, "somebody's work was touched: {:?}", state().2);
    let history = git(&folder.0, &["log", "--format=%s", "evidence/log"]);
    assert_eq!(
        history.lines().collect::<Vec<_>>(),
        ["Entry 4: entry 2 is withdrawn", "Entry 3: march", "Entry 2: april", "Entry 1: march"]
    );
    assert_eq!(git(&folder.0, &["ls-tree", "--name-only", "evidence/log"]), "checkpoints\nentries.jsonl\n");
    git(&folder.0, &["fsck", "--strict"]);
    // A later commit on the branch that changes an entry shows.
    let text = git(&folder.0, &["show", "evidence/log:entries.jsonl"]).replace("for the board", "for no board");
    let tree = folder.0.join("elsewhere/tree");
    git(&folder.0, &["worktree", "add", "--quiet", tree.to_str().unwrap(), "evidence/log"]);
    fs::write(tree.join("entries.jsonl"), text).unwrap();
    git(&tree, &["commit", "--quiet", "--all", "--message=Mend"]);
    ends(&run(&folder, &["verify", "--log=git:evidence/log"]), 12, "entry-changed");
}

#[test]
fn a_branch_of_somebodys_work_is_left_alone() {
    let folder = repository();
    export(&folder, "march", "one");
    let append = |log: &str| run(&folder, &["append", "march", "--as-of=2026-11-22", log]);
    ends(&append("--log=git:main"), 3, "the branch is there, and holds no log");
    ends(&append("--log=git:bad..name"), 3, "is no name of a branch");
    ends(&append("--log=git:log"), 0, "entry 1");
    git(&folder.0, &["stash", "--quiet", "--include-untracked"]);
    git(&folder.0, &["checkout", "--quiet", "log"]);
    export(&folder, "april", "two");
    ends(&run(&folder, &["append", "april", "--log=git:log"]), 3, "the branch is checked out");
    let nowhere = Folder::new();
    ends(&run(&nowhere, &["list", "--log=git:log"]), 3, "cannot be used");
}

/// Several programs append at once.
fn crowd(folder: &Folder, log: &str) {
    let names: Vec<String> = (0..8).map(|number| format!("bundle-{number}")).collect();
    for name in &names {
        export(folder, name, name);
    }
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| ends(&run(folder, &["append", name, "--as-of=2026-11-22", "--log", log]), 0, "entry"));
        }
    });
    ends(&run(folder, &["verify", "--log", log]), 0, "the log is whole: 8 entries");
    for name in &names {
        ends(&run(folder, &["verify", "--log", log, "--bundle", name]), 0, "of the log");
    }
}

#[test]
fn appending_at_once_to_a_folder_loses_nothing() {
    crowd(&Folder::new(), "log");
}

#[test]
fn appending_at_once_to_a_branch_loses_nothing() {
    crowd(&repository(), "git:log");
}

// ---- What changed between two bundles --------------------------------------------------------------------------------

/// Two results: the shipped one, and what `change` makes of it. The texts and the exit code of the difference.
fn differ(change: impl FnOnce(&mut Json)) -> (Run, Json) {
    let folder = Folder::new();
    let text = fs::read_to_string(root().join("tests/formats/result.json")).unwrap();
    let mut result: Json = serde_json::from_str(&text).unwrap();
    folder.write("before/result.json", &text);
    change(&mut result);
    // The numbers follow from the flows.
    let mut summary = Summary::default();
    summary.count(&serde_json::from_value::<Vec<FlowResult>>(result["flows"].clone()).unwrap());
    result["summary"] = json!(summary);
    folder.write("after/result.json", &result.to_string());
    let diff =
        |more: &[&str]| tidegate_with(&folder.0, &[&["evidence", "diff", "before", "after"], more].concat(), &GIT);
    let json = diff(&["--format=json"]);
    let shown = diff(&[]);
    assert_eq!(json.code, shown.code, "{}", json.shown());
    (shown, serde_json::from_str(&json.stdout).unwrap())
}

#[test]
fn equal_results_do_not_differ() {
    let (shown, json) = differ(|_| {});
    ends(&shown, 0, "nothing changed");
    assert_eq!(json, json!({"version": 1, "inputs": [], "flows": []}));
}

#[test]
fn a_difference_tells_inputs_verdicts_rules_and_facts() {
    let (shown, json) = differ(|result| {
        result["as_of"] = json!("2026-12-01");
        result["tool"]["version"] = json!("0.2.0");
        result["inputs"][3]["sha256"] = json!("0".repeat(64));
        result["inputs"][2]["path"] = json!("apps/search/new.integration.yaml");
        // The customer now allows 60 days, so the first flow hangs on its assessment alone.
        let retention = &mut result["flows"][0]["rules"][2];
        assert_eq!(retention["id"], "contract/retention");
        retention["status"] = json!("satisfied");
        retention["verdict"] = json!("permitted");
        retention["facts"][0]["value"] = json!(60);
        result["flows"][0]["verdict"] = json!("conditional");
        // What was refused by it is undetermined now: the worst that is left.
        result["verdict"] = json!("undetermined");
        result["notices"] = json!([]);
    });
    ends(&shown, 10, "replies › draft  refused → conditional");
    for words in [
        "as of: 2026-11-22 → 2026-12-01",
        "tool: tidegate 0.1.0 → tidegate 0.2.0",
        "verdict: refused → undetermined",
        "changed contracts/customers/acme.yaml",
        "added apps/search/new.integration.yaml",
        "removed apps/search/search.integration.yaml",
        "contract/retention: violated → satisfied",
        "context.contract.retention.max_days: 30 → 60",
        "contracts/customers/acme.yaml:7:",
    ] {
        assert!(shown.stdout.contains(words), "no `{words}` in\n{}", shown.stdout);
    }
    assert!(shown.stdout.lines().all(|line| line.chars().count() <= 80), "{}", shown.stdout);
    assert_eq!(json["flows"].as_array().map(Vec::len), Some(1), "the other flows are as before");
    assert_eq!(json["flows"][0]["rules"].as_array().map(Vec::len), Some(1));
    assert_eq!(json["flows"][0]["rules"][0]["facts"][0]["old"], json!([30]));
    assert_eq!(json["engine"], Json::Null);
}

#[test]
fn an_exception_that_ends_is_a_difference() {
    let (shown, json) = differ(|result| {
        let excepted = &mut result["flows"][0]["rules"][3];
        assert_eq!(excepted["aside"]["by"], "exception");
        excepted["verdict"] = excepted["aside"]["verdict"].clone();
        excepted.as_object_mut().unwrap().remove("aside");
    });
    ends(&shown, 10, "law/agreement: violated → violated (excepted → counts)");
    assert_eq!(json["flows"][0]["verdict"], json!({"old": "refused", "new": "refused"}));
}

#[test]
fn flows_that_come_and_go_are_differences() {
    let (shown, _) = differ(|result| {
        result["flows"][2]["flow"] = json!("other");
    });
    ends(&shown, 10, "search › index  permitted → absent");
    ends(&shown, 10, "search › other  absent → permitted");
    let folder = Folder::new();
    let run = tidegate_with(&folder.0, &["evidence", "diff", "one", "two"], &GIT);
    ends(&run, 3, "2 problems in the input");
}
