//! One rule: one Cedar `forbid` in one file.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use cedar_policy::{Policy, PolicyId};
use cedar_policy_core::parser::parse_policy_or_template_to_est;
use serde_json::{Value, json};

use super::analysis::{Consulted, consulted};
use super::flat;
use crate::load;
use crate::model::{Catalogue, Date};
use crate::problem::Problem;
use crate::source::SourceFile;

/// One requirement of a law, of provider terms, of a contract or of the house.
#[derive(Debug, Clone)]
pub struct Rule {
    /// `pack/file-stem`.
    pub id: Arc<str>,
    /// The requirement, in one sentence.
    pub title: String,
    /// Article, clause or term.
    pub cites: String,
    /// What a violation means for the flow.
    pub on_violation: OnViolation,
    /// How to satisfy the rule.
    pub remedy: String,
    /// A reading aid.
    pub note: Option<String>,
    /// What a lawyer must confirm before the rule is relied on.
    pub confirm: Option<String>,
    /// The day from which the rule counts; before, it advises.
    pub effective: Option<Date>,
    /// False when nobody may waive the rule.
    pub waivable: bool,
    /// The readings between which the law is not settled.
    pub readings: Option<String>,
    /// Decisions and guidance that the rule rests on: words of the vocabulary.
    pub authorities: Vec<String>,
    /// The file.
    pub file: Arc<SourceFile>,
    /// The facts it consults.
    pub consulted: Consulted,
    /// The id of the policy that tells whether the rule applies.
    pub(crate) applies_id: String,
    /// The rule as it is run, in JSON.
    json: Value,
    policy: OnceLock<Policy>,
    applies: OnceLock<Policy>,
}

/// What a violation means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnViolation {
    /// Evidence, a consent or an agreement on record cures it.
    Condition,
    /// Only another flow would do.
    Refuse,
    /// The law is not settled: nobody can say until a lawyer has chosen a reading.
    Unsettled,
}

impl Rule {
    /// Reads a rule file.
    pub(super) fn parse(file: &Arc<SourceFile>, catalogue: &Catalogue) -> Result<Self, Problem> {
        read(file, catalogue).map_err(|message| {
            Problem::new(message).at(file, 0..0, "in this rule").help("policies/README.md shows the form of a rule")
        })
    }

    /// The rule as it is written.
    pub(super) fn written(&self) -> Result<Policy, String> {
        Policy::parse(Some(PolicyId::new(&self.id)), &self.file.text).map_err(|error| error.to_string())
    }

    /// The rule in the JSON form in which its facts can be read.
    pub(super) fn readable(&self) -> Result<Value, String> {
        readable(&self.file)
    }

    /// The same rule with other conditions.
    pub(super) fn with_conditions(&self, json: Value, catalogue: &Catalogue) -> Result<Self, String> {
        let consulted = consulted(&json, catalogue)?;
        Ok(Self { consulted, json: runnable(json), policy: OnceLock::new(), applies: OnceLock::new(), ..self.clone() })
    }

    /// The rule as it is run. Most runs need few of the rules.
    pub(crate) fn policy(&self) -> Result<&Policy, String> {
        compiled(&self.policy, &self.id, || self.json.clone())
    }

    /// Its scope and `when` alone: whether the rule applies.
    pub(crate) fn applies(&self) -> Result<&Policy, String> {
        compiled(&self.applies, &self.applies_id, || scope_and_when(self.json.clone()))
    }

    /// The pack that the rule belongs to.
    pub fn pack(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

fn read(file: &Arc<SourceFile>, catalogue: &Catalogue) -> Result<Rule, String> {
    let id = id_of(&file.path).ok_or("a rule stands in the folder of its pack: policies/<pack>/<rule>.cedar")?;
    let mut json = readable(file)?;
    if json["effect"] != "forbid" {
        return Err("a rule is a `forbid`; what no rule forbids is permitted".to_owned());
    }
    let annotations = json["annotations"].take();
    let annotation = |name: &str| annotations[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let needed = |name: &str| annotation(name).ok_or_else(|| format!("the rule has no @{name}(\"…\")"));
    let stated = needed("id")?;
    if stated != id {
        return Err(format!("@id is `{stated}`, but the file makes it `{id}`"));
    }
    let on_violation = match needed("on_violation")?.as_str() {
        "condition" => OnViolation::Condition,
        "refuse" => OnViolation::Refuse,
        "unsettled" => OnViolation::Unsettled,
        other => return Err(format!("@on_violation is `{other}`, not `condition`, `refuse` or `unsettled`")),
    };
    let readings = annotation("readings");
    if readings.is_some() != (on_violation == OnViolation::Unsettled) {
        return Err("@readings and @on_violation(\"unsettled\") stand together or not at all".to_owned());
    }
    let effective = annotation("effective").map(|day| day.parse::<Date>()).transpose();
    let effective = effective.map_err(|error| format!("@effective: {error}"))?;
    let waivable = match annotation("waivable").as_deref() {
        None => true,
        Some("no") => false,
        Some(other) => return Err(format!("@waivable is `{other}`; it is `no`, or left out")),
    };
    let authorities = annotation("authority").unwrap_or_default();
    let consulted = consulted(&json, catalogue)?;
    Ok(Rule {
        title: needed("title")?,
        cites: needed("cites")?,
        remedy: needed("remedy")?,
        note: annotation("note"),
        confirm: annotation("confirm"),
        authorities: authorities.split(';').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect(),
        effective,
        waivable,
        readings,
        file: Arc::clone(file),
        on_violation,
        consulted,
        json: runnable(json),
        policy: OnceLock::new(),
        applies: OnceLock::new(),
        applies_id: format!("{id}?applies"),
        id: id.into(),
    })
}

/// Straight to the form in which a policy can be read: the public way there parses the text twice.
fn readable(file: &SourceFile) -> Result<Value, String> {
    if let Some(read) = load::read_at_build(file) {
        return serde_json::from_str(read).map_err(|error| error.to_string());
    }
    let written = parse_policy_or_template_to_est(&file.text).map_err(|error| error.to_string())?;
    serde_json::to_value(&written).map_err(|error| error.to_string())
}

/// The form in which a policy is run: without annotations, against flat attributes.
fn runnable(mut json: Value) -> Value {
    json["annotations"] = json!({});
    flat::policy(&mut json);
    json
}

/// A policy made of its JSON form when it is first asked for.
fn compiled<'a>(cell: &'a OnceLock<Policy>, id: &str, json: impl FnOnce() -> Value) -> Result<&'a Policy, String> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let policy = Policy::from_json(Some(PolicyId::new(id)), json()).map_err(|error| error.to_string())?;
    Ok(cell.get_or_init(|| policy))
}

fn scope_and_when(mut policy: Value) -> Value {
    if let Some(conditions) = policy["conditions"].as_array_mut() {
        conditions.retain(|condition| condition["kind"] == "when");
    }
    policy
}

/// `gdpr/28-processor-contract` for `…/gdpr/28-processor-contract.cedar`.
/// The id of the rule in a file: pack and file name.
pub fn id_of(path: &str) -> Option<String> {
    let path = Path::new(path);
    let pack = path.parent()?.file_name()?.to_str()?;
    Some(format!("{pack}/{}", path.file_stem()?.to_str()?))
}
