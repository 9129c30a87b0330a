//! What one customer contract allows for the flow.

use serde_json::Value as Json;

use super::{ContractFacts, Fact, Facts, Origin, Scene, Value, in_force};
use crate::document::yaml::escape;
use crate::knowledge::Known;
use crate::model::{CustomerContract, Root, Silence, TermType};

/// The manifest says that no contract governs the data.
pub(super) fn no_contract(scene: &Scene<'_>) -> ContractFacts {
    let here = scene.here("contracts");
    let facts = Facts::from([("covers".to_owned(), Fact::new(Value::Set([].into()), here.clone()))]);
    ContractFacts { id: None, facts: scene.complete(Root::Contract, facts, &here) }
}

/// Nobody has said which contracts govern the data.
pub(super) fn not_stated(scene: &Scene<'_>) -> ContractFacts {
    let here = scene.here("contracts");
    ContractFacts { id: None, facts: scene.complete(Root::Contract, Facts::new(), &here) }
}

/// The facts of a contract that the flow names.
pub(super) fn facts(scene: &Scene<'_>, index: usize, id: &str) -> ContractFacts {
    let here = scene.here(&format!("contracts/{index}"));
    let Some(contract) = scene.frame.knowledge.contracts.get(id) else {
        let facts = scene.complete(Root::Contract, Facts::new(), &here);
        return ContractFacts { id: Some(id.to_owned()), facts };
    };
    let model = &contract.model;
    let mut facts = Facts::new();
    let covers = match &model.covers {
        Some(classes) => {
            Fact::new(Value::Set(classes.iter().cloned().collect()), Origin::new(&contract.document, "/covers"))
        }
        None => Fact::new(Value::Set(["data".to_owned()].into()), here.clone()),
    };
    facts.insert("covers".into(), covers);
    let effective = in_force(scene.as_of(), model.effective.from, model.effective.to);
    facts.insert("in_force".into(), Fact::yes_no(Some(effective), Origin::new(&contract.document, "/effective")));
    clauses(scene, contract, &mut facts);
    consents(scene, contract, &mut facts);
    notices(scene, contract, &mut facts);
    let facts = scene.complete(Root::Contract, facts, &Origin::new(&contract.document, "/clauses"));
    ContractFacts { id: Some(id.to_owned()), facts }
}

fn clauses(scene: &Scene<'_>, contract: &Known<CustomerContract>, facts: &mut Facts) {
    let model = &contract.model;
    for (path, decl) in scene.frame.catalogue.of(Root::Contract).filter(|(_, decl)| !decl.computed) {
        let (clause, field) = path.split_once('.').unwrap_or((path, ""));
        let fact = match model.clauses.get(clause) {
            Some(stated) => {
                let pointer = format!("/{}", field.replace('.', "/"));
                let at = Origin::new(&contract.document, format!("/clauses/{}{pointer}", escape(clause)));
                let value = match stated.pointer(&pointer) {
                    Some(found) => scene.read(found, &decl.fact_type),
                    None => Value::default(decl, decl.stated.as_ref()).unwrap_or(Value::Unknown),
                };
                Fact::new(value, at)
            }
            None => {
                let own = model.silence_on.get(clause).copied();
                let silent = match own {
                    Some(_) => format!("/silence_on/{}", escape(clause)),
                    None => "/silence".to_owned(),
                };
                let default: Option<&Json> = match own.unwrap_or(model.silence) {
                    Silence::Ask => decl.silent_ask.as_ref(),
                    Silence::Permit => decl.silent_permit.as_ref(),
                    Silence::Deny => decl.silent_deny.as_ref(),
                };
                let value = Value::default(decl, default).unwrap_or(Value::Unknown);
                Fact::new(value, Origin::new(&contract.document, silent))
            }
        };
        facts.insert(path.clone(), fact);
    }
}

/// Written consents of the customer that name this provider and this purpose, and hold on the day.
fn consents(scene: &Scene<'_>, contract: &Known<CustomerContract>, facts: &mut Facts) {
    let vocabulary = &scene.frame.knowledge.vocabulary;
    for (path, _) in scene.frame.catalogue.below("context.contract.consents") {
        let named = |index: &usize| contract.model.consents[*index].clauses.iter().any(|clause| clause == path);
        let holds = |index: &usize| {
            let consent = &contract.model.consents[*index];
            in_force(scene.as_of(), consent.date, consent.expires)
                && consent.providers.iter().any(|provider| provider == scene.provider())
                && consent
                    .purposes
                    .iter()
                    .any(|purpose| vocabulary.is_in(TermType::Action, &scene.flow.purpose, purpose))
        };
        let candidates: Vec<usize> = (0..contract.model.consents.len()).filter(named).collect();
        let valid = candidates.iter().copied().find(|index| holds(index));
        let pointer = match valid.or(candidates.first().copied()) {
            Some(index) => format!("/consents/{index}"),
            None => "/consents".to_owned(),
        };
        let fact = Fact::yes_no(Some(valid.is_some()), Origin::new(&contract.document, pointer));
        facts.insert(format!("consents.{path}"), fact);
    }
}

/// The earliest notice that names this provider.
fn notices(scene: &Scene<'_>, contract: &Known<CustomerContract>, facts: &mut Facts) {
    let notice = contract
        .model
        .notices
        .iter()
        .enumerate()
        .filter(|(_, notice)| notice.provider == scene.provider() && notice.date <= scene.as_of())
        .min_by_key(|(_, notice)| notice.date);
    let (given, days, pointer) = match notice {
        Some((index, notice)) => {
            (true, Value::Long(scene.as_of().days_since(notice.date)), format!("/notices/{index}"))
        }
        None => (false, Value::Unknown, "/notices".to_owned()),
    };
    let at = Origin::new(&contract.document, pointer);
    facts.insert("notices.given".into(), Fact::yes_no(Some(given), at.clone()));
    facts.insert("notices.days_ago".into(), Fact::new(days, at));
}
