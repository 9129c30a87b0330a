//! Vocabulary files: the words that documents and rules may use.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Date, provider::Source};

/// Words of one type.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VocabularyFile {
    /// The kind of document.
    #[schemars(extend("const" = "vocabulary"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Short name, unique among the vocabulary files.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// What the words stand for.
    #[serde(rename = "type")]
    #[schemars(rename = "type")]
    pub term_type: TermType,
    /// The list's name.
    pub title: String,
    /// Anything a reader should know, such as a licence.
    pub note: Option<String>,
    /// Where the words come from.
    #[serde(default)]
    pub sources: BTreeMap<String, Source>,
    /// Numbers that go with the words, such as thresholds.
    #[serde(default)]
    pub settings: BTreeMap<String, i64>,
    /// The words.
    pub terms: BTreeMap<String, Term>,
}

/// What the words of a file stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
pub enum TermType {
    /// What data are.
    DataClass,
    /// Data classes that a law protects specially.
    SpecialCategory,
    /// Purposes. Cedar calls them actions.
    Action,
    /// What a model does.
    Operation,
    /// Laws.
    Law,
    /// Legal bases.
    LegalBasis,
    /// Countries.
    Country,
    /// Groups of countries.
    CountryGroup,
    /// Whom data concern.
    SubjectKind,
    /// Security certificates and reports.
    Certificate,
    /// Sectors of the economy.
    Sector,
    /// Techniques of de-identification.
    Technique,
    /// Decisions, guidance and other texts that rules rest on.
    Authority,
}

impl TermType {
    /// All types.
    pub const ALL: [Self; 13] = [
        Self::DataClass,
        Self::SpecialCategory,
        Self::Action,
        Self::Operation,
        Self::Law,
        Self::LegalBasis,
        Self::Country,
        Self::CountryGroup,
        Self::SubjectKind,
        Self::Certificate,
        Self::Sector,
        Self::Technique,
        Self::Authority,
    ];

    /// The type's name in the Cedar schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::DataClass => "DataClass",
            Self::SpecialCategory => "SpecialCategory",
            Self::Action => "Action",
            Self::Operation => "Operation",
            Self::Law => "Law",
            Self::LegalBasis => "LegalBasis",
            Self::Country => "Country",
            Self::CountryGroup => "CountryGroup",
            Self::SubjectKind => "SubjectKind",
            Self::Certificate => "Certificate",
            Self::Sector => "Sector",
            Self::Technique => "Technique",
            Self::Authority => "Authority",
        }
    }

    /// What a message calls one word of the type.
    pub fn noun(name: &str) -> &str {
        match name {
            "DataClass" => "data class",
            "SpecialCategory" => "special category",
            "Action" => "purpose",
            "Operation" => "operation",
            "Law" => "law",
            "LegalBasis" => "legal basis",
            "Country" => "country",
            "CountryGroup" => "group of countries",
            "SubjectKind" => "kind of data subject",
            "Certificate" => "certificate",
            "Sector" => "sector",
            "Technique" => "technique",
            "Authority" => "authority",
            other => other,
        }
    }
}

/// One word.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The word in plain language.
    pub title: String,
    /// Wider words. A dotted word stands in its shorter form by itself.
    #[serde(default, rename = "in")]
    #[schemars(rename = "in")]
    pub parents: Vec<String>,
    /// The members of a group of countries or a special category.
    #[serde(default)]
    pub members: BTreeMap<String, Membership>,
    /// The law of a legal basis.
    pub law: Option<String>,
    /// Where data under a law are at home: countries and groups. Anywhere else is abroad for that law.
    #[serde(default)]
    pub home: Vec<String>,
    /// Groups of countries abroad to which a law lets data go, the notes of their members say under which conditions.
    #[serde(default)]
    pub adequate: Vec<String>,
    /// The term of the W3C Data Privacy Vocabulary that means the same or is wider; narrower words inherit it.
    #[schemars(regex(pattern = r"^(dpv|pd|eu-gdpr|loc|tech|ai):[A-Za-z0-9-]+$"))]
    pub dpv: Option<String>,
    /// The official text of a law or an authority.
    pub url: Option<String>,
    /// Whether an authority still stands.
    pub standing: Option<Standing>,
    /// The day of an authority.
    pub dated: Option<Date>,
    /// Whether data of the class are personal; narrower classes inherit it.
    pub personal: Option<bool>,
    /// Whether data of the class single out people only together with others.
    #[serde(default)]
    pub quasi_identifier: bool,
    /// Whether data of the class are a whole record or conversation.
    #[serde(default)]
    pub whole_record: bool,
    /// Whether people of the kind are in a weaker position.
    #[serde(default)]
    pub vulnerable: bool,
    /// The source, one of the file's.
    pub source: Option<String>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// Whether a decision, a guideline or a bill still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It holds.
    InForce,
    /// It holds, and an appeal is open.
    UnderAppeal,
    /// It is a draft or a bill: it binds nobody yet.
    Draft,
    /// A later text took its place.
    Superseded,
    /// A court or an authority set it aside.
    Annulled,
}

impl Standing {
    /// The word used in documents and for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::UnderAppeal => "under appeal",
            Self::Draft => "draft",
            Self::Superseded => "superseded",
            Self::Annulled => "annulled",
        }
    }

    /// True when nobody should rest a rule on it alone.
    pub fn shaky(self) -> bool {
        matches!(self, Self::Draft | Self::Superseded | Self::Annulled)
    }
}

/// Membership in a group, between two days where they are given.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// The source, one of the file's.
    pub source: Option<String>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// What a pack of rules covers; `pack.yaml` in the pack's folder.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    /// The kind of document.
    #[schemars(extend("const" = "rule-pack"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// The folder's name.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// The pack's name.
    pub title: String,
    /// The law that the rules belong to: they hold only for flows under it, and each rule's `when` says so.
    pub law: Option<String>,
    /// True when no organisation may let its rules merely advise: an exception must be approved.
    #[serde(default)]
    pub mandatory: bool,
    /// What the rules of the pack cover.
    pub covers: String,
    /// What they leave out.
    pub leaves_out: String,
}
