//! The names in contracts and agreements.

use std::collections::BTreeSet;

use super::{Check, Names};
use crate::knowledge::{Knowledge, Known};
use crate::model::{Catalogue, CustomerContract, ProviderAgreement};
use crate::problem::Problem;

pub(in crate::knowledge) fn contract(
    knowledge: &Knowledge,
    catalogue: &Catalogue,
    contract: &Known<CustomerContract>,
    problems: &mut Vec<Problem>,
) {
    let mut check = Check { knowledge, catalogue, document: &contract.document, problems };
    let model = &contract.model;
    check.tree(&model.clauses, "/clauses", "context.contract", false);
    check.words("DataClass", model.covers.iter().flatten(), "/covers");
    for (index, consent) in model.consents.iter().enumerate() {
        check.words("Action", &consent.purposes, &format!("/consents/{index}/purposes"));
    }
}

pub(in crate::knowledge) fn agreement(
    knowledge: &Knowledge,
    catalogue: &Catalogue,
    agreement: &Known<ProviderAgreement>,
    problems: &mut Vec<Problem>,
) {
    let mut check = Check { knowledge, catalogue, document: &agreement.document, problems };
    let model = &agreement.model;
    let providers = Names::new("provider", knowledge.profiles.keys().map(String::as_str))
        .help("`tidegate profiles list` shows all; add a profile under --profiles");
    if !check.one_of(&model.provider, "/provider", providers) {
        return;
    }
    check.tree(&model.papers, "/papers", "resource.agreement", false);
    let own = format!("{}/", model.provider);
    let known = knowledge.services();
    let mut options = BTreeSet::new();
    let mut all_known = true;
    for (index, service) in model.services.iter().enumerate() {
        let at = format!("/services/{index}");
        let view = knowledge.service(service);
        if view.is_some() && !service.starts_with(&own) {
            let message = format!("`{service}` is not a service of `{}`", model.provider);
            let help = "an agreement is with one provider: give the other one a file of its own";
            check.problem(check.document.node.locate(&at), message, "of another provider", help);
        }
        match view {
            Some(view) => options.extend(view.keys(|service| &service.options)),
            None => {
                let of_provider = known.iter().map(String::as_str).filter(|known| known.starts_with(&own));
                all_known &= check.one_of(service, &at, Names::new("service", of_provider).of(&model.provider));
            }
        }
    }
    // Without its service an option cannot be known.
    for option in model.options.keys().filter(|_| all_known) {
        let services = model.services.join(" and ");
        check.key_of(option, "/options", Names::new("option", options.iter().copied()).of(&services));
    }
}
