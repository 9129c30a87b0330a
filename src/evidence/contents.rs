//! What a bundle holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use rayon::prelude::*;

use super::decision::decision;
use super::envelope::Envelope;
use super::export::Export;
use super::keys::SigningKey;
use super::statement::{
    DECISION, FLOW_PERMITTED, FLOW_WAIVED, InputFile, PERMITTED, RESULT, Resource, Statement, VERIFIER,
    VerificationResult, Verifier,
};
use super::{ATTESTATION, Files, POLICIES, README, REPORT_HTML, REPORT_PDF, RESULT_FILE, RESULTS, SUMS};
use crate::knowledge::Known;
use crate::model::{Manifest, Moment, Time};
use crate::render::memo::{self, Dossier};
use crate::report::{AsideBy, FlowResult, Report, Verdict};
use crate::resolve::Absent;
use crate::source::{SourceFile, sha256};
use crate::workspace::Workspace;
use crate::{pipeline, registers, render};

/// The width of the report in plain text.
const WIDTH: usize = 80;
/// The kind of an earlier result among the inputs.
pub(super) const BASELINE: &str = "baseline";
/// The kinds that are policies.
pub(super) const POLICY_KINDS: [&str; 3] = ["policy", "rule-pack", "schema"];

/// The files of a bundle, signed by the keys; with none, somebody signs later.
///
/// # Errors
/// A fault of the program.
pub fn bundle(export: &Export<'_>, keys: &[SigningKey]) -> Result<Files, String> {
    let inputs = inputs(export);
    let mut files = contents(export, &inputs)?;
    files.insert(SUMS.to_owned(), sums(digests(&files)).into_bytes());
    let results = results(export, &inputs, &files)?;
    let payloads = results.iter().map(|(name, payload)| Resource::new(name, sha256(payload))).collect();
    let subject = digests(&files).map(|(name, digest)| Resource::new(name, digest)).collect();
    let inputs = inputs.into_iter().map(|(input, _)| input).collect();
    let statement = Statement::new(subject, DECISION, decision(export, inputs, payloads)?);
    let envelopes = results.into_iter().chain([(ATTESTATION.to_owned(), statement.bytes()?)]);
    for (name, payload) in envelopes {
        let mut envelope = Envelope::new(&payload);
        keys.iter().try_for_each(|key| envelope.sign(key))?;
        files.insert(name, envelope.bytes()?);
    }
    Ok(files)
}

/// Every file that the attestation covers, but for the list of digests. One more file is one more line here.
fn contents(export: &Export<'_>, inputs: &[(InputFile, Arc<SourceFile>)]) -> Result<Files, String> {
    let (report, workspace, manifests) = (export.report, export.workspace, export.manifests);
    let places: BTreeMap<&str, &str> =
        inputs.iter().map(|(input, _)| (input.path.as_str(), input.file.as_str())).collect();
    let place = |path: &str| format!("../{}", places.get(path).copied().unwrap_or(path));
    // Side by side: each is a pass over every flow.
    let ((cedar, oscal), (registers, (result, text))) = rayon::join(
        || {
            rayon::join(
                || pipeline::cedar_files(workspace, manifests, export.as_of, Absent::NotDone),
                || render::oscal::files(report, export.time.into(), &place),
            )
        },
        || {
            rayon::join(
                || registers::files(workspace, manifests, report, Moment::At(export.time.into())),
                || rayon::join(|| render::json::render(report), || render::text::render(report, WIDTH, true)),
            )
        },
    );
    let mut files: Files =
        inputs.iter().map(|(input, file)| (input.file.clone(), file.text.clone().into_bytes())).collect();
    files.insert(RESULT_FILE.to_owned(), result?.into_bytes());
    files.insert("report.txt".to_owned(), anstream::adapter::strip_str(&text).to_string().into_bytes());
    files.insert(POLICIES.to_owned(), policies(inputs).into_bytes());
    files.insert("README.txt".to_owned(), README.as_bytes().to_vec());
    let mut add = |folder: &str, texts: BTreeMap<String, String>| {
        files.extend(texts.into_iter().map(|(name, text)| (format!("{folder}/{name}"), text.into_bytes())));
    };
    add("cedar", cedar?);
    add("oscal", oscal?);
    add("registers", registers?);
    files.extend(dossier(report, workspace, manifests, &files, &[], export.time)?);
    Ok(files)
}

/// The report for people, with the digests of the files that it stands beside and who has signed them.
///
/// # Errors
/// A fault of the program.
pub fn dossier(
    report: &Report,
    workspace: &Workspace,
    manifests: &[Known<Manifest>],
    files: &Files,
    signers: &[memo::Signer],
    time: Time,
) -> Result<Files, String> {
    let digests = digests(files).collect();
    let known = (&workspace.knowledge, &workspace.book.catalogue);
    let exported = time.to_string();
    let dossier = Dossier::new(report, known, manifests, (&digests, signers), &exported);
    let (html, pdf) = rayon::join(|| memo::html(&dossier), || memo::pdf(&dossier));
    Ok(Files::from([(REPORT_HTML.to_owned(), html.into_bytes()), (REPORT_PDF.to_owned(), pdf?)]))
}

/// Every text that decided, with its place in the bundle.
fn inputs(export: &Export<'_>) -> Vec<(InputFile, Arc<SourceFile>)> {
    let mut taken = BTreeSet::new();
    let baseline = export.baseline.map(|file| (Arc::clone(file), BASELINE));
    let inputs = export.workspace.inputs.iter().cloned().chain(baseline);
    inputs
        .map(|(file, kind)| {
            let input = InputFile {
                path: file.path.clone(),
                kind: kind.to_owned(),
                embedded: file.embedded,
                file: place(&file, &mut taken),
                sha256: file.sha256(),
            };
            (input, file)
        })
        .collect()
}

/// A place in the bundle that every system can hold, like the path that the text came from.
fn place(file: &SourceFile, taken: &mut BTreeSet<String>) -> String {
    let plain = |part: &str| -> String {
        part.chars().map(|c| if c.is_control() || r#"<>:"\|?*"#.contains(c) { '_' } else { c }).collect()
    };
    let folder = if file.embedded { "inputs/embedded" } else { "inputs/own" };
    let path = file.path.strip_prefix("(embedded)/").filter(|_| file.embedded).unwrap_or(&file.path);
    let mut place = folder.to_owned();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        place.push('/');
        place.push_str(&if part == ".." { "up".to_owned() } else { plain(part) });
    }
    let mut free = place.clone();
    let mut number = 2;
    while !taken.insert(free.to_lowercase()) {
        free = format!("{place}.{number}");
        number += 1;
    }
    free
}

/// Files with their digests, sorted.
pub(super) fn digests(files: &Files) -> impl Iterator<Item = (String, String)> + use<> {
    let digests: Vec<(String, String)> = files.par_iter().map(|(name, bytes)| (name.clone(), sha256(bytes))).collect();
    digests.into_iter()
}

/// A list of digests as `sha256sum` reads it.
fn sums(digests: impl Iterator<Item = (String, String)>) -> String {
    digests.fold(String::new(), |mut text, (name, digest)| {
        let _ = writeln!(text, "{digest}  {name}");
        text
    })
}

/// The digests of the policies alone: what names the whole rule book in few bytes.
fn policies(inputs: &[(InputFile, Arc<SourceFile>)]) -> String {
    let policies = inputs.iter().map(|(input, _)| input).filter(|input| POLICY_KINDS.contains(&input.kind.as_str()));
    let mut digests: Vec<_> = policies.map(|input| (input.file.clone(), input.sha256.clone())).collect();
    digests.sort();
    sums(digests.into_iter())
}

/// For each manifest with a permitted flow the payload of a simple verification result, by the path of its envelope.
///
/// Each is about one manifest: readers match the subject by digest alone, so a property must hold for the whole of it, or name the flow.
fn results(
    export: &Export<'_>,
    inputs: &[(InputFile, Arc<SourceFile>)],
    files: &Files,
) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let digest = files.get(POLICIES).map(|bytes| sha256(bytes)).unwrap_or_default();
    let mut flows: BTreeMap<&str, Vec<&FlowResult>> = BTreeMap::new();
    for flow in &export.report.flows {
        flows.entry(&flow.integration).or_default().push(flow);
    }
    let files: BTreeMap<&str, &InputFile> = inputs.iter().map(|(input, _)| (input.path.as_str(), input)).collect();
    let mut results = BTreeMap::new();
    for manifest in export.manifests {
        let of_manifest = flows.get(manifest.model.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let properties = properties(of_manifest);
        let Some(input) = files.get(manifest.document.file.path.as_str()).filter(|_| !properties.is_empty()) else {
            continue;
        };
        let verifier = Verifier { id: VERIFIER.to_owned(), policies: vec![Resource::new(POLICIES, digest.clone())] };
        let result = VerificationResult { verifier, time_created: export.time, properties };
        let subject = vec![Resource::new(&input.file, &input.sha256)];
        let name = format!("{RESULTS}{}.json", manifest.model.id);
        results.insert(name, Statement::new(subject, RESULT, result).bytes()?);
    }
    Ok(results)
}

fn properties(flows: &[&FlowResult]) -> Vec<String> {
    let waived = |flow: &FlowResult| flow.set_aside().iter().any(|(_, aside)| aside.by != AsideBy::NotInForce);
    let passing = flows.iter().filter(|flow| flow.verdict == Verdict::Permitted);
    let mut properties: Vec<String> = passing
        .map(|flow| format!("{}{}", if waived(flow) { FLOW_WAIVED } else { FLOW_PERMITTED }, flow.flow))
        .collect();
    if properties.len() == flows.len() && !flows.is_empty() && !flows.iter().any(|flow| waived(flow)) {
        properties.insert(0, PERMITTED.to_owned());
    }
    properties
}
