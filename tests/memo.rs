//! The dossier for people: that both its forms tell everything, and that they are the same every time.
//!
//! What the PDF holds, `tests/outside/memo.sh` judges with programs that others wrote.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use quick_xml::events::Event;
use tidegate::gate::Gate;
use tidegate::knowledge::{Known, Listed};
use tidegate::load::Exclude;
use tidegate::model::{Manifest, Moment};
use tidegate::pipeline::{Manner, Run, evaluate};
use tidegate::render::memo::{Dossier, Signer, html, pdf};
use tidegate::report::{Detail, Report};
use tidegate::resolve::Absent;
use tidegate::workspace::{Folders, Reach, Workspace, manifest_texts};

const EXPORTED: &str = "2026-11-22T09:30:00Z";

/// The examples, decided once for all tests.
static EXAMPLES: LazyLock<(Workspace, Vec<Known<Manifest>>, Report)> = LazyLock::new(|| {
    let folders = Folders { contracts: vec![PathBuf::from("contracts")], ..Folders::default() };
    let opened = Workspace::open(&folders, Reach::Named, |problems| {
        manifest_texts(&[PathBuf::from("examples")], &Exclude::default(), problems)
    });
    let (workspace, manifests) = opened.unwrap();
    let run = Run {
        moment: Moment::On("2026-11-22".parse().unwrap()),
        absent: Absent::NotDone,
        gate: Gate::default(),
        manner: Manner { detail: Detail::All, progress: &|_| () },
    };
    let report = evaluate(&workspace, &manifests, run).unwrap();
    (workspace, Listed::read_all(&manifests).unwrap(), report)
});

fn examples<T>(look: impl FnOnce(&Dossier<'_>) -> T) -> T {
    let (workspace, manifests, report) = &*EXAMPLES;
    let digests = BTreeMap::from([
        ("report.json".to_owned(), "0123456789abcdef".repeat(4)),
        ("inputs/examples/support-reply-drafts/integration.yaml".to_owned(), "fedcba9876543210".repeat(4)),
    ]);
    let signers = [Signer { key_id: "SHA256:4f1c0d2e".to_owned(), note: "audit@example.com".to_owned() }];
    let known = (&workspace.knowledge, &workspace.book.catalogue);
    look(&Dossier::new(report, known, manifests, (&digests, &signers), EXPORTED))
}

/// The small result with every kind of finding, without the documents behind it.
fn small<T>(change: impl FnOnce(&mut Report), look: impl FnOnce(&Dossier<'_>) -> T) -> T {
    let text = fs::read_to_string("tests/formats/result.json").unwrap();
    let mut report: Report = serde_json::from_str(&text).unwrap();
    change(&mut report);
    let digests = BTreeMap::new();
    let dossier = Dossier {
        report: &report,
        backgrounds: Vec::new(),
        sheets: Vec::new(),
        digests: &digests,
        signers: &[],
        exported: EXPORTED,
    };
    look(&dossier)
}

// ---- The PDF ---------------------------------------------------------------------------------------------------------

#[test]
fn equal_dossiers_give_equal_bytes() {
    let (first, again) = examples(|dossier| (pdf(dossier).unwrap(), pdf(dossier).unwrap()));
    assert!(first == again, "the PDF differs from run to run");
    assert_eq!(examples(html), examples(html));
    fs::create_dir_all("target/memo").unwrap();
    fs::write("target/memo/examples.pdf", first).unwrap();
    fs::write("target/memo/examples.html", examples(html)).unwrap();
    fs::write("target/memo/small.pdf", small(|_| (), |dossier| pdf(dossier).unwrap())).unwrap();
    fs::write("target/memo/small.html", small(|_| (), html)).unwrap();
}

#[test]
fn what_is_no_moment_is_an_error() {
    let failed = small(
        |_| (),
        |dossier| pdf(&Dossier { exported: "yesterday", backgrounds: Vec::new(), sheets: Vec::new(), ..*dossier }),
    );
    assert!(failed.unwrap_err().contains("`yesterday` is no moment"));
}

/// No text of a user's makes the standard impossible.
#[test]
fn any_text_can_be_printed() {
    let odd = "tab\tnul\0 bom\u{FEFF} private\u{E000} hieroglyph 𓀀 family 👨‍👩‍👧 العربية \u{FFFE} 訂單系統 <b>&amp;";
    let long = "x".repeat(40_000);
    for odd in [odd, long.as_str()] {
        let change = |report: &mut Report| {
            report.flows[0].title = odd.to_owned();
            report.flows[0].flow = odd.to_owned();
            report.notices[0].message = odd.to_owned();
        };
        let bytes = small(change, |dossier| pdf(dossier).unwrap());
        assert!(bytes.starts_with(b"%PDF-1.7"));
    }
}

// ---- The page for browsers -------------------------------------------------------------------------------------------

#[test]
fn every_finding_is_told_with_its_remedy() {
    let (page, report) = (words(&examples(html)), &EXAMPLES.2);
    let findings = report.flows.iter().flat_map(|flow| &flow.rules).filter(|rule| rule.tells());
    let mut number = 0;
    for finding in findings {
        number += 1;
        assert!(page.contains(&*finding.id), "{} is not told", finding.id);
        if finding.aside.is_none() {
            let remedy = report.rules[&finding.id].remedy.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(page.contains(&remedy), "how to mend {} is not told", finding.id);
        }
    }
    assert!(number > 50, "the examples have only {number} findings");
}

#[test]
fn an_exception_is_told_with_who_approved_it_and_until_when() {
    let page = small(|_| (), |dossier| words(&html(dossier)));
    let approval = small(
        |_| (),
        |dossier| {
            let rules = dossier.report.flows.iter().flat_map(|flow| &flow.rules);
            rules.filter_map(|rule| rule.aside.as_ref()?.approval.clone()).next().unwrap()
        },
    );
    for part in [&approval.owner, &approval.approver, &approval.ticket, &approval.expires] {
        assert!(page.contains(part.as_str()), "{part} is not told");
    }
}

/// Every fact of a sheet has a source, and every source an address.
#[test]
fn fact_sheets_name_their_sources_and_days() {
    examples(|dossier| {
        let page = words(&html(dossier));
        assert!(!dossier.sheets.is_empty());
        for sheet in &dossier.sheets {
            assert!(page.contains(&format!("{}; next review due {}", sheet.reviewed, sheet.due)));
            let terms = sheet.sections.iter().find(|section| section.title == "Terms").unwrap();
            // What no profile states yet is unknown, and has no source.
            for row in terms.rows.iter().filter(|row| row.sources.is_empty()) {
                assert!(row.cells.iter().any(|cell| cell.contains("unknown")), "{:?}", row.cells);
            }
            for source in terms.rows.iter().filter_map(|row| row.sources.first()) {
                let source = sheet.sources.iter().find(|known| known.key == *source);
                assert!(page.contains(&source.unwrap().url));
            }
        }
    });
}

/// The page loads nothing, and no text of a user's becomes markup.
#[test]
fn the_page_fetches_nothing() {
    let change =
        |report: &mut Report| report.flows[0].title = "<img src=x onerror=alert(1)><script>1</script>".to_owned();
    for page in [examples(html), small(change, html)] {
        let mut reader = quick_xml::Reader::from_str(&page);
        reader.config_mut().check_end_names = false;
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) => {
                    let name = tag.name().as_ref().to_owned();
                    assert!(!["img", "script", "link", "iframe", "object"].contains(&name.as_str()), "{name}");
                    for attribute in tag.html_attributes().with_checks(false) {
                        let key = attribute.unwrap().key.as_ref().to_owned();
                        assert!(!key.starts_with("on") && key != "src", "{key}");
                        assert!(key != "href" || name == "a", "{key} in {name}");
                    }
                }
                _ => {}
            }
        }
    }
}

/// The text of a page, without its markup.
fn words(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let Some((_, after)) = after.split_once('>') else { break };
        rest = after;
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
