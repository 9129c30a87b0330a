//! What a flow uses of a service.

use super::{Origin, Scene, in_force};
use crate::document::yaml::escape;
use crate::knowledge::{Known, ServiceView};
use crate::model::{ActivatedBy, Date, OptionTerms, Paper, ProviderAgreement};

/// The service of a flow with what is in use of it.
pub(super) struct InUse<'a> {
    pub(super) view: ServiceView<'a>,
    /// The features, when the flow says which.
    pub(super) features: Option<&'a [String]>,
    /// The options that are in force: switched by us, or activated by an agreement on record.
    pub(super) options: Vec<(String, String, &'a OptionTerms)>,
    /// Options that the flow relies on and no agreement on record activates.
    pub(super) unrecorded: Vec<String>,
    /// Papers on record that do not activate them, such as expired ones.
    pub(super) lapsed: Vec<Origin>,
}

impl<'a> InUse<'a> {
    /// Sorts out which of the options that the flow relies on are in force.
    pub(super) fn of(scene: &Scene<'a>, view: ServiceView<'a>, agreements: &[&Known<ProviderAgreement>]) -> Self {
        let mut options = Vec::new();
        let mut unrecorded = Vec::new();
        let mut lapsed = Vec::new();
        for name in &scene.flow.options {
            let Some((layer, option)) = view.find(|service| service.options.get(name)) else { continue };
            let recorded = agreements
                .iter()
                .any(|agreement| agreement.model.options.get(name).is_some_and(|paper| holds(scene.as_of(), paper)));
            if recorded || option.activated_by == ActivatedBy::SelfService {
                options.push((name.clone(), format!("{layer}/options/{}", escape(name)), option));
            } else {
                unrecorded.push(name.clone());
                let papers = agreements.iter().filter(|agreement| agreement.model.options.contains_key(name));
                lapsed.extend(
                    papers.map(|agreement| Origin::new(&agreement.document, format!("/options/{}", escape(name)))),
                );
            }
        }
        Self { view, features: scene.flow.features.as_deref(), options, unrecorded, lapsed }
    }
}

/// True when a signed paper holds on a day.
pub(super) fn holds(as_of: Date, paper: &Paper) -> bool {
    in_force(as_of, paper.date, paper.expires)
}
