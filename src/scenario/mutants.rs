//! Do the scenarios notice when a rule is wrong? Every rule is changed in one place at a time; some page must then fail.

use std::sync::Arc;

use rayon::prelude::*;

use super::page::Scenario;
use super::run::{Case, Tested, case};
use crate::decide::{Decider, Decision, Status};
use crate::report::FlowResult;
use crate::rulebook::Rule;
use crate::workspace::Workspace;

/// What came of the changed rules.
#[derive(Debug, Default)]
pub struct Mutation {
    /// How many changed rules were tried.
    pub tried: usize,
    /// Changes that no scenario noticed: the rule's id, and the change in words.
    pub survivors: Vec<(Arc<str>, String)>,
}

/// Changes every rule that the filter lets pass in every way, and looks whether some scenario notices.
///
/// # Errors
/// Rules or facts that Cedar does not accept; checked before, so a fault of the program.
pub fn mutate(
    workspace: &Workspace,
    scenarios: &[Scenario],
    tested: &[Tested<'_>],
    wanted: impl Fn(&Rule) -> bool + Sync,
) -> Result<Mutation, String> {
    let cases: Vec<Case> = scenarios.par_iter().map(|scenario| case(workspace, scenario)).collect::<Result<_, _>>()?;
    let facts: Vec<_> = cases.into_iter().map(|case| case.facts).collect();
    let decider = Decider::new(&workspace.book, &workspace.knowledge.vocabulary)?;
    let prepared = decider.prepare(&facts);
    let results: Vec<&FlowResult> = tested.iter().filter_map(|tested| tested.result.as_ref().ok()).collect();
    let of_rules: Vec<Mutation> = workspace
        .book
        .rules
        .values()
        .filter(|rule| wanted(rule))
        .collect::<Vec<_>>()
        .par_iter()
        .map(|rule| {
            let book = workspace.book.of_one((*rule).clone());
            let right = seen(&decider.with_book(&book).decide(&prepared)?);
            let mut mutation = Mutation::default();
            if rule.effective.is_some() {
                let advises = results.iter().any(|flow| flow.set_aside().iter().any(|(aside, _)| aside.id == rule.id));
                mutation.add(rule, "counts at once".to_owned(), advises);
            }
            mutation.add(rule, "left out".to_owned(), right.iter().any(|status| *status != Status::Satisfied));
            for mutant in rule.mutants(&workspace.book.catalogue)? {
                let book = workspace.book.of_one(mutant.rule);
                let found = seen(&decider.with_book(&book).decide(&prepared)?);
                mutation.add(rule, mutant.change, found != right);
            }
            Ok(mutation)
        })
        .collect::<Result<_, String>>()?;
    Ok(of_rules.into_iter().fold(Mutation::default(), Mutation::and))
}

impl Mutation {
    fn add(&mut self, rule: &Rule, change: String, noticed: bool) {
        self.tried += 1;
        if !noticed {
            self.survivors.push((rule.id.clone(), change));
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.tried += other.tried;
        self.survivors.extend(other.survivors);
        self
    }
}

/// What a page sees of a rule in each scenario: violated, undetermined, or neither.
fn seen(decided: &[Vec<Decision>]) -> Vec<Status> {
    decided
        .iter()
        .map(|decisions| {
            let outcomes = decisions.iter().flat_map(|decision| &decision.outcomes);
            outcomes.map(|outcome| outcome.status).max().unwrap_or(Status::Satisfied).max(Status::Satisfied)
        })
        .collect()
}
