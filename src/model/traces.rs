//! What in a repository shows that it uses a provider.

use schemars::JsonSchema;
use serde::Deserialize;

/// Names that stand in a repository only because it uses the provider. All are exact: `openai` is not found in `my-openai-clone`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    /// The services that they show, by short name. Without it: any service of the provider.
    #[serde(default)]
    pub services: Vec<String>,
    /// Other providers that the same clients reach too. What is found counts only where nothing nearby shows one of these, and no flow
    /// to one of them is declared.
    #[serde(default)]
    pub also: Vec<String>,
    /// Packages that are clients of the provider, by ecosystem.
    #[serde(default)]
    pub packages: Packages,
    /// Hosts of the provider's interfaces, where needed with the start of the path. `*` stands for what an address leaves open:
    /// `*.openai.azure.com`.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Environment variables and settings that hold keys or addresses of the provider, such as `OPENAI_API_KEY`.
    #[serde(default)]
    pub variables: Vec<String>,
    /// Other words that stand in sources and configuration for this use alone, such as the permission `bedrock:InvokeModel`.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// Anything a reader should know.
    pub note: Option<String>,
}

/// Package names by ecosystem.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Packages {
    /// Python.
    #[serde(default)]
    pub pypi: Vec<String>,
    /// JavaScript and TypeScript.
    #[serde(default)]
    pub npm: Vec<String>,
    /// Java, Kotlin and Scala: `group:artifact`.
    #[serde(default)]
    pub maven: Vec<String>,
    /// Go: module paths without the major version.
    #[serde(default)]
    pub go: Vec<String>,
    /// Rust.
    #[serde(default)]
    pub cargo: Vec<String>,
    /// .NET.
    #[serde(default)]
    pub nuget: Vec<String>,
}

/// Where packages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// Python.
    Pypi,
    /// JavaScript and TypeScript.
    Npm,
    /// Java, Kotlin and Scala.
    Maven,
    /// Go.
    Go,
    /// Rust.
    Cargo,
    /// .NET.
    Nuget,
}

impl Packages {
    /// Every package with its ecosystem.
    pub fn each(&self) -> impl Iterator<Item = (Ecosystem, &String)> {
        [
            (Ecosystem::Pypi, &self.pypi),
            (Ecosystem::Npm, &self.npm),
            (Ecosystem::Maven, &self.maven),
            (Ecosystem::Go, &self.go),
            (Ecosystem::Cargo, &self.cargo),
            (Ecosystem::Nuget, &self.nuget),
        ]
        .into_iter()
        .flat_map(|(ecosystem, names)| names.iter().map(move |name| (ecosystem, name)))
    }
}

impl Ecosystem {
    /// The word used in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pypi => "pypi",
            Self::Npm => "npm",
            Self::Maven => "maven",
            Self::Go => "go",
            Self::Cargo => "cargo",
            Self::Nuget => "nuget",
        }
    }

    /// A package's name in the one form in which the ecosystem compares names.
    pub fn normal(self, name: &str) -> String {
        match self {
            // PEP 503: case does not count, and runs of these characters are one hyphen.
            Self::Pypi => {
                let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
                parts.collect::<Vec<_>>().join("-").to_lowercase()
            }
            Self::Cargo => name.replace('_', "-"),
            Self::Nuget => name.to_lowercase(),
            // Each major version has a path of its own: `…/v3`.
            Self::Go => match name.rsplit_once("/v") {
                Some((path, version)) if version.bytes().all(|digit| digit.is_ascii_digit()) => path.to_owned(),
                _ => name.to_owned(),
            },
            Self::Npm | Self::Maven => name.to_owned(),
        }
    }
}
