//! Rules and catalogue as they are written, for people and for tools that know nothing of Tidegate.

use cedar_policy::EntityId;

use super::RuleBook;
use crate::knowledge::Vocabulary;
use crate::model::TermType;

/// The id of the policy that permits what no rule forbids. Rules have ids with a stroke, so that none is called so.
pub(crate) const PERMITTED: &str = "permitted-unless-forbidden";

impl RuleBook {
    /// All rules in one text, each as it stands in its file, after a policy that permits what no rule forbids. Cedar's command line
    /// takes the ids from the annotation `@id`.
    pub fn policies_text(&self) -> String {
        let mut text = format!("@id(\"{PERMITTED}\")\npermit (principal, action, resource);\n");
        for rule in self.rules.values() {
            text.push('\n');
            text.push_str(rule.file.text.trim_end());
            text.push('\n');
        }
        text
    }

    /// The catalogue of facts, with one action for each purpose of the vocabulary.
    pub fn schema_text(&self, vocabulary: &Vocabulary) -> String {
        let quoted = |id: &str| format!("\"{}\"", EntityId::new(id).escaped());
        let mut text = format!("{}\n\n// ---- Purposes, from the vocabulary ----\n\n", self.catalogue_text.trim_end());
        for (id, term) in vocabulary.terms(TermType::Action) {
            let parents: Vec<String> = term.parents.iter().map(|parent| quoted(parent)).collect();
            let inside = if parents.is_empty() { String::new() } else { format!(" in [{}]", parents.join(", ")) };
            text.push_str(&format!(
                "action {}{inside} appliesTo {{ principal: [DataItem], resource: [Endpoint], context: Circumstances }};\n",
                quoted(id)
            ));
        }
        text
    }
}
