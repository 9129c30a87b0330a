//! Bundles of evidence: whole, signed, decided again; and every kind of tampering, caught and named.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/binary.rs"]
mod binary;
#[path = "support/tampering.rs"]
mod tampering;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use binary::{Folder, Run, root, tidegate};
use serde_json::Value;
use tampering::{AS_OF, Case, TIME, expected, keys, names, pristine, statement};
use tidegate::evidence::{Algorithm, FaultKind, Outcome, PublicKey, SigningKey, inspect, pae, replay};
use tidegate::load;

/// Runs `tidegate evidence` in the repository.
fn evidence(arguments: &[&str]) -> Run {
    tidegate(root(), &[&["evidence"], arguments].concat())
}

fn export(paths: &[&str], out: &Path, further: &[&str]) -> Run {
    let fixed = ["--as-of", AS_OF, "--time", TIME, "--out", out.to_str().unwrap()];
    evidence(&[&["export"], paths, &fixed, further].concat())
}

/// A pair of keys in a folder; the paths of the secret and of the public one.
fn keygen(folder: &Folder, name: &str, further: &[&str]) -> (String, String) {
    let stem = folder.0.join(name).to_str().unwrap().to_owned();
    let run = evidence(&[&["keygen", &stem], further].concat());
    assert_eq!(run.code, Some(0), "{}", run.shown());
    (format!("{stem}.pem"), format!("{stem}.pub.pem"))
}

#[test]
fn every_tampering_is_caught_and_named() {
    let folder = Folder::new();
    let mut seen: BTreeSet<FaultKind> = BTreeSet::new();
    let mut wrong = Vec::new();
    let cases = tampering::cases();
    assert!(cases.len() >= 25);
    for (number, Case { name, faults, make }) in cases.into_iter().enumerate() {
        let path = folder.0.join(number.to_string());
        let expected = make(&path);
        let found = load::bundle(&path).unwrap();
        let inspection = inspect(&found, Some(&expected));
        let named: BTreeSet<FaultKind> = inspection.faults.iter().map(|fault| fault.kind).collect();
        seen.extend(&named);
        if named != faults.iter().copied().collect() {
            wrong.push(format!("{name}: expected {faults:?}, found {:#?}", inspection.faults));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Only `verify --log` asks the log; see below.
    seen.insert(FaultKind::Log);
    let unseen: Vec<&str> = FaultKind::ALL.iter().filter(|kind| !seen.contains(kind)).map(|kind| kind.word()).collect();
    assert!(unseen.is_empty(), "no case is about {unseen:?}");
}

#[test]
fn a_bundle_is_held_against_the_log() {
    let folder = Folder::new();
    let (secret, public) = keygen(&folder, "us", &[]);
    let (bundle, log) = (folder.0.join("bundle.zip"), folder.0.join("log"));
    let (bundle_name, log_name) = (bundle.to_str().unwrap(), log.to_str().unwrap());
    assert_eq!(export(&["examples/support-reply-drafts"], &bundle, &["--key", &secret]).code, Some(0));
    let verify = || evidence(&["verify", bundle_name, "--key", &public, "--time", TIME, "--log", log_name]);
    assert_eq!(verify().code, Some(4), "there is no log yet");
    let run = evidence(&["log", "append", bundle_name, "--log", log_name, "--origin", "example.com/evidence"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert_eq!(verify().code, Some(0), "{}", verify().shown());
    let run = evidence(&["log", "withdraw", "--entry", "1", "--reason", "made in error", "--log", log_name]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let run = verify();
    assert_eq!(run.code, Some(12), "{}", run.shown());
    assert!(run.stdout.contains("made in error"), "{}", run.shown());
}

#[test]
fn the_report_names_who_signed() {
    let folder = Folder::new();
    let (secret, public) = keygen(&folder, "us", &[]);
    let bundle = folder.0.join("bundle");
    assert_eq!(export(&["examples/support-reply-drafts"], &bundle, &["--key", &secret]).code, Some(0));
    let (page, paper) = (folder.0.join("report.html"), folder.0.join("report.pdf"));
    for out in [&page, &paper] {
        let out = out.to_str().unwrap();
        let run = evidence(&["report", bundle.to_str().unwrap(), "--key", &public, "--time", TIME, "--out", out]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }
    let id = PublicKey::read(&fs::read_to_string(&public).unwrap()).unwrap().id;
    assert!(fs::read_to_string(&page).unwrap().contains(&id));
    assert!(fs::read(&paper).unwrap().starts_with(b"%PDF-"));
    // A bundle that is not in order gets no report.
    fs::write(bundle.join("report.txt"), "all is well").unwrap();
    let run = evidence(&["report", bundle.to_str().unwrap(), "--out", page.to_str().unwrap()]);
    assert_eq!(run.code, Some(12), "{}", run.shown());
}

#[test]
fn a_bundle_in_order_has_no_fault() {
    let folder = Folder::new();
    let path = folder.0.join("bundle.zip");
    tampering::write_zip(&path, &pristine());
    let inspection = inspect(&load::bundle(&path).unwrap(), Some(&expected()));
    assert_eq!(inspection.faults, []);
    let decision = inspection.statement.unwrap().predicate;
    assert!(decision.summary.permitted > 0 && decision.summary.refused > 0, "a fair sample");
    assert_eq!(decision.results.len(), 2, "each of the manifests has a permitted flow");
}

#[test]
fn names_of_faults_are_distinct_and_the_same_in_json() {
    let words: BTreeSet<&str> = FaultKind::ALL.into_iter().map(FaultKind::word).collect();
    assert_eq!(words.len(), FaultKind::ALL.len());
    for kind in FaultKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
    }
}

#[test]
fn verify_answers_in_text_and_json() {
    let folder = Folder::new();
    let (key, public) = keygen(&folder, "auditor", &[]);
    let bundle = folder.0.join("bundle");
    let run = export(&["examples/gemini-30-day-limit"], &bundle, &["--key", &key, "--valid-days", "30"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let path = bundle.to_str().unwrap();
    let verify = |further: &[&str]| evidence(&[&["verify", path, "--key", &public], further].concat());
    let run = verify(&["--time", "2026-12-01T00:00:00Z"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert!(run.stdout.contains("is in order") && run.stdout.contains("refused"), "{}", run.shown());
    let run = verify(&["--time", "2027-01-01T00:00:00Z", "--format", "json"]);
    assert_eq!(run.code, Some(12), "{}", run.shown());
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["inOrder"], false);
    assert_eq!(answer["faults"][0]["kind"], "expired");
    assert_eq!(answer["verdict"], "refused");
    assert_eq!(answer["signers"][0]["valid"], true);
    // All faults at once.
    fs::remove_file(bundle.join("report.html")).unwrap();
    fs::write(bundle.join("note.txt"), "x").unwrap();
    let run = verify(&["--time", "2027-01-01T00:00:00Z"]);
    for word in ["3 faults", "missing-file", "added-file", "expired"] {
        assert!(run.stdout.contains(word), "{word}\n{}", run.shown());
    }
}

#[test]
fn examples_decide_the_same_again_byte_by_byte() {
    let folder = Folder::new();
    for (out, paths) in
        [("all.zip", &["examples"][..]), ("two", &["examples/eu-only-customer", "examples/lapsed-zero-retention"])]
    {
        let bundle = folder.0.join(out);
        let run = export(paths, &bundle, &[]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
        // In another folder: nothing but the bundle may count.
        let run = tidegate(&folder.0, &["evidence", "replay", out, "--format", "json"]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
        assert!(run.stdout.contains("\"outcome\": \"identical\""), "{}", run.shown());
    }
}

#[test]
fn exceptions_configuration_and_baseline_are_part_of_a_bundle() {
    let folder = Folder::new();
    let manifest = fs::read_to_string(root().join("examples/gemini-30-day-limit/integration.yaml")).unwrap();
    folder.write("ai/one.integration.yaml", &manifest);
    for contract in fs::read_dir(root().join("contracts/customers")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = contract.file_name().unwrap().to_str().unwrap().to_owned();
        folder.write(&format!("contracts/customers/{name}"), &fs::read_to_string(&contract).unwrap());
    }
    let run = tidegate(&folder.0, &["check", "--as-of", AS_OF, "--no-config", "--format", "json=base.json"]);
    assert_eq!(run.code, Some(12), "{}", run.shown());
    folder.write("tidegate.yaml", "kind: config\nversion: 1\npaths: [ai]\nbaseline: base.json\n");
    let run = tidegate(&folder.0, &["evidence", "export", "--as-of", AS_OF, "--time", TIME, "--out", "b.zip"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let found = load::bundle(&folder.0.join("b.zip")).unwrap();
    let decision = inspect(&found, None).statement.unwrap().predicate;
    let kinds: BTreeSet<&str> = decision.inputs.iter().map(|input| &*input.kind).collect();
    assert!(kinds.contains("baseline") && kinds.contains("config"), "{kinds:?}");
    assert_eq!(decision.verdict.unwrap().word(), "permitted", "all of it was known before");
    assert!(decision.flows[0].findings.iter().all(|finding| finding.set_aside.is_some()));
    let bytes = &found.files["results/gemini-30-day-limit.json"];
    let payload = tidegate::evidence::Envelope::read(bytes).unwrap().content().unwrap();
    let svr: Value = serde_json::from_slice(&payload).unwrap();
    let properties = svr["predicate"]["properties"].as_array().unwrap();
    let words: Vec<&str> = properties.iter().map(|property| property.as_str().unwrap()).collect();
    assert!(words.contains(&"TIDEGATE_FLOW_PERMITTED_WITH_WAIVERS:with-gemini"), "{words:?}");
    assert!(!words.contains(&"TIDEGATE_FLOW_PERMITTED:with-gemini"), "a waiver is hidden: {words:?}");
    assert!(!words.contains(&"TIDEGATE_PERMITTED"), "a waiver is hidden: {words:?}");
    assert_eq!(replay(&found.files, &decision).unwrap().outcome, Outcome::Identical);
}

#[test]
fn another_decision_is_told_rule_by_rule() {
    let (files, statement) = (pristine(), statement());
    let mut decision = statement.predicate;
    let mut changed = files.clone();
    let policy = "inputs/embedded/policies/contract/retention-limit.cedar";
    let text = String::from_utf8(files[policy].clone()).unwrap();
    let loose = text.replace("resource.retention.days <=", "resource.retention.days >=");
    assert_ne!(text, loose);
    changed.insert(policy.to_owned(), loose.into_bytes());
    let replay = replay(&changed, &decision).unwrap();
    assert_eq!(replay.outcome, Outcome::Different);
    let change =
        replay.changes.iter().find(|change| change.rule.as_deref() == Some("contract/retention-limit")).unwrap();
    assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some("violated"), Some("satisfied")));
    // What this binary did not bring is checked, although it was embedded in another one.
    let broken = String::from_utf8(files[policy].clone()).unwrap().replace("resource.retention", "resource.retentoin");
    changed.insert(policy.to_owned(), broken.into_bytes());
    assert!(tidegate::evidence::replay(&changed, &decision).is_err());
    decision.inputs.retain(|input| input.kind != "schema");
    assert!(tidegate::evidence::replay(&files, &decision).is_err());
}

#[test]
fn equal_inputs_day_and_keys_give_equal_bytes() {
    let folder = Folder::new();
    let (ed25519, _) = keygen(&folder, "one", &[]);
    let (p256, _) = keygen(&folder, "two", &["--algorithm", "ecdsa-p256"]);
    let [first, second] = ["first.zip", "second.zip"].map(|name| {
        let path = folder.0.join(name);
        let run = export(&["examples/support-reply-drafts"], &path, &["--key", &ed25519, "--key", &p256]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
        fs::read(path).unwrap()
    });
    assert_eq!(first, second);
    // The folder holds the same files.
    let path = folder.0.join("folder");
    export(&["examples/support-reply-drafts"], &path, &["--key", &ed25519, "--key", &p256]);
    let [zip, dir] = ["first.zip", "folder"].map(|name| load::bundle(&folder.0.join(name)).unwrap().files);
    assert_eq!(zip, dir);
}

#[test]
fn several_people_sign_each_where_he_is() {
    let folder = Folder::new();
    let (_, author) = keygen(&folder, "author", &[]);
    let author_secret = folder.0.join("author.pem").to_str().unwrap().to_owned();
    folder.write("passphrase", "correct horse\n");
    let passphrase = folder.0.join("passphrase").to_str().unwrap().to_owned();
    let (counsel_secret, counsel) =
        keygen(&folder, "counsel", &["--algorithm", "ecdsa-p256", "--passphrase-file", &passphrase]);
    let bundle = folder.0.join("b.zip");
    let path = bundle.to_str().unwrap();
    assert_eq!(export(&["examples/support-reply-drafts"], &bundle, &[]).code, Some(0));
    let verify = |further: &[&str]| {
        evidence(&[&["verify", path, "--time", TIME, "--key", &author, "--key", &counsel], further].concat())
    };
    let run = verify(&[]);
    assert!(run.code == Some(12) && run.stdout.contains("not-signed"), "{}", run.shown());
    let run = evidence(&["sign", path, "--key", &author_secret]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    assert_eq!(verify(&[]).code, Some(0));
    let run = verify(&["--threshold", "2"]);
    assert!(run.code == Some(12) && run.stdout.contains("no-expected-signer"), "{}", run.shown());
    let run = evidence(&["sign", path, "--key", &counsel_secret]);
    assert!(run.code == Some(3) && run.stderr.contains("--passphrase-file"), "{}", run.shown());
    let run = evidence(&["sign", path, "--key", &counsel_secret, "--passphrase-file", &passphrase]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    let run = verify(&["--threshold", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.shown());
    // Signing twice changes nothing.
    let before = fs::read(&bundle).unwrap();
    evidence(&["sign", path, "--key", &author_secret]);
    assert_eq!(fs::read(&bundle).unwrap(), before);
    assert_eq!(verify(&["--threshold", "3"]).code, Some(2));
    // Nobody signs what is not in order.
    let mut files = load::bundle(&bundle).unwrap().files;
    files.remove("result.json");
    tampering::write_zip(&bundle, &files);
    let run = evidence(&["sign", path, "--key", &author_secret]);
    assert!(run.code == Some(12) && run.stdout.contains("missing-file"), "{}", run.shown());
}

#[test]
fn a_time_stamp_is_put_beside_the_attestation() {
    let folder = Folder::new();
    let bundle = folder.0.join("b.zip");
    let mut files = pristine();
    tampering::write_zip(&bundle, &files);
    let token = folder.0.join("token.tsr");
    let path = bundle.to_str().unwrap();
    let stamp = || evidence(&["sign", path, "--timestamp", token.to_str().unwrap()]);
    fs::write(&token, tampering::time_stamp(b"another bundle")).unwrap();
    let run = stamp();
    assert!(run.code == Some(12) && run.stdout.contains("bad-timestamp"), "{}", run.shown());
    fs::write(&token, tampering::time_stamp(&files["attestation.json"])).unwrap();
    assert_eq!(stamp().code, Some(0));
    let inspection = inspect(&load::bundle(&bundle).unwrap(), Some(&expected()));
    assert_eq!(inspection.faults, []);
    let stamp = inspection.stamped.unwrap();
    assert_eq!((stamp.time.to_string().as_str(), stamp.authority), ("2026-11-22T10:00:00Z", None));
    // Another signature is another attestation.
    files = load::bundle(&bundle).unwrap().files;
    tidegate::evidence::sign(&mut files, &keys()[1]).unwrap();
    tampering::write_zip(&bundle, &files);
    let faults = inspect(&load::bundle(&bundle).unwrap(), Some(&expected())).faults;
    assert_eq!(faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::BadTimestamp]);
}

#[test]
fn keys_go_to_pem_and_back() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let public = key.public().unwrap();
        for passphrase in [None, Some("a long one")] {
            let pem = key.pem(passphrase).unwrap();
            assert!(pem.starts_with(if passphrase.is_some() {
                "-----BEGIN ENCRYPTED PRIVATE KEY"
            } else {
                "-----BEGIN PRIVATE KEY"
            }));
            let back = SigningKey::read(&pem, passphrase).unwrap();
            assert_eq!(back.public().unwrap(), public);
            assert!(public.verifies(b"text", &back.sign(b"text").unwrap()));
            assert!(!public.verifies(b"texts", &back.sign(b"text").unwrap()));
            assert_eq!(back.sign(b"text").unwrap(), key.sign(b"text").unwrap(), "signatures do not hang on chance");
            if passphrase.is_some() {
                assert!(SigningKey::read(&pem, None).is_err() && SigningKey::read(&pem, Some("another")).is_err());
            }
            assert!(PublicKey::read(&pem).is_err());
        }
        assert_eq!(PublicKey::read(&public.pem().unwrap()).unwrap(), public);
        assert!(SigningKey::read(&public.pem().unwrap(), None).is_err());
        assert!(SigningKey::read("no key", None).is_err());
    }
    // The vector of the specification of DSSE.
    let vector = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
    assert_eq!(pae("http://example.com/HelloWorld", b"hello world"), vector);
}

#[test]
fn secret_keys_are_never_overwritten_nor_open_to_others() {
    let folder = Folder::new();
    let (secret, _) = keygen(&folder, "mine", &[]);
    let before = fs::read(&secret).unwrap();
    let run = evidence(&["keygen", folder.0.join("mine").to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{}", run.shown());
    assert_eq!(fs::read(&secret).unwrap(), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o077, 0);
    }
}

#[test]
fn only_a_bundle_is_replaced() {
    let folder = Folder::new();
    folder.write("papers/one.txt", "mine");
    let papers = folder.0.join("papers");
    assert_eq!(export(&["examples/eu-only-customer"], &papers, &[]).code, Some(2));
    assert_eq!(export(&["examples/eu-only-customer"], &papers, &["--force"]).code, Some(2));
    assert_eq!(fs::read_to_string(papers.join("one.txt")).unwrap(), "mine");
    let bundle = folder.0.join("bundle");
    assert_eq!(export(&["examples/eu-only-customer"], &bundle, &[]).code, Some(0));
    assert_eq!(export(&["examples/eu-only-customer"], &bundle, &[]).code, Some(2));
    assert_eq!(export(&["examples/eu-only-customer"], &bundle, &["--force"]).code, Some(0));
    assert_eq!(names(&folder.0), ["bundle", "papers"], "nothing is left beside");
}

/// The limit on what a process may write stops it in the middle of a file.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_export_leaves_no_half_bundle() {
    let folder = Folder::new();
    for (out, kilobytes) in [("b.zip", 64), ("b", 64)] {
        let bundle = folder.0.join(out);
        let script = format!(
            "ulimit -f {}; exec {} evidence export examples/support-reply-drafts --as-of {AS_OF} --time {TIME} --out {}",
            kilobytes * 2,
            env!("CARGO_BIN_EXE_tidegate"),
            bundle.display()
        );
        let output = Command::new("sh").args(["-c", &script]).current_dir(root()).output().unwrap();
        assert!(!output.status.success());
        assert!(!bundle.exists(), "{out}: half a bundle is left");
        let run = export(&["examples/support-reply-drafts"], &bundle, &[]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_zip_bomb_does_not_fill_the_memory() {
    let folder = Folder::new();
    let (_, public) = keygen(&folder, "key", &[]);
    let path = folder.0.join("bomb.zip");
    tampering::write_bomb(&path, 768);
    assert!(fs::metadata(&path).unwrap().len() < 2 * 1024 * 1024);
    let script = format!(
        "ulimit -v 524288; exec {} evidence verify {} --key {public} --time {TIME}",
        env!("CARGO_BIN_EXE_tidegate"),
        path.display()
    );
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(12), "{shown}{}", String::from_utf8_lossy(&output.stderr));
    assert!(shown.contains("too-large"), "{shown}");
}

#[test]
fn papers_and_the_commit_are_recorded() {
    let folder = Folder::new();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
        let output = Command::new("git").args(identity).args(arguments).current_dir(&folder.0).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let digest = "5".repeat(64);
    let manifest = fs::read_to_string(root().join("examples/support-reply-drafts/integration.yaml")).unwrap();
    let manifest = manifest.replace("ropa: {ref: ROPA-014,", &format!("ropa: {{ref: ROPA-014, sha256: '{digest}',"));
    let manifest = manifest.replace("[northwind-msa]", "[none]");
    folder.write("integration.yaml", &manifest);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "one"]);
    let decision = |out: &str| {
        let run = tidegate(&folder.0, &["evidence", "export", ".", "--as-of", AS_OF, "--time", TIME, "--out", out]);
        assert_eq!(run.code, Some(0), "{}", run.shown());
        inspect(&load::bundle(&folder.0.join(out)).unwrap(), None).statement.unwrap().predicate
    };
    let clean = decision("a.zip");
    let [paper] = &*clean.papers else { panic!("one paper: {:?}", clean.papers) };
    assert_eq!((&*paper.pointer, &*paper.sha256), ("/flows/0/evidence/ropa", &*digest));
    assert_eq!(paper.reference.as_deref(), Some("ROPA-014"));
    let revision = clean.revision.unwrap();
    assert!(revision.commit.len() == 40 && !revision.dirty && revision.changed.is_empty(), "{revision:?}");
    fs::write(folder.0.join("integration.yaml"), manifest + "# changed\n").unwrap();
    let revision = decision("b.zip").revision.unwrap();
    assert!(revision.dirty, "{revision:?}");
    assert_eq!(revision.changed, ["integration.yaml"]);
}

#[test]
fn the_statement_fits_the_published_schema() {
    let schema: Value = serde_json::from_str(&tidegate(root(), &["schema", "evidence"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let statement = serde_json::to_value(statement()).unwrap();
    let faults: Vec<String> = validator.iter_errors(&statement).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let mut other = statement;
    other["predicateType"] = "https://example.com/other".into();
    assert!(!validator.is_valid(&other));
}

#[test]
fn unlike_keys_differ() {
    let [one, two, three] = keys().each_ref().map(|key| key.public().unwrap().id);
    assert!(one != two && two != three && one != three);
}
