//! Everything a run needs, read and checked: where the first three stages meet.

mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::document::{Document, Kind, Schemas};
use crate::gate;
use crate::knowledge::{Knowledge, Known, Listed, Vocabulary};
use crate::load;
use crate::model::{
    Catalogue, Config, CustomerContract, Exceptions, ProviderAgreement, ProviderProfile, RulePack, VocabularyFile,
};
use crate::problem::Problem;
use crate::rulebook::{RuleBook, id_of, parse_rules, read_facts};
use crate::source::SourceFile;

use texts::Names;
pub use texts::{Texts, manifest_texts};

/// Where the user's own knowledge stands, beside what the binary holds.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    /// Rule packs.
    pub policies: Vec<PathBuf>,
    /// Provider profiles.
    pub profiles: Vec<PathBuf>,
    /// Vocabulary.
    pub vocabulary: Vec<PathBuf>,
    /// Customer contracts and provider agreements; none are embedded.
    pub contracts: Vec<PathBuf>,
    /// The file with exceptions.
    pub exceptions: Option<PathBuf>,
    /// The configuration, already read: it names the folders.
    pub config: Option<Known<Config>>,
}

/// The rules and the knowledge of a run.
#[derive(Debug)]
pub struct Workspace {
    /// The rules.
    pub book: RuleBook,
    /// The knowledge.
    pub knowledge: Knowledge,
    /// The exceptions, where there are any.
    pub exceptions: Option<Known<Exceptions>>,
    /// The configuration, where there is one.
    pub config: Option<Known<Config>>,
    /// The schemas of the documents.
    pub schemas: Schemas,
    /// Every file read so far, with what it is.
    pub inputs: Vec<(Arc<SourceFile>, &'static str)>,
}

/// How much of the binary's own knowledge a run reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of it.
    All,
    /// The profiles and the law packs that the manifests name. The others could not apply.
    Named,
}

/// A document that is read: its positions and its content.
type Read<T> = (Arc<Document>, T);

impl Workspace {
    /// Reads rules and knowledge, and the manifests of the texts given. Nothing is returned while anything is wrong.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn open(
        folders: &Folders,
        reach: Reach,
        manifests: impl FnOnce(&mut Vec<Problem>) -> Vec<Arc<SourceFile>>,
    ) -> Result<(Self, Vec<Listed>), Vec<Problem>> {
        let mut problems = Vec::new();
        let mut texts = Texts::gather(folders, &mut problems);
        let unread = !problems.is_empty();
        texts.manifests = manifests(&mut problems);
        Self::finish(texts, reach, unread, problems)
    }

    /// Reads rules, knowledge and manifests from texts, whatever they were read from: all of them count.
    ///
    /// # Errors
    /// Every problem of every text.
    pub fn of(texts: Texts) -> Result<(Self, Vec<Listed>), Vec<Problem>> {
        Self::finish(texts, Reach::All, false, Vec::new())
    }

    fn finish(
        texts: Texts,
        reach: Reach,
        unread: bool,
        mut problems: Vec<Problem>,
    ) -> Result<(Self, Vec<Listed>), Vec<Problem>> {
        let opened = Self::read(texts, reach, unread, &mut problems);
        problems.sort_by_key(Problem::order);
        match opened {
            Some(opened) if problems.is_empty() => Ok(opened),
            _ => Err(problems),
        }
    }

    fn read(mut files: Texts, reach: Reach, unread: bool, problems: &mut Vec<Problem>) -> Option<(Self, Vec<Listed>)> {
        let Some(schema_file) = files.schema.clone() else {
            problems.push(Problem::new("there is no catalogue of facts (`*.cedarschema`) among the policies"));
            return None;
        };
        let facts = match read_facts(&schema_file) {
            Ok(facts) => facts,
            Err(message) => {
                problems.push(Problem::new(message).at(&schema_file, 0..0, "in this catalogue of facts"));
                return None;
            }
        };
        let schemas = Schemas::new(&facts.catalogue);
        let own_words = files.vocabulary.iter().any(|file| !file.tested) || !schema_file.tested;

        // What the user wrote comes first: it says what else is needed.
        let before = problems.len();
        let kinds = [Kind::CustomerContract, Kind::ProviderAgreement];
        let (customers, providers): (Vec<Read<Value>>, Vec<Read<Value>>) =
            parse(&files.contracts, &kinds, &schemas, problems)
                .into_iter()
                .partition(|(document, _)| document.kind == Kind::CustomerContract);
        let agreements = typed::<ProviderAgreement>(providers, problems);
        let mut unreadable = unread || problems.len() > before;
        let packs = parse::<RulePack>(&files.packs, &[Kind::RulePack], &schemas, problems);
        // Of a manifest only what the reading of the rest hangs on is kept.
        let manifests =
            parse_each(&files.manifests, &[Kind::Integration], &schemas, problems, |(document, manifest)| {
                (Listed::of(&document, &manifest), Names::of(&manifest))
            });
        let (manifests, names): (Vec<Listed>, Vec<Names>) = manifests.into_iter().unzip();
        let exceptions = parse::<Exceptions>(&files.exceptions, &[Kind::Exceptions], &schemas, problems).pop();
        let exceptions = exceptions.map(|(document, model)| Known { document, model: Arc::new(model) });
        let rule_ids: BTreeSet<String> = files.rules.iter().filter_map(|file| id_of(&file.path)).collect();
        // Whoever brings words of his own has the binary's rules and profiles checked against them: all of them.
        if reach == Reach::Named && !own_words && problems.is_empty() {
            files.narrow(&names, &agreements, &packs);
        }

        let mut rule_problems = Vec::new();
        let (knowledge, rules) = rayon::join(
            || {
                let before = problems.len();
                let words = parse::<VocabularyFile>(&files.vocabulary, &[Kind::Vocabulary], &schemas, problems);
                let profiles = parse::<ProviderProfile>(&files.profiles, &[Kind::ProviderProfile], &schemas, problems);
                // Names may stand in knowledge that cannot be read, not in rules or other manifests.
                unreadable |= problems.len() > before;
                Knowledge {
                    vocabulary: Arc::new(Vocabulary::new(words, problems)),
                    profiles: by_id(profiles, |model| &model.id, problems),
                    contracts: by_id(typed::<CustomerContract>(customers, problems), |model| &model.id, problems),
                    agreements: by_id(agreements, |model| &model.id, problems),
                    incomplete: unreadable,
                }
            },
            || parse_rules(&files.rules, &facts.catalogue, &mut rule_problems),
        );
        problems.append(&mut rule_problems);
        knowledge.check(&facts.catalogue, own_words, problems);
        unique(&manifests, problems);
        let found: Vec<Vec<Problem>> = manifests
            .par_iter()
            .map(|manifest| {
                let mut found = Vec::new();
                match manifest.read() {
                    Ok(known) => knowledge.check_manifest(&facts.catalogue, &known, &mut found),
                    Err(message) => found.push(Problem::new(message)),
                }
                found
            })
            .collect();
        problems.extend(found.into_iter().flatten());
        let packs = packs.into_iter().map(|(_, pack)| (pack.id.clone(), pack)).collect();
        gate::check(files.config.as_ref(), exceptions.as_ref(), &rule_ids, &packs, problems);
        let book = RuleBook::new(facts, rules, packs, &knowledge.vocabulary, own_words, problems)?;
        let inputs = files.inputs();
        Some((Self { book, knowledge, exceptions, config: files.config, schemas, inputs }, manifests))
    }
}

/// Reads a configuration. It comes first, as it names the folders of everything else.
///
/// # Errors
/// Every problem of the file.
pub fn read_config(path: &Path) -> Result<Known<Config>, Vec<Problem>> {
    config_of(&load::read(path).map_err(|problem| vec![problem])?)
}

fn config_of(file: &Arc<SourceFile>) -> Result<Known<Config>, Vec<Problem>> {
    let mut problems = Vec::new();
    // The shape of a configuration does not depend on the catalogue of facts.
    let schemas = Schemas::new(&Catalogue::default());
    let files = [Arc::clone(file)];
    let read = parse::<Config>(&files, &[Kind::Config], &schemas, &mut problems).pop();
    read.map(|(document, model)| Known { document, model: Arc::new(model) }).ok_or(problems)
}

/// Parses, validates and types in parallel; problems keep the order of the files.
fn parse<T: DeserializeOwned + Send>(
    files: &[Arc<SourceFile>],
    expected: &[Kind],
    schemas: &Schemas,
    problems: &mut Vec<Problem>,
) -> Vec<Read<T>> {
    parse_each(files, expected, schemas, problems, |read| read)
}

/// As [`parse`], and keeps of each document what `keep` takes from it.
fn parse_each<T: DeserializeOwned + Send, K: Send>(
    files: &[Arc<SourceFile>],
    expected: &[Kind],
    schemas: &Schemas,
    problems: &mut Vec<Problem>,
    keep: impl Fn(Read<T>) -> K + Sync,
) -> Vec<K> {
    let parsed: Vec<(Option<K>, Vec<Problem>)> = files
        .par_iter()
        .map(|file| {
            let mut found = Vec::new();
            let read = Document::parse(file, expected, schemas, &mut found).and_then(|(document, value)| {
                let model = document.read(value, &mut found)?;
                Some((document, model))
            });
            (read.map(&keep), found)
        })
        .collect();
    let mut documents = Vec::new();
    for (document, found) in parsed {
        documents.extend(document);
        problems.extend(found);
    }
    documents
}

fn typed<T: DeserializeOwned>(documents: Vec<Read<Value>>, problems: &mut Vec<Problem>) -> Vec<Read<T>> {
    documents
        .into_iter()
        .filter_map(|(document, value)| document.read(value, problems).map(|model| (document, model)))
        .collect()
}

/// Documents by id. A file of the user replaces an embedded one; two of the same kind are a fault.
fn by_id<T>(
    documents: Vec<(Arc<Document>, T)>,
    id: impl Fn(&T) -> &String,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Known<T>> {
    let mut known: BTreeMap<String, Known<T>> = BTreeMap::new();
    for (document, model) in documents {
        let key = id(&model).clone();
        if let Some(earlier) =
            known.get(&key).filter(|earlier| earlier.document.file.embedded == document.file.embedded)
        {
            problems.push(twice(&document, &earlier.document.file, &key));
        }
        known.insert(key, Known { document, model: Arc::new(model) });
    }
    known
}

fn unique(manifests: &[Listed], problems: &mut Vec<Problem>) {
    let mut seen: BTreeMap<&str, &Listed> = BTreeMap::new();
    for manifest in manifests {
        if let Some(earlier) = seen.insert(&manifest.id, manifest) {
            match manifest.read() {
                Ok(known) => problems.push(twice(&known.document, &earlier.file, &manifest.id)),
                Err(message) => problems.push(Problem::new(message)),
            }
        }
    }
}

fn twice(document: &Document, earlier: &SourceFile, id: &str) -> Problem {
    document
        .problem("/id", format!("the id `{id}` is taken by `{}`", earlier.path), "the second one")
        .help("give each document an id of its own")
}
