//! The provider profile: what a provider's public terms say, per service.

use std::collections::BTreeMap;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Date, Traces, Tree};

/// What a provider's public terms say.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderProfile {
    /// The kind of document.
    #[schemars(extend("const" = "provider-profile"))]
    pub kind: String,
    /// The version of this document's form.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// The provider's short name.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9-]*$"))]
    pub id: String,
    /// The provider's name.
    pub title: String,
    /// The day on which all facts were last compared with their sources.
    pub reviewed: Date,
    /// After how many days a review is due again. After twice as many the facts count as unknown.
    #[schemars(range(min = 1))]
    pub review_every_days: u32,
    /// The documents that the facts come from.
    pub sources: BTreeMap<String, Source>,
    /// What in a repository shows that it uses the provider: `tidegate discover` looks for it.
    #[serde(default)]
    pub traces: Vec<Traces>,
    /// The services, by short name.
    pub services: BTreeMap<String, Service>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// Where facts come from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The document's title.
    pub title: String,
    /// Its official address.
    pub url: String,
    /// The date printed on it, or on which the copy was seen.
    pub dated: Option<Date>,
    /// How the text was read.
    pub confidence: Option<Confidence>,
    /// Its path in an archive of terms, such as `Mistral AI/Commercial Terms.md` in a collection of Open Terms Archive.
    pub archive: Option<String>,
    /// Who quoted it, or what else limits it.
    pub note: Option<String>,
}

impl ProviderProfile {
    /// The day on which the next review is due. After it a finding says so.
    pub fn due(&self) -> Date {
        self.reviewed.plus_days(self.review_every_days)
    }

    /// The last day on which the facts count. After it they are unknown.
    pub fn counts_until(&self) -> Date {
        self.due().plus_days(self.review_every_days)
    }
}

/// How well a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Read on the official page.
    Official,
    /// Read in a dated copy of the official text.
    OfficialCopy,
    /// Quoted from the official page by a third party, with a date.
    Quoted,
    /// Told by a third party.
    Secondary,
}

impl Confidence {
    /// The word used in documents and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::OfficialCopy => "official-copy",
            Self::Quoted => "quoted",
            Self::Secondary => "secondary",
        }
    }
}

/// One contract tier of a provider through one channel.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The service's name.
    pub title: String,
    /// Another service of this file whose entries hold where this one has none of its own.
    pub base: Option<String>,
    /// Anything a reader should know.
    pub note: Option<String>,
    /// What the terms say. Every fact names its source.
    #[serde(default)]
    #[schemars(extend("x-facts" = "resource", "x-form" = "sourced"))]
    pub terms: Tree,
    /// Where content is kept, and how long: one clock per store.
    #[serde(default)]
    pub stores: BTreeMap<String, Store>,
    /// Times in which other clocks held for some of the service's own stores, such as a hold that a court ordered.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
    /// What a flow can use, and to which stores it writes.
    #[serde(default)]
    pub features: BTreeMap<String, Feature>,
    /// Where a flow can be processed.
    #[serde(default)]
    pub locations: BTreeMap<String, Location>,
    /// What a customer can switch or sign.
    #[serde(default)]
    pub options: BTreeMap<String, OptionTerms>,
}

/// A place where the provider keeps content.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The store's name.
    pub title: String,
    /// How long: `30 days`, `2 years`, `until deleted`, `until deleted plus 30 days`, `none` or `unknown`.
    #[schemars(regex(pattern = r"^(none|unknown|until deleted( plus \d+ days?)?|\d+ (hour|day|month|year)s?)$"))]
    pub keeps: String,
    /// The source of the clock.
    pub source: String,
    /// True when content gets here only in exceptional cases, such as suspected abuse.
    #[serde(default)]
    pub exceptional: bool,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// Another clock of some stores for a time. It overrides the clocks of options, too: who must keep, keeps. Only what an option
/// keeps from being stored at all stays out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// What happened.
    pub title: String,
    /// The stores that it concerns.
    #[schemars(length(min = 1))]
    pub stores: Vec<String>,
    /// The first day.
    pub from: Date,
    /// The last day; without it, the deviation lasts.
    pub to: Option<Date>,
    /// How long, as in the store.
    #[schemars(regex(pattern = r"^(none|unknown|until deleted( plus \d+ days?)?|\d+ (hour|day|month|year)s?)$"))]
    pub keeps: String,
    /// The source of the clock.
    pub source: String,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// A clock that an option puts in place of a store's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// How long, as in the store.
    #[schemars(regex(pattern = r"^(none|unknown|until deleted( plus \d+ days?)?|\d+ (hour|day|month|year)s?)$"))]
    pub keeps: String,
    /// The source of the clock.
    pub source: String,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// Something of a service that a flow can use.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// The feature's name.
    pub title: String,
    /// The stores it writes to.
    pub stores: Vec<String>,
    /// Terms that hold when it is used.
    #[serde(default)]
    #[schemars(extend("x-facts" = "resource", "x-form" = "sourced"))]
    pub sets: Tree,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// A location that the service offers.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The location's name.
    pub title: String,
    /// Where the model runs.
    pub processing: Places,
    /// Where content is stored.
    pub storage: Places,
    /// From where the provider's people may look at content.
    pub access: Places,
    /// The options without which the location is not to be had.
    #[serde(default)]
    pub requires: Vec<String>,
    /// The features that the location does not cover.
    #[serde(default)]
    pub excludes: Vec<String>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// A set of places.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Places {
    /// Country codes (ISO 3166-1 alpha-2) and groups of countries; `[any]` when not limited, `[unknown]` when not known.
    #[schemars(length(min = 1))]
    pub countries: Vec<String>,
    /// The source.
    pub source: Option<String>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// Something that a customer can switch or sign.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionTerms {
    /// The option's name.
    pub title: String,
    /// What puts it in force.
    pub activated_by: ActivatedBy,
    /// The source.
    pub source: String,
    /// Terms that hold with the option.
    #[serde(default)]
    #[schemars(extend("x-facts" = "resource", "x-form" = "sourced"))]
    pub sets: Tree,
    /// Clocks that hold with the option, by store.
    #[serde(default)]
    pub stores: BTreeMap<String, Clock>,
    /// The features that the option does not cover.
    #[serde(default)]
    pub excludes: Vec<String>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// What puts an option in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActivatedBy {
    /// The provider must approve it; the approval is recorded in an agreement.
    Approval,
    /// Both sides sign; recorded in an agreement.
    Agreement,
    /// A switch or a request parameter of ours; the manifest is the record.
    SelfService,
}

impl ActivatedBy {
    /// The word used in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Agreement => "agreement",
            Self::SelfService => "self-service",
        }
    }
}

/// How long a store keeps content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Not at all.
    None,
    /// For a number of days, rounded up.
    Days(u32),
    /// Until the customer deletes it, and some days more.
    UntilDeleted {
        /// Days from the customer's deletion to the provider's.
        plus_days: u32,
    },
    /// The terms do not say.
    Unknown,
}

impl FromStr for Keeps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unreadable = || format!("`{text}` is not a retention time");
        if let Some(rest) = text.strip_prefix("until deleted") {
            let number = rest.trim().strip_prefix("plus ").and_then(|rest| rest.split(' ').next());
            let plus_days = number.map_or(Ok(0), str::parse).map_err(|_| unreadable())?;
            return Ok(Self::UntilDeleted { plus_days });
        }
        match text {
            "none" => return Ok(Self::None),
            super::UNKNOWN => return Ok(Self::Unknown),
            _ => {}
        }
        let (number, unit) = text.split_once(' ').ok_or_else(unreadable)?;
        let number: u32 = number.parse().map_err(|_| unreadable())?;
        // The longest month and year count: a limit must hold in every one.
        let days = match unit.trim_end_matches('s') {
            "hour" => Some(number.div_ceil(24)),
            "day" => Some(number),
            "month" => number.checked_mul(31),
            "year" => number.checked_mul(366),
            _ => None,
        };
        days.map(Self::Days).ok_or_else(unreadable)
    }
}
