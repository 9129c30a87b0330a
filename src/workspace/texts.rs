//! The texts of a run, before they are read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{Folders, Read, config_of};
use crate::document::Kind;
use crate::knowledge::Known;
use crate::load::{self, Embedded, Exclude, embedded};
use crate::model::{Config, Manifest, ProviderAgreement, RulePack};
use crate::problem::Problem;
use crate::source::SourceFile;

/// The texts of a run, in the order in which they count: of two with one id, the later one holds.
#[derive(Debug, Default)]
pub struct Texts {
    pub(super) schema: Option<Arc<SourceFile>>,
    pub(super) rules: Vec<Arc<SourceFile>>,
    pub(super) packs: Vec<Arc<SourceFile>>,
    pub(super) vocabulary: Vec<Arc<SourceFile>>,
    pub(super) profiles: Vec<Arc<SourceFile>>,
    pub(super) contracts: Vec<Arc<SourceFile>>,
    pub(super) exceptions: Vec<Arc<SourceFile>>,
    pub(super) manifests: Vec<Arc<SourceFile>>,
    pub(super) config: Option<Known<Config>>,
}

/// What a Cedar policy is called among the inputs.
const POLICY: &str = "policy";
/// What a contract of either kind is called among the inputs.
const CONTRACT: &str = "contract";
/// What the catalogue of facts is called among the inputs.
const SCHEMA: &str = "schema";

impl Texts {
    /// The texts of an earlier run, in the order of [`super::Workspace::inputs`], each with what it is there.
    ///
    /// # Errors
    /// A configuration that cannot be read, or a text that is nothing a run reads.
    pub fn of(inputs: impl IntoIterator<Item = (Arc<SourceFile>, String)>) -> Result<Self, Vec<Problem>> {
        let mut texts = Self::default();
        for (file, word) in inputs {
            let list = match (word.as_str(), Kind::from_word(&word)) {
                (POLICY, _) => &mut texts.rules,
                (CONTRACT, _) => &mut texts.contracts,
                (_, Some(Kind::RulePack)) => &mut texts.packs,
                (_, Some(Kind::Vocabulary)) => &mut texts.vocabulary,
                (_, Some(Kind::ProviderProfile)) => &mut texts.profiles,
                (_, Some(Kind::Exceptions)) => &mut texts.exceptions,
                (_, Some(Kind::Integration)) => &mut texts.manifests,
                (_, Some(Kind::Config)) => {
                    texts.config = Some(config_of(&file)?);
                    continue;
                }
                (SCHEMA, _) => {
                    texts.schema = Some(file);
                    continue;
                }
                _ => return Err(vec![Problem::new(format!("`{}` is of no kind that decides: {word}", file.path))]),
            };
            list.push(file);
        }
        Ok(texts)
    }

    pub(super) fn gather(folders: &Folders, problems: &mut Vec<Problem>) -> Self {
        let policies = gather(Some(Embedded::Policies), &folders.policies, &["cedar", "cedarschema"], problems);
        let schema = policies.iter().rfind(|file| file.path.ends_with(".cedarschema")).cloned();
        let (rules, packs) = policies
            .into_iter()
            .filter(|file| !file.path.ends_with(".cedarschema"))
            .partition(|file| file.path.ends_with(".cedar"));
        Self {
            schema,
            rules,
            packs,
            vocabulary: gather(Some(Embedded::Vocabulary), &folders.vocabulary, &[], problems),
            profiles: gather(Some(Embedded::Profiles), &folders.profiles, &[], problems),
            contracts: gather(None, &folders.contracts, &[], problems),
            exceptions: read_all(folders.exceptions.as_slice(), problems),
            manifests: Vec::new(),
            config: folders.config.clone(),
        }
    }

    /// Leaves out what the binary holds and no manifest or agreement names. A profile's file is named after its provider, a
    /// rule's folder after its pack.
    pub(super) fn narrow(&mut self, names: &[Names], agreements: &[Read<ProviderAgreement>], packs: &[Read<RulePack>]) {
        let of_flows = names.iter().flat_map(|names| &names.providers).map(String::as_str);
        let of_agreements = agreements.iter().map(|(_, agreement)| agreement.provider.as_str());
        let providers: BTreeSet<&str> = of_flows.chain(of_agreements).collect();
        let held: BTreeSet<&str> = self.profiles.iter().map(|file| stem(file)).collect();
        // A name that leads nowhere is looked for everywhere, for the sake of the message.
        if providers.is_subset(&held) {
            self.profiles.retain(|file| !file.embedded || providers.contains(stem(file)));
        }
        let laws: Option<BTreeSet<&String>> = names
            .iter()
            .map(|names| names.laws.as_ref())
            .collect::<Option<Vec<_>>>()
            .map(|laws| laws.into_iter().flatten().collect());
        let Some(laws) = laws else { return };
        // Only what the binary says of its own packs: a pack of the user's speaks for the user's rules.
        let idle: BTreeSet<&str> = packs
            .iter()
            .filter(|(document, _)| document.file.embedded)
            .filter(|(_, pack)| pack.law.as_ref().is_some_and(|law| !laws.contains(law)))
            .map(|(_, pack)| pack.id.as_str())
            .collect();
        self.rules.retain(|file| !file.embedded || !idle.contains(folder(file)));
    }

    /// Every file with what it is.
    pub(super) fn inputs(&self) -> Vec<(Arc<SourceFile>, &'static str)> {
        let config = self.config.as_ref().map(|config| (Arc::clone(&config.document.file), Kind::Config.word()));
        [
            (&*self.rules, POLICY),
            (&self.packs, Kind::RulePack.word()),
            (&self.vocabulary, Kind::Vocabulary.word()),
            (&self.profiles, Kind::ProviderProfile.word()),
            (&self.contracts, CONTRACT),
            (&self.exceptions, Kind::Exceptions.word()),
            (&self.manifests, Kind::Integration.word()),
            (self.schema.as_slice(), SCHEMA),
        ]
        .into_iter()
        .flat_map(|(files, kind)| files.iter().map(move |file| (Arc::clone(file), kind)))
        .chain(config)
        .collect()
    }
}

/// The name of a file without folder and ending.
fn stem(file: &SourceFile) -> &str {
    Path::new(&file.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// The name of the folder that a file stands in.
fn folder(file: &SourceFile) -> &str {
    Path::new(&file.path).parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default()
}

/// The manifests under the paths, as texts.
pub fn manifest_texts(paths: &[PathBuf], exclude: &Exclude, problems: &mut Vec<Problem>) -> Vec<Arc<SourceFile>> {
    read_all(&load::manifests_under(paths, exclude, problems), problems)
}

/// The embedded files and then the user's, so that the user's come last and override.
fn gather(
    folder: Option<Embedded>,
    own: &[PathBuf],
    further: &[&str],
    problems: &mut Vec<Problem>,
) -> Vec<Arc<SourceFile>> {
    let mut files = folder.map(embedded).unwrap_or_default();
    files.retain(|file| {
        let extension = Path::new(&file.path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        extension == "yaml" || further.contains(&extension)
    });
    let paths = load::documents_under(own, further, problems);
    files.extend(read_all(&paths, problems));
    files
}

fn read_all(paths: &[PathBuf], problems: &mut Vec<Problem>) -> Vec<Arc<SourceFile>> {
    let read: Vec<Result<Arc<SourceFile>, Problem>> = paths.par_iter().map(|path| load::read(path)).collect();
    read.into_iter().filter_map(|file| file.map_err(|problem| problems.push(problem)).ok()).collect()
}

/// What a manifest names, by which knowledge is left out.
pub(super) struct Names {
    providers: BTreeSet<String>,
    /// The laws; none where some flow does not say which.
    laws: Option<BTreeSet<String>>,
}

impl Names {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let providers = manifest.flows.iter().filter_map(|flow| flow.service.split('/').next()).map(str::to_owned);
        let laws = manifest.flows.iter().map(|flow| flow.laws.as_ref()).collect::<Option<Vec<_>>>();
        let laws = laws.map(|laws| laws.into_iter().flatten().cloned().collect());
        Self { providers: providers.collect(), laws }
    }
}
