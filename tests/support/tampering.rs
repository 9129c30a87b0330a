//! A bundle of some examples, and what somebody might do to it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use tidegate::evidence::{
    Algorithm, Authority, Decision, Envelope, Expected, FaultKind, PAYLOAD_TYPE, SigningKey, Statement,
};
use tidegate::load;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::binary::{Folder, root, tidegate};

pub(crate) const AS_OF: &str = "2026-11-22";
pub(crate) const TIME: &str = "2026-11-22T09:30:00Z";

pub(crate) type Files = BTreeMap<String, Vec<u8>>;
/// Writes a bundle to the path, and says whom to expect.
type Make = Box<dyn Fn(&Path) -> Expected>;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) faults: &'static [FaultKind],
    pub(crate) make: Make,
}

/// Two who sign, and one who should not.
pub(crate) fn keys() -> &'static [SigningKey; 3] {
    static KEYS: OnceLock<[SigningKey; 3]> = OnceLock::new();
    KEYS.get_or_init(|| {
        [Algorithm::Ed25519, Algorithm::EcdsaP256, Algorithm::Ed25519].map(|kind| SigningKey::generate(kind).unwrap())
    })
}

pub(crate) fn expected() -> Expected {
    let keys = vec![keys()[0].public().unwrap()];
    Expected { keys, threshold: 1, authorities: Vec::new(), now: "2026-11-23T00:00:00Z".parse().unwrap() }
}

/// A bundle of a permitted and a refused flow, signed by the first key.
pub(crate) fn pristine() -> Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES
        .get_or_init(|| {
            let folder = Folder::new();
            folder.write("key.pem", &keys()[0].pem(None).unwrap());
            let out = folder.0.join("bundle.zip");
            let key = folder.0.join("key.pem");
            let run = tidegate(
                root(),
                &[
                    "evidence",
                    "export",
                    "examples/support-reply-drafts",
                    "examples/gemini-30-day-limit",
                    "--as-of",
                    AS_OF,
                    "--time",
                    TIME,
                    "--valid-days",
                    "30",
                    "--key",
                    key.to_str().unwrap(),
                    "--out",
                    out.to_str().unwrap(),
                ],
            );
            assert_eq!(run.code, Some(0), "{}", run.shown());
            load::bundle(&out).unwrap().files
        })
        .clone()
}

pub(crate) fn statement() -> Statement<Decision> {
    serde_json::from_value(payload(&pristine(), "attestation.json")).unwrap()
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub(crate) fn write_zip(path: &Path, files: &Files) {
    fs::write(path, zip_bytes(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))).unwrap();
}

/// An archive of so many MiB of nothing.
pub(crate) fn write_bomb(path: &Path, mebibytes: usize) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    archive.start_file("result.json", options()).unwrap();
    let nothing = vec![0; 1024 * 1024];
    for _ in 0..mebibytes {
        archive.write_all(&nothing).unwrap();
    }
    archive.finish().unwrap();
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o644)
}

fn zip_bytes<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(name, options()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn write_folder(path: &Path, files: &Files) {
    for (name, bytes) in files {
        let file = path.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
}

fn envelope(files: &Files, name: &str) -> Envelope {
    Envelope::read(&files[name]).unwrap()
}

fn payload(files: &Files, name: &str) -> Value {
    serde_json::from_slice(&envelope(files, name).content().unwrap()).unwrap()
}

/// Another payload, under the old signatures or signed anew by a key.
fn put(files: &mut Files, name: &str, payload: &Value, signer: Option<usize>) {
    let mut new = Envelope::new(&serde_json::to_vec(payload).unwrap());
    match signer {
        Some(index) => new.sign(&keys()[index]).unwrap(),
        None => new.signatures = envelope(files, name).signatures,
    }
    files.insert(name.to_owned(), new.bytes().unwrap());
}

fn edit(files: &mut Files, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[name].clone()).unwrap();
    assert!(text.contains(from), "{name} has no `{from}`");
    files.insert(name.to_owned(), text.replace(from, to).into_bytes());
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) -> usize {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    places.iter().for_each(|at| bytes[*at..at + to.len()].copy_from_slice(to));
    places.len()
}

const POLICY: &str = "inputs/embedded/policies/contract/retention-limit.cedar";
const SVR: &str = "results/support-reply-drafts.json";

/// A case that changes the files, and zips them.
fn files(name: &'static str, faults: &'static [FaultKind], change: impl Fn(&mut Files) + 'static) -> Case {
    let make = move |path: &Path| {
        let mut files = pristine();
        change(&mut files);
        write_zip(path, &files);
        expected()
    };
    Case { name, faults, make: Box::new(make) }
}

/// A case that changes the bytes of the archive.
fn bytes(name: &'static str, faults: &'static [FaultKind], change: impl Fn(Vec<u8>) -> Vec<u8> + 'static) -> Case {
    let make = move |path: &Path| {
        let files = pristine();
        let bytes = zip_bytes(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
        fs::write(path, change(bytes)).unwrap();
        expected()
    };
    Case { name, faults, make: Box::new(make) }
}

/// A case with one more entry in the archive.
fn entry(name: &'static str, faults: &'static [FaultKind], path: &'static str) -> Case {
    bytes(name, faults, move |_| {
        let files = pristine();
        let files = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        zip_bytes(files.chain([(path, &b"x"[..])]))
    })
}

/// A case that changes the bundle as a folder.
#[cfg(unix)]
fn folder(name: &'static str, faults: &'static [FaultKind], change: impl Fn(&Path) + 'static) -> Case {
    let make = move |path: &Path| {
        write_folder(path, &pristine());
        change(path);
        expected()
    };
    Case { name, faults, make: Box::new(make) }
}

/// A case in which nothing is changed but who is expected, and when.
fn expecting(name: &'static str, faults: &'static [FaultKind], change: impl Fn(&mut Expected) + 'static) -> Case {
    let make = move |path: &Path| {
        write_zip(path, &pristine());
        let mut expected = expected();
        change(&mut expected);
        expected
    };
    Case { name, faults, make: Box::new(make) }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = of_files();
    cases.extend(of_statements());
    cases.extend(of_archives());
    #[cfg(unix)]
    cases.extend(of_folders());
    cases
}

fn of_files() -> Vec<Case> {
    use FaultKind as F;
    vec![
        files("the result has one more byte", &[F::ChangedFile], |files| {
            files.get_mut("result.json").unwrap().push(b'\n');
        }),
        files(
            "a refused flow is permitted in the result",
            &[F::ChangedFile, F::AlteredVerdict, F::BadResult],
            |files| {
                edit(files, "result.json", "\"verdict\": \"refused\"", "\"verdict\": \"permitted\"");
            },
        ),
        files("the result is of another day", &[F::ChangedFile, F::AlteredVerdict], |files| {
            edit(files, "result.json", "\"as_of\": \"2026-11-22\"", "\"as_of\": \"2026-11-21\"");
        }),
        files("the result is no JSON", &[F::ChangedFile, F::BadResult], |files| {
            files.insert("result.json".into(), b"{".to_vec());
        }),
        files("a policy is swapped", &[F::SwappedPolicy], |files| edit(files, POLICY, "unless", "when")),
        files("a policy is swapped, and the lists with it", &[F::SwappedPolicy, F::ChangedFile], |files| {
            let before = tidegate::source::sha256(&files[POLICY]);
            edit(files, POLICY, "unless", "when");
            let after = tidegate::source::sha256(&files[POLICY]);
            edit(files, "SHA256SUMS", &before, &after);
            edit(files, "policies.sha256", &before, &after);
        }),
        files("the catalogue of facts is changed", &[F::SwappedPolicy], |files| {
            files.get_mut("inputs/embedded/policies/schema.cedarschema").unwrap().push(b'\n');
        }),
        files("a manifest is changed", &[F::ChangedFile], |files| {
            edit(files, "inputs/own/examples/gemini-30-day-limit/integration.yaml", "gdpr", "none");
        }),
        files("a contract is changed", &[F::ChangedFile], |files| {
            edit(files, "inputs/own/contracts/customers/proseware-dpa.yaml", "max_days: 30", "max_days: 99");
        }),
        files("the report for people is changed", &[F::ChangedFile], |files| {
            edit(files, "report.html", "refused", "permitted");
        }),
        files("the result is missing", &[F::MissingFile], |files| drop(files.remove("result.json"))),
        files("a policy is missing", &[F::MissingFile], |files| drop(files.remove(POLICY))),
        files("a verification result is missing", &[F::MissingFile], |files| drop(files.remove(SVR))),
        files("the attestation is missing", &[F::NoAttestation], |files| drop(files.remove("attestation.json"))),
        files("everything is missing", &[F::NoAttestation], Files::clear),
        files("a file is added", &[F::AddedFile], |files| drop(files.insert("inputs/own/note.txt".into(), vec![]))),
        files("a second attestation is added", &[F::AddedFile], |files| {
            files.insert("results/other.json".into(), files[SVR].clone());
        }),
    ]
}

fn of_statements() -> Vec<Case> {
    use FaultKind as F;
    const ATTESTATION: &str = "attestation.json";
    let payload_edit = |signer: Option<usize>, change: fn(&mut Value)| {
        move |files: &mut Files| {
            let mut payload = payload(files, ATTESTATION);
            change(&mut payload);
            put(files, ATTESTATION, &payload, signer);
        }
    };
    let permit: fn(&mut Value) = |payload| payload["predicate"]["flows"][0]["verdict"] = "permitted".into();
    vec![
        files(
            "a refused flow is permitted in the statement",
            &[F::BadSignature, F::NoExpectedSigner, F::AlteredVerdict],
            payload_edit(None, permit),
        ),
        files(
            "the same, signed by somebody else",
            &[F::NoExpectedSigner, F::AlteredVerdict],
            payload_edit(Some(2), permit),
        ),
        files("all is signed by somebody else", &[F::NoExpectedSigner], |files| {
            for name in [ATTESTATION, SVR] {
                let payload = payload(files, name);
                put(files, name, &payload, Some(2));
            }
        }),
        files("the signature is another one", &[F::BadSignature, F::NoExpectedSigner], |files| {
            let mut attestation = envelope(files, ATTESTATION);
            attestation.signatures[0].sig = envelope(files, SVR).signatures[0].sig.clone();
            files.insert(ATTESTATION.into(), attestation.bytes().unwrap());
        }),
        files("the signatures are taken away", &[F::NotSigned], |files| {
            let mut attestation = envelope(files, ATTESTATION);
            attestation.signatures.clear();
            files.insert(ATTESTATION.into(), attestation.bytes().unwrap());
        }),
        files(
            "the payload is of another type",
            &[F::WrongPayloadType, F::BadSignature, F::NoExpectedSigner],
            |files| edit(files, ATTESTATION, PAYLOAD_TYPE, "application/json"),
        ),
        files(
            "the statement is of another type",
            &[F::WrongStatementType],
            payload_edit(Some(0), |payload| payload["_type"] = "https://in-toto.io/Statement/v0.1".into()),
        ),
        files(
            "the predicate is of another type",
            &[F::WrongPredicateType],
            payload_edit(Some(0), |payload| payload["predicateType"] = "https://slsa.dev/provenance/v1".into()),
        ),
        files(
            "the predicate has another form",
            &[F::MalformedPredicate],
            payload_edit(Some(0), |payload| payload["predicate"] = "all is well".into()),
        ),
        files("the attestation is no envelope", &[F::MalformedEnvelope], |files| {
            files.insert(ATTESTATION.into(), b"[]".to_vec());
        }),
        files("the payload is not base64", &[F::MalformedEnvelope], |files| {
            edit(files, ATTESTATION, "\"payload\": \"", "\"payload\": \"?");
        }),
        files(
            "the result is not attested",
            &[F::Incomplete, F::AddedFile],
            payload_edit(Some(0), |payload| {
                let subject = payload["subject"].as_array_mut().unwrap();
                subject.retain(|file| file["name"] != "result.json");
            }),
        ),
        files(
            "an input that decided is not listed",
            &[F::Incomplete],
            payload_edit(Some(0), |payload| drop(payload["predicate"]["inputs"].as_array_mut().unwrap().pop())),
        ),
        files(
            "a verification result says more, signed by somebody else",
            &[F::NoExpectedSigner, F::AlteredVerdict],
            |files| {
                let mut svr = payload(files, SVR);
                svr["predicate"]["properties"].as_array_mut().unwrap().push("TIDEGATE_FLOW_PERMITTED:other".into());
                put(files, SVR, &svr, Some(2));
            },
        ),
        files("a time stamp is over something else", &[F::BadTimestamp], |files| {
            files.insert("timestamp.tsr".into(), time_stamp(b"something else"));
        }),
        files("a time stamp is none", &[F::BadTimestamp], |files| {
            files.insert("timestamp.tsr".into(), b"0\x03\x02\x01\x00".to_vec());
        }),
        expecting("another signer is expected", &[F::NoExpectedSigner], |expected| {
            expected.keys = vec![keys()[1].public().unwrap()];
        }),
        expecting("two must sign, one did", &[F::NoExpectedSigner], |expected| {
            expected.keys.push(keys()[1].public().unwrap());
            expected.threshold = 2;
        }),
        expecting("an authority was to have stamped it", &[F::NoTimestamp], |expected| {
            let roots = fs::read_to_string("tests/timestamps/roots.pem").unwrap();
            expected.authorities = Authority::read(&roots).unwrap();
        }),
        expecting("it is not valid any more", &[F::Expired], |expected| {
            expected.now = "2026-12-22T09:30:01Z".parse().unwrap();
        }),
        expecting("it is from the future", &[F::FromTheFuture], |expected| {
            expected.now = "2026-11-22T09:29:59Z".parse().unwrap();
        }),
    ]
}

/// A value in DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let short = u8::try_from(content.len()).ok();
    match short.filter(|length| *length < 128) {
        Some(length) => [&[tag, length], &*content].concat(),
        None => [&[tag, 0x81, short.unwrap()], &*content].concat(),
    }
}

/// A token of a time stamping authority over the bytes, with nobody's signature.
pub(crate) fn time_stamp(bytes: &[u8]) -> Vec<u8> {
    const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    const TST_INFO: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04";
    const SHA_256: &[u8] = b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
    const ONE: &[u8] = b"\x02\x01\x01";
    let digest: Vec<u8> = tidegate::source::sha256(bytes)
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let imprint = der(0x30, &[&der(0x30, &[SHA_256]), &der(0x04, &[&digest])]);
    let info = der(0x30, &[ONE, b"\x06\x01\x2a", &imprint, ONE, &der(0x18, &[b"20261122100000.5Z"])]);
    let content = der(0x30, &[TST_INFO, &der(0xa0, &[&der(0x04, &[&info])])]);
    let signed = der(0x30, &[b"\x02\x01\x03", &der(0x31, &[]), &content, &der(0x31, &[])]);
    let token = der(0x30, &[SIGNED_DATA, &der(0xa0, &[&signed])]);
    der(0x30, &[&der(0x30, &[b"\x02\x01\x00"]), &token])
}

fn of_archives() -> Vec<Case> {
    use FaultKind as F;
    vec![
        bytes("the archive is cut", &[F::TruncatedArchive, F::NoAttestation], |bytes| {
            bytes[..bytes.len() / 2].to_vec()
        }),
        bytes("its end is cut", &[F::TruncatedArchive, F::NoAttestation], |bytes| bytes[..bytes.len() - 9].to_vec()),
        bytes("it is no archive", &[F::NotAnArchive, F::NoAttestation], |_| b"a text".to_vec()),
        bytes("something stands before it", &[F::InconsistentArchive], |bytes| [b"#!/bin/sh\n", &*bytes].concat()),
        bytes("a name in it is another one in its directory", &[F::InconsistentArchive], |mut bytes| {
            let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(b"report.txt")).unwrap();
            bytes[at..at + 10].copy_from_slice(b"report.bat");
            bytes
        }),
        entry("a path leads out", &[F::PathTraversal], "../outside.txt"),
        entry("a path leads out further down", &[F::PathTraversal], "inputs/../../outside.txt"),
        entry("a path starts at the root", &[F::PathTraversal], "/etc/outside.txt"),
        entry("a path is one of Windows", &[F::PathTraversal], "..\\outside.txt"),
        entry("a path names a drive", &[F::PathTraversal], "C:/outside.txt"),
        entry("a name has a control character", &[F::BadName], "inputs/\u{1b}[2J.txt"),
        entry("a name differs by capitals", &[F::DuplicateEntry], "REPORT.TXT"),
        bytes("a file is there twice", &[F::DuplicateEntry], |_| {
            let files = pristine();
            let files = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
            let mut bytes = zip_bytes(
                files
                    .clone()
                    .chain(files.filter(|(name, _)| *name == "result.json").map(|(_, bytes)| ("resulT.json", bytes))),
            );
            assert_eq!(replace(&mut bytes, b"resulT.json", b"result.json"), 2);
            bytes
        }),
        bytes("a link is in the archive", &[F::Symlink], |_| {
            let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
            for (name, bytes) in pristine() {
                archive.start_file(name, options()).unwrap();
                archive.write_all(&bytes).unwrap();
            }
            archive.add_symlink("link", "/etc/passwd", options()).unwrap();
            archive.finish().unwrap().into_inner()
        }),
        bytes("a file is made to fill the memory", &[F::TooLarge], |_| {
            let files = pristine();
            let nothing = vec![0; 64 * 1024 * 1024];
            zip_bytes(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).chain([("zeros", &*nothing)]))
        }),
        bytes("a byte of a packed file is changed", &[F::Unreadable, F::MissingFile], |mut bytes| {
            let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(b"report.html")).unwrap();
            bytes[at + 11 + 200] ^= 0x55;
            bytes
        }),
    ]
}

#[cfg(unix)]
fn of_folders() -> Vec<Case> {
    use FaultKind as F;
    vec![
        folder("a hidden file is added", &[F::AddedFile], |path| fs::write(path.join(".note"), "x").unwrap()),
        folder("a file is a link", &[F::Symlink, F::MissingFile], |path| {
            fs::rename(path.join("result.json"), path.with_extension("moved")).unwrap();
            std::os::unix::fs::symlink(path.with_extension("moved"), path.join("result.json")).unwrap();
        }),
        folder("a folder is a link", &[F::Symlink], |path| {
            std::os::unix::fs::symlink("/etc", path.join("inputs/etc")).unwrap();
        }),
        folder("a pipe is in the folder", &[F::SpecialFile], |path| {
            let made = std::process::Command::new("mkfifo").arg(path.join("pipe")).status().unwrap();
            assert!(made.success());
        }),
    ]
}
