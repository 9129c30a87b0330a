//! Cross-references of configuration and exceptions: every rule and pack must exist, and nobody approves his own exception.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::yaml::escape;
use crate::knowledge::Known;
use crate::model::{Config, Enforcement, Exceptions, Level, RulePack};
use crate::problem::{Problem, suggest};

/// Checks what configuration and exceptions name against the rules and packs there are.
pub fn check(
    config: Option<&Known<Config>>,
    exceptions: Option<&Known<Exceptions>>,
    rules: &BTreeSet<String>,
    packs: &BTreeMap<String, RulePack>,
    problems: &mut Vec<Problem>,
) {
    if let Some(config) = config {
        packs_off(config, packs, problems);
        for (index, entry) in config.model.enforcement.iter().enumerate() {
            enforcement(config, entry, &format!("/enforcement/{index}/rules"), rules, packs, problems);
        }
    }
    if let Some(exceptions) = exceptions {
        approvals(exceptions, rules, problems);
    }
}

fn unknown<T>(document: &Known<T>, at: &str, noun: &str, name: &str, known: &BTreeSet<&str>) -> Problem {
    let problem = document.document.problem(at, format!("there is no {noun} `{name}`"), format!("this {noun}"));
    let help =
        suggest(name, known.iter().copied()).unwrap_or_else(|| "`tidegate rules` lists the rules by pack".to_owned());
    problem.help(help)
}

fn packs_off(config: &Known<Config>, packs: &BTreeMap<String, RulePack>, problems: &mut Vec<Problem>) {
    for name in config.model.packs_off.keys() {
        let at = format!("/packs_off/{}", escape(name));
        match packs.get(name) {
            None => {
                let names = packs.keys().map(String::as_str).collect();
                problems.push(unknown(config, &at, "pack", name, &names));
            }
            Some(pack) if pack.law.is_none() => {
                let message = format!("the pack `{name}` belongs to no law that might not apply");
                let problem = config.document.problem_at_key(&at, message, "this pack");
                problems.push(problem.help("take it out; to let rules advise for a time, use `enforcement`"));
            }
            Some(_) => {}
        }
    }
}

fn enforcement(
    config: &Known<Config>,
    entry: &Enforcement,
    at: &str,
    rules: &BTreeSet<String>,
    packs: &BTreeMap<String, RulePack>,
    problems: &mut Vec<Problem>,
) {
    for (index, name) in entry.rules.iter().enumerate() {
        let at = format!("{at}/{index}");
        let pack = name.strip_suffix("/*");
        let known = pack.map_or_else(|| rules.contains(name), |pack| packs.contains_key(pack));
        if !known {
            let names = match pack {
                Some(_) => packs.keys().map(String::as_str).collect(),
                None => rules.iter().map(String::as_str).collect(),
            };
            let noun = if pack.is_some() { "pack" } else { "rule" };
            problems.push(unknown(config, &at, noun, pack.unwrap_or(name), &names));
            continue;
        }
        let pack = name.split('/').next().unwrap_or_default();
        if entry.level == Level::Advise && packs.get(pack).is_some_and(|pack| pack.mandatory) {
            let message = format!("the rules of `{pack}` are mandatory: they cannot merely advise");
            let problem = config.document.problem(&at, message, "these");
            problems
                .push(problem.help("have an exception approved for each finding, and record it in exceptions.yaml"));
        }
    }
}

fn approvals(exceptions: &Known<Exceptions>, rules: &BTreeSet<String>, problems: &mut Vec<Problem>) {
    let document = &exceptions.document;
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    let mut findings: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for (index, exception) in exceptions.model.exceptions.iter().enumerate() {
        let at = format!("/exceptions/{index}");
        if !rules.contains(&exception.rule) {
            let names = rules.iter().map(String::as_str).collect();
            problems.push(unknown(exceptions, &format!("{at}/rule"), "rule", &exception.rule, &names));
        }
        if same_person(&exception.owner, &exception.approver) {
            let message = format!("`{}` approves an exception of their own", exception.approver);
            let problem = document.problem(&format!("{at}/approver"), message, "this approver");
            problems.push(problem.help("an exception is approved by somebody other than its owner"));
        }
        if !ids.insert(&exception.id) {
            let message = format!("the id `{}` is taken by an exception above", exception.id);
            let problem = document.problem(&format!("{at}/id"), message, "the second one");
            problems.push(problem.help("give each exception an id of its own"));
        }
        if !findings.insert((&exception.rule, &exception.integration, &exception.flow)) {
            let message = "an exception above waives the same rule on the same flow".to_owned();
            let problem = document.problem(&at, message, "the second one");
            problems.push(problem.help("keep the one that holds"));
        }
    }
}

fn same_person(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
