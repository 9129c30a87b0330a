//! One flow with everything that a register says of it.

use crate::knowledge::{Knowledge, Known, ServiceView};
use crate::model::{Catalogue, Date, FactType, Flow, Manifest, Organisation, Root, TermType, UNKNOWN};
use crate::report::{FlowResult, Report};
use crate::resolve::{FlowFacts, Frame, Value, resolve};
use crate::workspace::Workspace;

use super::table::{list, or_unknown};

/// The term of DPV for one who processes on behalf of another.
pub(super) const PROCESSOR: &str = "dpv:DataProcessor";

/// All flows of a run.
pub(super) struct Register<'a> {
    pub(super) workspace: &'a Workspace,
    /// The day of the decision.
    pub(super) day: Date,
    /// By integration, and in the order of the manifest.
    pub(super) flows: Vec<Entry<'a>>,
}

impl<'a> Register<'a> {
    /// Who we are, as far as the configuration says.
    pub(super) fn organisation(&self) -> Option<&'a Organisation> {
        self.workspace.config.as_ref()?.model.organisation.as_ref()
    }
}

/// One flow.
pub(super) struct Entry<'a> {
    pub(super) facts: FlowFacts,
    pub(super) result: &'a FlowResult,
    pub(super) knowledge: &'a Knowledge,
    pub(super) catalogue: &'a Catalogue,
    pub(super) day: Date,
}

impl<'a> Entry<'a> {
    pub(super) fn new(
        frame: &Frame<'a>,
        manifest: &Known<Manifest>,
        index: usize,
        report: &'a Report,
    ) -> Result<Self, String> {
        let (integration, flow) = (&manifest.model.id, &manifest.model.flows[index].id);
        let result = report.flows.iter().find(|result| result.integration == *integration && result.flow == *flow);
        let result = result.ok_or_else(|| format!("the result has no flow {integration} › {flow}"))?;
        let facts = resolve(frame, manifest, index);
        Ok(Self { facts, result, knowledge: frame.knowledge, catalogue: frame.catalogue, day: frame.as_of })
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.facts.manifest.model
    }

    pub(super) fn flow(&self) -> &Flow {
        self.facts.flow()
    }

    /// The service of the flow, which the checks made sure of.
    pub(super) fn service(&self) -> Option<ServiceView<'a>> {
        self.knowledge.service(&self.flow().service)
    }

    /// The provider's name, and that of the service.
    pub(super) fn titles(&self) -> (String, String) {
        let view = self.service();
        let provider = view.as_ref().map(|view| &view.profile.model.title);
        let service = view.as_ref().and_then(|view| view.layers.first()).map(|(_, service)| &service.title);
        (or_unknown(provider), or_unknown(service))
    }

    /// A fact of the flow by its full name, such as `resource.retention.days`.
    pub(super) fn value(&self, name: &str) -> &Value {
        self.facts.fact(name, 0, 0).map_or(&Value::Unknown, |fact| &fact.value)
    }

    /// A fact of the flow in words.
    pub(super) fn says(&self, name: &str) -> String {
        let kind = match self.catalogue.find(name).map(|decl| &decl.fact_type) {
            Some(FactType::Name(kind) | FactType::Names(kind)) => kind.as_str(),
            _ => "",
        };
        let worded = |word: &str| match self.knowledge.vocabulary.term_type(kind) {
            // The codes say enough, and there are many.
            None | Some(TermType::Country) => word.to_owned(),
            Some(term_type) => self.word(term_type, word),
        };
        match self.value(name) {
            Value::Unknown => UNKNOWN.to_owned(),
            Value::Bool(answer) => yes_no(*answer).to_owned(),
            Value::Long(number) => number.to_string(),
            Value::Text(text) => list(Some(text).filter(|text| !text.is_empty())),
            Value::Name(word) => worded(word),
            Value::Set(words) => list(words.iter().map(|word| worded(word))),
        }
    }

    /// A word of the vocabulary with its meaning.
    pub(super) fn word(&self, term_type: TermType, word: &str) -> String {
        match self.knowledge.vocabulary.term(term_type, word) {
            Some(term) => format!("{} ({word})", term.title),
            None => word.to_owned(),
        }
    }

    /// Whether a data item is personal to us.
    pub(super) fn item_is_personal(&self, item: usize) -> Option<bool> {
        self.facts.items[item].facts.get("personal")?.value.as_bool()
    }

    /// Whether the flow sends personal data.
    pub(super) fn is_personal(&self) -> Option<bool> {
        let items = || (0..self.facts.items.len()).map(|item| self.item_is_personal(item));
        if items().any(|personal| personal == Some(true)) {
            Some(true)
        } else if items().all(|personal| personal == Some(false)) {
            Some(false)
        } else {
            None
        }
    }

    /// Every fact of the flow that a root has, with its full name.
    pub(super) fn facts_of(&self, root: Root) -> impl Iterator<Item = (String, &Value)> {
        self.facts.facts(root, 0, 0).iter().map(move |(path, fact)| (format!("{}.{path}", root.prefix()), &fact.value))
    }
}

/// Yes or no.
pub(super) fn yes_no(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

/// Yes, no, or not known.
pub(super) fn answer(answer: Option<bool>) -> String {
    or_unknown(answer.map(yes_no))
}
