//! What is looked for, out of the provider profiles.

use std::collections::HashMap;

use regex::{Regex, RegexSet};

use super::TraceKind;
use crate::knowledge::Knowledge;
use crate::model::{Ecosystem, ProviderProfile, Traces};

/// A part of a host that an address leaves open: a name, or what a template puts in its place.
const ANYTHING: &str = r"(?:[a-z0-9.-]|\$?\{(?u-i:[^{} \t\r\n]*)\}|<(?u-i:[^<> \t\r\n]*)>|%[sv])";
/// What stands before a name that is only taken away.
const REMOVAL: &str = r#"(?:\bunset(?:\s+\w+)*|\benv\s+-u|\bdelete\s+process\.env\.|environ\.pop\(|delenv\(|\bUnsetenv\(|\bdel\s+os\.environ\[)\s*["']?$"#;

/// Traces of one provider that mean the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'k> {
    /// The provider.
    pub(super) profile: &'k ProviderProfile,
    /// The traces.
    pub(super) traces: &'k Traces,
}

/// Everything that is looked for.
#[derive(Debug)]
pub(super) struct Search<'k> {
    /// The groups of traces, by provider.
    pub(super) groups: Vec<Group<'k>>,
    packages: HashMap<(Ecosystem, String), Vec<usize>>,
    words: Vec<Word>,
    /// The words at once: most files hold none.
    set: RegexSet,
    removal: Regex,
}

/// A host, variable or identifier.
#[derive(Debug)]
struct Word {
    group: usize,
    kind: TraceKind,
    regex: Regex,
    /// True when anything may stand before it.
    open: bool,
}

/// A word in a text.
#[derive(Debug)]
pub(super) struct Hit<'t> {
    /// The group of traces, by its number.
    pub(super) group: usize,
    /// What kind of word.
    pub(super) kind: TraceKind,
    /// The word as it stands there.
    pub(super) name: &'t str,
    /// The byte at which it starts.
    pub(super) at: usize,
}

impl<'k> Search<'k> {
    /// Reads the traces of all profiles.
    ///
    /// # Errors
    /// Patterns that cannot be used: a fault of the program, as every character of a name is taken for itself.
    pub(super) fn new(knowledge: &'k Knowledge) -> Result<Self, String> {
        let profiles = knowledge.profiles.values().map(|known| &*known.model);
        let groups: Vec<Group<'k>> =
            profiles.flat_map(|profile| profile.traces.iter().map(move |traces| Group { profile, traces })).collect();
        let mut packages: HashMap<(Ecosystem, String), Vec<usize>> = HashMap::new();
        let mut patterns = Vec::new();
        let mut words = Vec::new();
        for (group, Group { traces, .. }) in groups.iter().enumerate() {
            for (ecosystem, name) in traces.packages.each() {
                packages.entry((ecosystem, ecosystem.normal(name))).or_default().push(group);
            }
            let named = [
                (TraceKind::Host, &traces.hosts),
                (TraceKind::Variable, &traces.variables),
                (TraceKind::Identifier, &traces.identifiers),
            ];
            for (kind, name) in named.into_iter().flat_map(|(kind, names)| names.iter().map(move |name| (kind, name))) {
                let (pattern, open) = pattern(kind, name);
                let regex = Regex::new(&pattern).map_err(|error| format!("`{name}` cannot be looked for: {error}"))?;
                words.push(Word { group, kind, regex, open });
                patterns.push(pattern);
            }
        }
        let set = RegexSet::new(&patterns).map_err(|error| error.to_string())?;
        let removal = Regex::new(&format!("(?-u){REMOVAL}")).map_err(|error| error.to_string())?;
        Ok(Self { groups, packages, words, set, removal })
    }

    /// The groups that a package is a trace of.
    pub(super) fn package(&self, ecosystem: Ecosystem, name: &str) -> &[usize] {
        self.packages.get(&(ecosystem, ecosystem.normal(name))).map_or(&[], Vec::as_slice)
    }

    /// The first place of each word in a text.
    pub(super) fn words<'t>(&self, text: &'t str) -> Vec<Hit<'t>> {
        let words = self.set.matches(text).into_iter().filter_map(|index| self.words.get(index));
        let first = words.filter_map(|word| {
            let mut matches = word.regex.find_iter(text);
            let found = matches
                .find(|found| word.whole(text, found.start(), found.end()) && !self.removed(text, found.start()))?;
            // What a template leaves open may start with the dot of a sum of texts.
            let name = found.as_str().trim_start_matches(['.', '-']);
            let at = found.end() - name.len();
            Some(Hit { group: word.group, kind: word.kind, name, at })
        });
        first.collect()
    }

    /// True when the name is only taken away there.
    fn removed(&self, text: &str, at: usize) -> bool {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        self.removal.is_match(&text[line..at])
    }
}

/// The pattern for a name, and whether anything may stand before it.
fn pattern(kind: TraceKind, name: &str) -> (String, bool) {
    if kind != TraceKind::Host {
        return (format!("(?-u){}", regex::escape(name)), false);
    }
    let (first, open) = match name.strip_prefix('*') {
        Some(rest) => (rest, true),
        None => (name, false),
    };
    let parts: Vec<String> = first.split('*').map(regex::escape).collect();
    let lead = if open { format!("{ANYTHING}*") } else { String::new() };
    // Case does not count in hosts.
    (format!("(?i-u){lead}{}", parts.join(&format!("{ANYTHING}+?"))), open)
}

impl Word {
    /// True when the match is a name of its own and no part of a longer one.
    fn whole(&self, text: &str, start: usize, end: usize) -> bool {
        let before = text[..start].bytes().next_back().unwrap_or(b' ');
        let mut after = text[end..].bytes();
        let (next, second) = (after.next().unwrap_or(b' '), after.next().unwrap_or(b' '));
        let of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        match self.kind {
            // `OPENAI_API_KEY` in `process.env.OPENAI_API_KEY` and in `${OPENAI_API_KEY-}`.
            TraceKind::Variable | TraceKind::Package => !of_name(before) && !of_name(next),
            TraceKind::Host | TraceKind::Identifier => {
                let starts = self.open || !of_name(before) && !b".-@".contains(&before);
                let goes_on = of_name(next) || next == b'-' || next == b'.' && of_name(second);
                let path = self.kind == TraceKind::Identifier && (before == b'/' || next == b'/');
                starts && !goes_on && !path
            }
        }
    }
}
