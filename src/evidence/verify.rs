//! Whether a bundle is what was attested, by whom it should be: every fault at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::contents::{BASELINE, POLICY_KINDS, digests};
use super::decision::flow;
use super::envelope::{Envelope, PAYLOAD_TYPE};
use super::fault::{Fault, FaultKind};
use super::keys::{PublicKey, SigningKey};
use super::statement::{DECISION, Decision, RESULT, STATEMENT, Statement, VerificationResult};
use super::timestamp::{Authority, TimeStamp};
use super::{ATTESTATION, Files, RESULT_FILE, RESULTS, TIMESTAMP};
use crate::load::Found;
use crate::model::Time;
use crate::report::Report;
use crate::source::sha256;

/// Whose signatures are expected, and when.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The keys.
    pub keys: Vec<PublicKey>,
    /// How many of them must have signed.
    pub threshold: usize,
    /// Who is believed the time of the attestation. With any, there must be a time stamp by one of them.
    pub authorities: Vec<Authority>,
    /// The moment of the check.
    pub now: Time,
}

/// A bundle, looked at.
#[derive(Debug)]
pub struct Inspection {
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
    /// Who has signed the attestation, or claims to.
    pub signers: Vec<Signer>,
    /// The statement, where it can be read. Only without faults does it prove anything.
    pub statement: Option<Statement<Decision>>,
    /// When an authority has seen the attestation, or is claimed to.
    pub stamped: Option<Stamp>,
}

/// A time stamp over the attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub time: Time,
    /// Who signed it, by the name in the certificate; none when its signature was not looked at.
    pub authority: Option<String>,
}

/// Somebody who has signed, or claims to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key's id, as the signature gives it.
    pub keyid: String,
    /// The algorithm of the expected key that made the signature; none when no expected key did.
    pub algorithm: Option<&'static str>,
}

/// Looks at a bundle. Without `expected`, signatures and validity are not looked at.
pub fn inspect(found: &Found, expected: Option<&Expected>) -> Inspection {
    let files = &found.files;
    let mut faults: Vec<Fault> = found.oddities.iter().map(Fault::from).collect();
    let mut signers = Vec::new();
    let statement = match files.get(ATTESTATION) {
        None => {
            faults.push(Fault::new(FaultKind::NoAttestation, ATTESTATION, "nothing says what the bundle should hold"));
            None
        }
        Some(bytes) => {
            let opened = open::<Decision>(ATTESTATION, bytes, DECISION, expected, &mut faults);
            opened.map(|(envelope, statement, _)| {
                signers = expected.map(|expected| self::signers(&envelope, expected)).unwrap_or_default();
                statement
            })
        }
    };
    if let Some(statement) = &statement {
        compare(statement, files, &mut faults);
        verdicts(&statement.predicate, files, &mut faults);
        results(&statement.predicate, files, expected, &mut faults);
        if let Some(expected) = expected {
            validity(&statement.predicate, expected.now, &mut faults);
        }
    }
    let stamped = stamp(files, expected.map_or(&[], |expected| &expected.authorities), &mut faults);
    faults.sort();
    faults.dedup();
    Inspection { faults, signers, statement, stamped }
}

/// Adds a signature to every statement of a bundle, once it has been looked at.
///
/// # Errors
/// A statement that cannot be read.
pub fn sign(files: &mut Files, key: &SigningKey) -> Result<(), String> {
    for (name, bytes) in files.iter_mut().filter(|(name, _)| *name == ATTESTATION || name.starts_with(RESULTS)) {
        let mut envelope = Envelope::read(bytes).map_err(|error| format!("`{name}`: {error}"))?;
        envelope.sign(key)?;
        *bytes = envelope.bytes()?;
    }
    Ok(())
}

/// Reads an envelope and the statement in it; with the digest of the payload.
fn open<P: DeserializeOwned>(
    name: &str,
    bytes: &[u8],
    predicate_type: &str,
    expected: Option<&Expected>,
    faults: &mut Vec<Fault>,
) -> Option<(Envelope, Statement<P>, String)> {
    let mut fault = |kind, message: String| faults.push(Fault::new(kind, name, message));
    let opened = Envelope::read(bytes).and_then(|envelope| Ok((envelope.content()?, envelope)));
    let (payload, envelope) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            fault(FaultKind::MalformedEnvelope, format!("it is no DSSE envelope: {error}"));
            return None;
        }
    };
    if envelope.payload_type != PAYLOAD_TYPE {
        fault(FaultKind::WrongPayloadType, format!("its payload is `{}`, not `{PAYLOAD_TYPE}`", envelope.payload_type));
    }
    if let Some(expected) = expected {
        signatures(name, &envelope, expected, faults);
    }
    let mut fault = |kind, message: String| faults.push(Fault::new(kind, name, message));
    let statement: Statement<serde_json::Value> = match serde_json::from_slice(&payload) {
        Ok(statement) => statement,
        Err(error) => {
            fault(FaultKind::MalformedEnvelope, format!("its payload is no statement: {error}"));
            return None;
        }
    };
    if statement.kind != STATEMENT {
        fault(FaultKind::WrongStatementType, format!("the statement is `{}`, not `{STATEMENT}`", statement.kind));
    }
    if statement.predicate_type != predicate_type {
        let message = format!("the predicate is `{}`, not `{predicate_type}`", statement.predicate_type);
        fault(FaultKind::WrongPredicateType, message);
        return None;
    }
    match serde_json::from_value(statement.predicate) {
        Ok(predicate) => {
            let Statement { kind, subject, predicate_type, .. } = statement;
            Some((envelope, Statement { kind, subject, predicate_type, predicate }, sha256(&payload)))
        }
        Err(error) => {
            fault(FaultKind::MalformedPredicate, format!("the predicate does not have its form: {error}"));
            None
        }
    }
}

fn signatures(name: &str, envelope: &Envelope, expected: &Expected, faults: &mut Vec<Fault>) {
    let mut fault = |kind, message: String| faults.push(Fault::new(kind, name, message));
    if envelope.signatures.is_empty() {
        return fault(FaultKind::NotSigned, "nobody has signed it: `tidegate evidence sign`".to_owned());
    }
    let signed = |key: &&PublicKey| envelope.signed_by(key).unwrap_or(false);
    let valid: BTreeSet<&String> = expected.keys.iter().filter(signed).map(|key| &key.id).collect();
    for key in expected.keys.iter().filter(|key| !valid.contains(&key.id)) {
        if envelope.signatures.iter().any(|signature| signature.keyid == key.id) {
            let message = format!("the signature of {} is not over this statement", short(&key.id));
            fault(FaultKind::BadSignature, message);
        }
    }
    if valid.len() < expected.threshold {
        let ids: Vec<&str> = envelope.signatures.iter().map(|signature| short(&signature.keyid)).collect();
        let message = format!(
            "{} of {} expected keys signed it, {} must; the signatures name {}",
            valid.len(),
            expected.keys.len(),
            expected.threshold,
            ids.join(", ")
        );
        fault(FaultKind::NoExpectedSigner, message);
    }
}

fn signers(envelope: &Envelope, expected: &Expected) -> Vec<Signer> {
    let signer = |keyid: &String| {
        let key = expected.keys.iter().find(|key| key.id == *keyid && envelope.signed_by(key).unwrap_or(false));
        Signer { keyid: keyid.clone(), algorithm: key.map(|key| key.algorithm().word()) }
    };
    envelope.signatures.iter().map(|signature| signer(&signature.keyid)).collect()
}

/// A key's id, cut to what people compare.
pub(super) fn short(keyid: &str) -> &str {
    keyid.get(..16).unwrap_or(keyid)
}

/// The files against their digests.
fn compare(statement: &Statement<Decision>, files: &Files, faults: &mut Vec<Fault>) {
    let mut fault = |kind, name: &str, message: String| faults.push(Fault::new(kind, name, message));
    let there: BTreeMap<String, String> = digests(files).collect();
    let inputs = &statement.predicate.inputs;
    let kinds: BTreeMap<&str, &str> = inputs.iter().map(|input| (&*input.file, &*input.kind)).collect();
    let mut attested: BTreeMap<&str, &str> = BTreeMap::new();
    for subject in &statement.subject {
        attested.insert(&subject.name, &subject.digest.sha256);
        let kind = kinds.get(&*subject.name).copied().unwrap_or_default();
        match there.get(&subject.name) {
            None => {
                let what = if kind.is_empty() { "a file" } else { kind };
                fault(FaultKind::MissingFile, &subject.name, format!("{what} that is attested is not there"));
            }
            Some(digest) if *digest != subject.digest.sha256 => {
                let policy = POLICY_KINDS.contains(&kind);
                let kind = if policy { FaultKind::SwappedPolicy } else { FaultKind::ChangedFile };
                let message = format!("its SHA-256 is {digest}, attested is {}", subject.digest.sha256);
                fault(kind, &subject.name, message);
            }
            Some(_) => {}
        }
    }
    let beside = [ATTESTATION, TIMESTAMP];
    let signed =
        |name: &str| beside.contains(&name) || statement.predicate.results.iter().any(|result| result.name == name);
    for name in files.keys().filter(|name| !attested.contains_key(name.as_str()) && !signed(name)) {
        fault(FaultKind::AddedFile, name, "it is not attested".to_owned());
    }
    for input in inputs.iter().filter(|input| attested.get(&*input.file) != Some(&&*input.sha256)) {
        fault(FaultKind::Incomplete, &input.file, "it decided, and the attestation does not cover it".to_owned());
    }
    if !attested.contains_key(RESULT_FILE) {
        fault(FaultKind::Incomplete, RESULT_FILE, "the attestation does not cover the result".to_owned());
    }
}

/// The verdicts of the result against those that are attested.
fn verdicts(attested: &Decision, files: &Files, faults: &mut Vec<Fault>) {
    let mut fault = |kind, message: String| faults.push(Fault::new(kind, RESULT_FILE, message));
    let Some(bytes) = files.get(RESULT_FILE) else { return };
    let report: Report = match serde_json::from_slice(bytes) {
        Ok(report) => report,
        Err(error) => return fault(FaultKind::BadResult, format!("it is no result: {error}")),
    };
    if let Some(message) = report.contradiction() {
        fault(FaultKind::BadResult, format!("it {message}"));
    }
    let key = |integration: &str, flow: &str| format!("{integration} › {flow}");
    let mut found: BTreeMap<String, _> = BTreeMap::new();
    for result in &report.flows {
        found.insert(key(&result.integration, &result.flow), flow(result));
    }
    for decision in &attested.flows {
        let name = key(&decision.integration, &decision.flow);
        match found.remove(&name) {
            None => fault(FaultKind::AlteredVerdict, format!("{name} is attested and has no verdict")),
            Some(now) if now.verdict != decision.verdict => {
                let message = format!("{name} is {}, attested is {}", now.verdict.word(), decision.verdict.word());
                fault(FaultKind::AlteredVerdict, message);
            }
            Some(now) if now != *decision => {
                fault(FaultKind::AlteredVerdict, format!("{name} has other findings than are attested"));
            }
            Some(_) => {}
        }
    }
    for name in found.into_keys() {
        fault(FaultKind::AlteredVerdict, format!("{name} has a verdict and is not attested"));
    }
    let day = attested.as_of.to_string();
    if report.as_of != day {
        fault(FaultKind::AlteredVerdict, format!("it is as of {}, attested is {day}", report.as_of));
    }
    if (report.verdict, &report.summary) != (attested.verdict, &attested.summary) {
        fault(FaultKind::AlteredVerdict, "its verdict or its numbers are not those that are attested".to_owned());
    }
    let of_result: BTreeSet<_> = report.inputs.iter().map(|input| (&input.path, &input.kind, &input.sha256)).collect();
    let inputs = attested.inputs.iter().filter(|input| input.kind != BASELINE);
    let listed: BTreeSet<_> = inputs.map(|input| (&input.path, &input.kind, &input.sha256)).collect();
    for (path, kind, _) in of_result.symmetric_difference(&listed) {
        fault(
            FaultKind::Incomplete,
            format!("the {kind} `{path}` is not the same in the result and in the attestation"),
        );
    }
}

/// The simple verification results against those that are attested.
fn results(attested: &Decision, files: &Files, expected: Option<&Expected>, faults: &mut Vec<Fault>) {
    for result in &attested.results {
        let Some(bytes) = files.get(&result.name) else {
            let message = "a verification result that is attested is not there";
            faults.push(Fault::new(FaultKind::MissingFile, &result.name, message));
            continue;
        };
        let opened = open::<VerificationResult>(&result.name, bytes, RESULT, expected, faults);
        if opened.is_some_and(|(_, _, digest)| digest != result.digest.sha256) {
            let message = "what it says to be permitted is not what is attested";
            faults.push(Fault::new(FaultKind::AlteredVerdict, &result.name, message));
        }
    }
}

fn validity(attested: &Decision, now: Time, faults: &mut Vec<Fault>) {
    if let Some(expires) = attested.expires.filter(|expires| *expires < now) {
        let message = format!("it was valid until {expires}; now is {now}");
        faults.push(Fault::new(FaultKind::Expired, ATTESTATION, message));
    }
    if attested.time_created > now {
        let message = format!("it was made at {}; now is {now}", attested.time_created);
        faults.push(Fault::new(FaultKind::FromTheFuture, ATTESTATION, message));
    }
}

/// The time stamp, where there is one.
fn stamp(files: &Files, authorities: &[Authority], faults: &mut Vec<Fault>) -> Option<Stamp> {
    let attestation = files.get(ATTESTATION)?;
    let mut fault = |kind, message: String| faults.push(Fault::new(kind, TIMESTAMP, message));
    let Some(token) = files.get(TIMESTAMP) else {
        if !authorities.is_empty() {
            fault(FaultKind::NoTimestamp, "no authority has stamped the attestation".to_owned());
        }
        return None;
    };
    let stamp = TimeStamp::read(token).and_then(|stamp| {
        if stamp.sha256 != sha256(attestation) {
            return Err(format!("it is over {}, not over this attestation: signed later?", stamp.sha256));
        }
        let authority = (!authorities.is_empty()).then(|| stamp.signed_by(authorities)).transpose()?;
        Ok(Stamp { time: stamp.time, authority })
    });
    stamp.map_err(|message| fault(FaultKind::BadTimestamp, message)).ok()
}
