//! How long `tidegate check` takes, as a whole process: one manifest with three flows, and 1,000 and 10,000 of them with
//! four items a flow; and how long the evidence of 1,000 flows takes.
#![allow(missing_docs, clippy::expect_used, reason = "a benchmark may stop at the first fault")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

const SERVICES: [(&str, &str, &str); 4] = [
    ("openai/api", "eu", "responses"),
    ("openai/api", "global", "chat-completions"),
    ("anthropic/claude-api", "us", "messages"),
    ("google/gemini-api-paid", "global", "generate-content"),
];
const CLASSES: [&str; 6] =
    ["user.content.private", "user.unique_id", "user.contact.email", "user.name", "ext.order_number", "attr.region"];
const PURPOSES: [&str; 3] = ["customer-support", "complaint-handling", "order-fulfilment"];

/// A manifest unlike its neighbours: services, classes, treatments, laws and papers vary with the number.
fn manifest(number: usize) -> String {
    let mut text = format!(
        "kind: integration\nversion: 1\nid: bench-{number}\ntitle: Benchmark {number}\nowner: team-{number}@example.com\n\
         environment: production\norganisation: {{role: controller, established_in: DE, sector: software}}\n\
         controls: {{gateway: true, field_allow_list: true, token_budget: true, anomaly_alerts: {}, human_oversight: assist}}\nflows:\n",
        !number.is_multiple_of(5),
    );
    for flow in 0..3 {
        let seed = number * 3 + flow;
        let (service, location, feature) = SERVICES[seed % SERVICES.len()];
        let purpose = PURPOSES[seed % PURPOSES.len()];
        let laws = ["gdpr", "gdpr, tw-pdpa", "tw-pdpa"][seed % 3];
        let _ = write!(
            text,
            "  - id: flow-{flow}\n    purpose: {purpose}\n    collected_for: [{purpose}]\n    operation: generate\n    \
             service: {service}\n    location: {location}\n    features: [{feature}]\n    options: []\n    contracts: [none]\n    \
             laws: [{laws}]\n    legal_basis: {{gdpr: [A6-1-b], tw-pdpa: [TW19-1-2]}}\n    \
             subjects: {{kinds: [customer], scale: small}}\n    end_users: {{minimum_age: 18, countries: [DE]}}\n    \
             necessity: {{why_this_data: a, why_external: b, why_not_deidentified: c, why_minimal: d}}\n    data:\n"
        );
        for item in 0..4 {
            let class = CLASSES[(seed + item) % CLASSES.len()];
            let treated = if (seed + item).is_multiple_of(2) {
                ", treatment: {technique: pseudonymisation, reversible: true, key_holder: us}"
            } else {
                ""
            };
            let _ = writeln!(text, "      - {{field: field-{item}, class: {class}{treated}}}");
        }
        let _ = write!(
            text,
            "    evidence:\n      notice: {{ref: PN-{seed}, date: 2026-01-01, names_recipients: true, names_countries: {}}}\n      \
             transfer: {{ref: SCC-{seed}, date: 2026-01-01, mechanism: scc, tia: TIA-{seed}}}\n",
            !seed.is_multiple_of(7),
        );
    }
    text
}

fn folder(manifests: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{manifests}"));
    fs::create_dir_all(&folder).expect("the target folder is writable");
    for number in 0..manifests {
        fs::write(folder.join(format!("m{number:04}.integration.yaml")), manifest(number)).expect("writable");
    }
    folder
}

fn check(folder: &Path, format: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["check", "--as-of", "2026-11-22", "--format", format])
        .arg(folder)
        .output()
        .expect("the binary runs");
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 10 | 11 | 12)), "{code:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Writes a bundle of evidence, packed and signed.
fn export(folder: &Path, key: &Path) {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-evidence.zip");
    let output = Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args(["evidence", "export", "--as-of", "2026-11-22", "--time", "2026-11-22T09:30:00Z", "--force"])
        .arg("--key")
        .arg(key)
        .arg("--out")
        .arg(out)
        .arg(folder)
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A key to sign with, made once.
fn key() -> PathBuf {
    let name = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-key");
    let file = name.with_extension("pem");
    if !file.exists() {
        let made = Command::new(env!("CARGO_BIN_EXE_tidegate")).args(["evidence", "keygen"]).arg(&name).output();
        assert!(made.expect("the binary runs").status.success(), "a key is made");
    }
    file
}

fn benchmarks(criterion: &mut Criterion) {
    let one = folder(1);
    let many = folder(1000);
    let mut group = criterion.benchmark_group("whole process");
    group.bench_function("1 manifest, 3 flows", |bencher| bencher.iter(|| check(&one, "text")));
    group.sample_size(10).measurement_time(Duration::from_secs(20));
    group.bench_function("1,000 manifests, 3,000 flows", |bencher| bencher.iter(|| check(&many, "text")));
    group.bench_function("1,000 manifests, 3,000 flows, JSON", |bencher| bencher.iter(|| check(&many, "json")));
    // `cargo test` runs everything once, to see that it runs: these would add minutes and show nothing new.
    let asked = |name: &str| std::env::args().any(|argument| argument == name);
    if asked("--bench") && !asked("--test") {
        let most = folder(10_000);
        group.bench_function("10,000 manifests, 30,000 flows", |bencher| bencher.iter(|| check(&most, "text")));
        let (thousand, key) = (folder(334), key());
        group.bench_function("evidence of 1,002 flows", |bencher| bencher.iter(|| export(&thousand, &key)));
    }
    group.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
