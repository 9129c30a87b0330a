//! Rules, profiles and vocabulary as Markdown pages for people.

mod coverage;
mod packs;
mod providers;
mod vocabulary;

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::knowledge::Knowledge;
use crate::report::FlowResult;
use crate::rulebook::RuleBook;

/// Every page, by path below the folder of the pages. `tested` are the flows of scenarios, for the page on coverage.
pub fn pages(book: &RuleBook, knowledge: &Knowledge, tested: &[&FlowResult]) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for (id, pack) in &book.packs {
        pages.insert(format!("packs/{id}.md"), packs::page(pack, book, knowledge));
    }
    for (id, profile) in &knowledge.profiles {
        pages.insert(format!("providers/{id}.md"), providers::page(profile, knowledge, &book.catalogue));
    }
    pages.insert("vocabulary.md".to_owned(), vocabulary::page(&knowledge.vocabulary));
    if !tested.is_empty() {
        pages.insert("coverage.md".to_owned(), coverage::page(book, tested));
    }
    pages.insert("README.md".to_owned(), index(book, knowledge, !tested.is_empty()));
    pages
}

fn index(book: &RuleBook, knowledge: &Knowledge, covered: bool) -> String {
    let mut page = String::from(
        "# What Tidegate knows\n\nThese pages are written by `tidegate docs` from the rules, profiles and words that the program carries. \
         Change those, not these.\n\n## Rule packs\n\n",
    );
    let mut rows = vec![["pack", "", "rules"].map(str::to_owned).to_vec()];
    for (id, pack) in &book.packs {
        let rules = book.rules.values().filter(|rule| rule.pack() == id).count();
        rows.push(vec![format!("[{id}](packs/{id}.md)"), pack.title.clone(), rules.to_string()]);
    }
    page.push_str(&table(&rows));
    page.push_str("\n## Providers\n\n");
    let mut rows = vec![["provider", "services", "reviewed", "next review"].map(str::to_owned).to_vec()];
    for (id, profile) in &knowledge.profiles {
        let model = &profile.model;
        let services = model.services.values().map(|service| service.title.as_str()).collect::<Vec<_>>().join("; ");
        rows.push(vec![
            format!("[{}](providers/{id}.md)", model.title),
            services,
            model.reviewed.to_string(),
            model.due().to_string(),
        ]);
    }
    page.push_str(&table(&rows));
    page.push_str(
        "\n## Words\n\n[The vocabulary](vocabulary.md): data classes, purposes, laws, places and the rest.\n",
    );
    if covered {
        page.push_str("\n## Tests\n\n[Coverage](coverage.md): which scenarios test which rules, and which rules read which facts.\n");
    }
    page
}

/// A Markdown table; the first row is its head.
fn table(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
        if index == 0 {
            let _ = writeln!(text, "|{}", " --- |".repeat(row.len()));
        }
    }
    text
}
