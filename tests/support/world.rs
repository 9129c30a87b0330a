//! What the property tests share: the shipped knowledge, examples and scenarios, and one decider for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::hash::{DefaultHasher, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};
use tidegate::decide::{Decider, Decision, Verdict};
use tidegate::document::{Document, Kind};
use tidegate::knowledge::{Knowledge, Known, Listed};
use tidegate::load::Exclude;
use tidegate::model::{Catalogue, CustomerContract, Date, Manifest, ProviderAgreement, ProviderProfile, Root};
use tidegate::problem::Problem;
use tidegate::resolve::{Absent, Facts, FlowFacts, Frame, Value, resolve};
use tidegate::rulebook::RuleBook;
use tidegate::scenario::{Scenario, read_pages};
use tidegate::source::SourceFile;
use tidegate::workspace::{Folders, Reach, Workspace, manifest_texts};

/// The day on which examples and given documents are decided. Knowledge ages, so tests pin it.
pub(crate) const AS_OF: &str = "2026-11-22";

/// What the given documents of the scenarios are called.
pub(crate) const GIVEN: &str = "given";

/// Everything shipped, read once per test binary.
pub(crate) struct World {
    pub(crate) workspace: Workspace,
    pub(crate) manifests: Vec<Known<Manifest>>,
    pub(crate) scenarios: Vec<Scenario>,
    /// The knowledge without contracts and agreements: scenarios bring their own.
    bare: Knowledge,
}

pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let folders = Folders { contracts: vec![PathBuf::from("contracts")], ..Folders::default() };
        let opened = Workspace::open(&folders, Reach::All, |problems| {
            manifest_texts(&[PathBuf::from("examples")], &Exclude::default(), problems)
        });
        let (workspace, manifests) = opened.unwrap_or_else(|problems| {
            panic!("the shipped documents do not load; `tidegate check examples` says why: {problems:?}")
        });
        let mut problems = Vec::new();
        let scenarios = read_pages(&[PathBuf::from("tests/scenarios")], &mut problems);
        assert!(
            problems.is_empty(),
            "the scenario pages do not load; `tidegate test tests/scenarios` says why: {problems:?}"
        );
        let bare = Knowledge {
            vocabulary: Arc::clone(&workspace.knowledge.vocabulary),
            profiles: workspace.knowledge.profiles.clone(),
            ..Knowledge::default()
        };
        let manifests = Listed::read_all(&manifests).expect("manifests that were read before");
        World { workspace, manifests, scenarios, bare }
    })
}

impl World {
    pub(crate) fn book(&self) -> &RuleBook {
        &self.workspace.book
    }

    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.workspace.book.catalogue
    }

    /// The documents of every example.
    pub(crate) fn examples(&'static self) -> Vec<Papers> {
        self.manifests
            .iter()
            .map(|manifest| Papers {
                name: manifest.document.file.path.clone(),
                as_of: day(AS_OF),
                integration: manifest.document.node.to_json(),
                contract: None,
                agreement: None,
                profile: None,
                base: &self.workspace.knowledge,
            })
            .collect()
    }

    /// The documents of every scenario, after its changes.
    pub(crate) fn changed(&'static self) -> Vec<(&'static Scenario, Papers)> {
        self.scenarios.iter().map(|scenario| (scenario, self.papers_of(scenario))).collect()
    }

    /// The documents that scenarios start from, by their file, each once and unchanged.
    pub(crate) fn given(&'static self) -> Vec<Papers> {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        self.scenarios
            .iter()
            .map(|scenario| self.start_of(scenario))
            .filter(|papers| seen.insert(papers.integration.to_string()))
            .collect()
    }

    /// The documents of a scenario, before its changes.
    pub(crate) fn start_of(&'static self, scenario: &Scenario) -> Papers {
        let given = &scenario.given;
        Papers {
            name: GIVEN.to_owned(),
            as_of: given.as_of,
            integration: given.integration.clone(),
            contract: given.contract.clone(),
            agreement: given.agreement.clone(),
            profile: given.profile.clone(),
            base: &self.bare,
        }
    }

    /// As `scenario::test` does it. That a scenario still has its expected verdict shows that both agree.
    fn papers_of(&'static self, scenario: &Scenario) -> Papers {
        let mut papers = self.start_of(scenario);
        papers.name = format!("{}:{} {}", scenario.file.path, scenario.line, scenario.heading);
        papers.as_of = scenario.block.as_of.unwrap_or(papers.as_of);
        for (key, patch) in &scenario.block.change {
            let target = match key.as_str() {
                "integration" => &mut papers.integration,
                "flow" => &mut papers.integration["flows"][0],
                "contract" if patch.is_null() => {
                    papers.contract = None;
                    continue;
                }
                "agreement" if patch.is_null() => {
                    papers.agreement = None;
                    continue;
                }
                "contract" => papers.contract.get_or_insert(json!({})),
                "agreement" => papers.agreement.get_or_insert(json!({})),
                _ => continue,
            };
            merge(target, patch);
        }
        if let Some(patch) = scenario.block.change.get("service") {
            let name = papers.integration["flows"][0]["service"].as_str().unwrap_or_default().to_owned();
            let (provider, key) = name.split_once('/').unwrap_or_default();
            if papers.profile.as_ref().is_none_or(|profile| profile["id"] != provider) {
                papers.profile = self.bare.profiles.get(provider).map(|known| known.document.node.to_json());
            }
            if let Some(profile) = &mut papers.profile {
                merge(&mut profile["services"][key], patch);
            }
        }
        papers
    }
}

/// Documents that are judged together, as plain JSON, so that a test can change them.
#[derive(Clone)]
pub(crate) struct Papers {
    pub(crate) name: String,
    pub(crate) as_of: Date,
    pub(crate) integration: Json,
    pub(crate) contract: Option<Json>,
    pub(crate) agreement: Option<Json>,
    pub(crate) profile: Option<Json>,
    /// What is known beside them.
    pub(crate) base: &'static Knowledge,
}

/// Documents that came through the door.
pub(crate) struct Case {
    as_of: Date,
    knowledge: Knowledge,
    manifest: Known<Manifest>,
}

impl Papers {
    /// Through the same door as files: YAML, schema, types, references. `Err` says why the documents are invalid.
    pub(crate) fn open(&self) -> Result<Case, String> {
        let mut problems = Vec::new();
        let mut knowledge = Knowledge {
            vocabulary: Arc::clone(&self.base.vocabulary),
            profiles: self.base.profiles.clone(),
            contracts: self.base.contracts.clone(),
            agreements: self.base.agreements.clone(),
            incomplete: false,
        };
        // Only documents that are not shipped are checked here; the shipped ones were when the world was read.
        let mut own = Knowledge { vocabulary: Arc::clone(&self.base.vocabulary), ..Knowledge::default() };
        let mut texts = String::new();
        if let Some(json) = &self.profile {
            let known: Known<ProviderProfile> = read(Kind::ProviderProfile, json, &mut texts)?;
            own.profiles.insert(known.model.id.clone(), known.clone());
            knowledge.profiles.insert(known.model.id.clone(), known);
        }
        if let Some(json) = &self.contract {
            let known: Known<CustomerContract> = read(Kind::CustomerContract, json, &mut texts)?;
            own.contracts.insert(known.model.id.clone(), known.clone());
            knowledge.contracts.insert(known.model.id.clone(), known);
        }
        if let Some(json) = &self.agreement {
            let known: Known<ProviderAgreement> = read(Kind::ProviderAgreement, json, &mut texts)?;
            if let Some(profile) = knowledge.profiles.get(&known.model.provider) {
                own.profiles.insert(known.model.provider.clone(), profile.clone());
            }
            own.agreements.insert(known.model.id.clone(), known.clone());
            knowledge.agreements.insert(known.model.id.clone(), known);
        }
        remembered(&CHECKED, &texts, || {
            let mut problems = Vec::new();
            own.check(world().catalogue(), true, &mut problems);
            if problems.is_empty() { Ok(()) } else { Err(sentence(&problems)) }
        })?;
        let manifest: Known<Manifest> = read(Kind::Integration, &self.integration, &mut String::new())?;
        knowledge.check_manifest(world().catalogue(), &manifest, &mut problems);
        if problems.is_empty() { Ok(Case { as_of: self.as_of, knowledge, manifest }) } else { Err(sentence(&problems)) }
    }

    /// The documents of which at least the unchanged form must open.
    pub(crate) fn opened(&self) -> Case {
        self.open().unwrap_or_else(|why| panic!("{} does not open: {why}", self.name))
    }
}

type Memory<T> = Mutex<BTreeMap<String, Result<T, String>>>;
/// Texts that were parsed and validated: a test that changes one document opens the others again and again.
static PARSED: Memory<(Arc<Document>, Json)> = Mutex::new(BTreeMap::new());
/// Texts whose references were checked together.
static CHECKED: Memory<()> = Mutex::new(BTreeMap::new());

fn remembered<T: Clone>(memory: &Memory<T>, text: &str, make: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    if let Some(known) = memory.lock().expect("no test panics with the lock").get(text) {
        return known.clone();
    }
    let made = make();
    memory.lock().expect("no test panics with the lock").insert(text.to_owned(), made.clone());
    made
}

fn read<T: DeserializeOwned>(kind: Kind, json: &Json, texts: &mut String) -> Result<Known<T>, String> {
    let text = json.to_string();
    texts.push_str(&text);
    let (document, value) = remembered(&PARSED, &text, || {
        let mut problems = Vec::new();
        let file = Arc::new(SourceFile::new(format!("({})", kind.word()), text.clone(), false));
        Document::parse(&file, &[kind], &world().workspace.schemas, &mut problems).ok_or_else(|| sentence(&problems))
    })?;
    let mut problems = Vec::new();
    let model: Option<T> = document.read(value, &mut problems);
    model.map(|model| Known { document, model: Arc::new(model) }).ok_or_else(|| sentence(&problems))
}

fn sentence(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("; ")
}

impl Case {
    /// The facts of every flow.
    pub(crate) fn facts(&self) -> Vec<FlowFacts> {
        let frame = Frame::new(&self.knowledge, world().catalogue(), self.as_of, Absent::NotDone);
        (0..self.manifest.model.flows.len()).map(|index| resolve(&frame, &self.manifest, index)).collect()
    }

    /// The verdict of every flow.
    pub(crate) fn verdicts(&self) -> Vec<Verdict> {
        judge().verdicts(self.facts())
    }
}

/// The rule book, ready to decide. Verdicts are remembered by the facts they were taken from.
pub(crate) struct Judge {
    decider: Decider<'static>,
    verdicts: Mutex<HashMap<u64, Verdict>>,
}

/// One judge for a whole test binary.
pub(crate) fn judge() -> &'static Judge {
    static JUDGE: OnceLock<Judge> = OnceLock::new();
    JUDGE.get_or_init(Judge::new)
}

impl Judge {
    fn new() -> Self {
        let decider = Decider::new(world().book(), &world().workspace.knowledge.vocabulary);
        Self { decider: decider.expect("the shipped rules make a decider"), verdicts: Mutex::default() }
    }

    /// The decisions on several flows. Together they cost less: making entities takes longer than a request.
    pub(crate) fn decide_all(&self, flows: &[FlowFacts]) -> Vec<Vec<Decision>> {
        self.decider
            .decide(&self.decider.prepare(flows))
            .unwrap_or_else(|error| panic!("facts that do not fit the schema: {error}"))
    }

    pub(crate) fn decide(&self, facts: &FlowFacts) -> Vec<Decision> {
        self.decide_all(std::slice::from_ref(facts)).remove(0)
    }

    /// The verdicts on some flows.
    pub(crate) fn verdicts(&self, flows: Vec<FlowFacts>) -> Vec<Verdict> {
        let keys: Vec<u64> = flows.iter().map(key).collect();
        let mut known = self.verdicts.lock().expect("no test panics with the lock").clone();
        let mut new: HashMap<u64, FlowFacts> =
            keys.iter().copied().zip(flows).filter(|(key, _)| !known.contains_key(key)).collect();
        let (new, flows): (Vec<u64>, Vec<FlowFacts>) = new.drain().unzip();
        for (key, decisions) in new.into_iter().zip(self.decide_all(&flows)) {
            known.insert(key, Self::worst(&decisions));
        }
        let verdicts = keys.iter().map(|key| known[key]).collect();
        self.verdicts.lock().expect("no test panics with the lock").extend(known);
        verdicts
    }

    /// The worst that any rule says for any item and contract.
    pub(crate) fn worst<'d>(decisions: impl IntoIterator<Item = &'d Decision>) -> Verdict {
        let rules = &world().book().rules;
        decisions
            .into_iter()
            .flat_map(|decision| rules.values().zip(&decision.outcomes))
            .map(|(rule, outcome)| outcome.status.verdict(rule.on_violation))
            .max()
            .unwrap_or(Verdict::Permitted)
    }
}

fn key(facts: &FlowFacts) -> u64 {
    let mut hasher = Hashing(DefaultHasher::new());
    digest(facts, &mut hasher).expect("hashing does not fail");
    hasher.0.finish()
}

/// Everything that a decision is taken from: the values of facts, not where they come from.
fn digest(facts: &FlowFacts, to: &mut impl Write) -> std::fmt::Result {
    let flow = facts.flow();
    write!(to, "{:?}{:?}", flow.purpose, flow.service)?;
    let values = |facts: &Facts, to: &mut dyn Write| {
        facts.iter().try_for_each(|(path, fact)| write!(to, "{path}{:?}", fact.value))
    };
    values(&facts.circumstances, to)?;
    values(&facts.endpoint, to)?;
    values(&facts.places, to)?;
    for (index, item) in facts.items.iter().enumerate() {
        write!(to, "item {:?}", flow.data[index].class)?;
        values(&item.facts, to)?;
    }
    for contract in &facts.contracts {
        write!(to, "contract")?;
        values(&contract.facts, to)?;
    }
    Ok(())
}

struct Hashing(DefaultHasher);

impl Write for Hashing {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// The root and path of a fact's full name, such as `resource.retention.days`.
pub(crate) fn place(name: &str) -> Option<(Root, &str)> {
    world().catalogue().find(name)?;
    Root::ALL.into_iter().find_map(|root| Some((root, name.strip_prefix(root.prefix())?.strip_prefix('.')?)))
}

/// The full name of a fact.
pub(crate) fn name(root: Root, path: &str) -> String {
    format!("{}.{path}", root.prefix())
}

/// One fact of a flow: of its circumstances or endpoint (index 0), of an item or of a contract.
pub(crate) type Spot = (Root, usize, String);

/// Every known fact of a flow.
pub(crate) fn known(facts: &FlowFacts) -> Vec<Spot> {
    let mut spots = Vec::new();
    for (root, index, facts) in groups(facts) {
        let known = facts.iter().filter(|(_, fact)| fact.value != Value::Unknown);
        spots.extend(known.map(|(path, _)| (root, index, path.clone())));
    }
    spots
}

/// The facts of a flow, group by group.
pub(crate) fn groups(facts: &FlowFacts) -> Vec<(Root, usize, &Facts)> {
    let mut groups = vec![
        (Root::Flow, 0, &facts.circumstances),
        (Root::Resource, 0, &facts.endpoint),
        (Root::Places, 0, &facts.places),
    ];
    groups.extend(facts.items.iter().enumerate().map(|(index, item)| (Root::Principal, index, &item.facts)));
    groups.extend(facts.contracts.iter().enumerate().map(|(index, contract)| (Root::Contract, index, &contract.facts)));
    groups
}

/// Sets one fact.
pub(crate) fn set(facts: &mut FlowFacts, spot: &Spot, value: Value) {
    let (root, index, path) = spot;
    let group = match root {
        Root::Principal => &mut facts.items[*index].facts,
        Root::Resource => &mut facts.endpoint,
        Root::Contract => &mut facts.contracts[*index].facts,
        Root::Flow => &mut facts.circumstances,
        Root::Places => Arc::make_mut(&mut facts.places),
    };
    group.get_mut(path).expect("a fact of the flow").value = value;
}

/// A fact that is no longer known, with the requests that it takes part in: before and after.
pub(crate) struct Removal {
    pub(crate) spot: Spot,
    pub(crate) requests: Vec<(Decision, Decision)>,
    /// The verdict on the whole flow without the fact.
    pub(crate) verdict: Verdict,
}

/// Decides the flow again without each of the facts.
pub(crate) fn remove(facts: &FlowFacts, before: &[Decision], spots: &[Spot]) -> Vec<Removal> {
    let variants: Vec<FlowFacts> = spots
        .iter()
        .map(|spot| {
            let mut variant = facts.clone();
            set(&mut variant, spot, Value::Unknown);
            // Only the requests that the fact takes part in are made again.
            match spot.0 {
                Root::Principal => {
                    let mut model = Manifest::clone(&facts.manifest.model);
                    let flow = &mut model.flows[facts.index];
                    flow.data = vec![flow.data.swap_remove(spot.1)];
                    variant.manifest.model = Arc::new(model);
                    variant.items = vec![variant.items.swap_remove(spot.1)];
                }
                Root::Contract => variant.contracts = vec![variant.contracts.swap_remove(spot.1)],
                Root::Resource | Root::Flow | Root::Places => {}
            }
            variant
        })
        .collect();
    let decided = judge().decide_all(&variants);
    spots
        .iter()
        .zip(decided)
        .map(|(spot, after)| {
            let (touched, others): (Vec<&Decision>, Vec<&Decision>) =
                before.iter().partition(|decision| match spot.0 {
                    Root::Principal => decision.item == spot.1,
                    Root::Contract => decision.contract == spot.1,
                    Root::Resource | Root::Flow | Root::Places => true,
                });
            let verdict = Judge::worst(after.iter().chain(others));
            Removal { spot: spot.clone(), requests: touched.into_iter().cloned().zip(after).collect(), verdict }
        })
        .collect()
}

/// How good a verdict is. Removing a fact may turn `refused` into `undetermined`, since nobody knows any more whether the flow
/// must be refused; both block. So those two rank alike, and *better* means: a lower number.
pub(crate) fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Permitted => 0,
        Verdict::Conditional => 1,
        Verdict::Undetermined | Verdict::Refused => 2,
    }
}

/// JSON pointers to every key of every mapping. Entries of lists are walked, but are no keys.
pub(crate) fn keys(json: &Json) -> Vec<String> {
    fn walk(json: &Json, at: &str, found: &mut Vec<String>) {
        match json {
            Json::Object(map) => {
                for (key, value) in map {
                    let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                    found.push(at.clone());
                    walk(value, &at, found);
                }
            }
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(json, "", &mut found);
    found
}

/// The document without one key.
pub(crate) fn without(json: &Json, pointer: &str) -> Json {
    let mut json = json.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer to a key");
    let parent = json.pointer_mut(parent).and_then(Json::as_object_mut).expect("a mapping around the key");
    parent.remove(&key.replace("~1", "/").replace("~0", "~")).expect("the key");
    json
}

/// A pointer with `*` for the positions in lists and for the names of papers and options.
pub(crate) fn pattern(pointer: &str) -> String {
    let mut before = "";
    let steps = pointer.split('/').map(|step| {
        let position = !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
        let named = matches!(before, "evidence" | "papers") || before == "options" && pointer.starts_with("/options/");
        before = step;
        if position || named { "*" } else { step }
    });
    steps.collect::<Vec<_>>().join("/")
}

/// JSON merge patch, RFC 7396.
pub(crate) fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Json::Object(Map::new());
    }
    let object = target.as_object_mut().expect("made an object above");
    for (key, change) in changes {
        if change.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key.clone()).or_insert(Json::Null), change);
        }
    }
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// At most twenty lines of what went wrong, and how many there are.
pub(crate) fn list(faults: &[String]) -> String {
    let shown: Vec<&str> = faults.iter().take(20).map(String::as_str).collect();
    format!("{} found:\n  {}", faults.len(), shown.join("\n  "))
}
