//! What every form of the result says of a finding, in the same words: how bad it is, where it stands, by which facts, and how to
//! mend it.

use serde_json::Value as Json;

use crate::report::{
    Aside, AsideBy, FactResult, FlowResult, Notice, Place, Report, RuleInfo, RuleResult, Status, Verdict,
};
use crate::source::sha256;

/// How many places of a fact are shown; the JSON result has them all.
pub(super) const PLACES: usize = 3;
/// How many words of a set are shown.
const WORDS: usize = 12;

/// A rule that keeps a flow from being permitted, or would if the finding counted.
#[derive(Clone, Copy)]
pub(super) struct Finding<'a> {
    pub(super) report: &'a Report,
    pub(super) flow: &'a FlowResult,
    pub(super) rule: &'a RuleResult,
    pub(super) info: &'a RuleInfo,
}

/// A thing that is told of a finding, and what is told.
pub(super) type Part = (&'static str, String);

/// The findings of a flow: those that count, the worst first, then those that are set aside.
pub(super) fn of_flow<'a>(report: &'a Report, flow: &'a FlowResult) -> impl Iterator<Item = Finding<'a>> {
    let counted = flow.findings().into_iter();
    counted.chain(flow.set_aside().into_iter().map(|(rule, _)| rule)).filter_map(move |rule| {
        let info = report.rules.get(&rule.id)?;
        Some(Finding { report, flow, rule, info })
    })
}

/// The findings of all flows, the worst first and those that are set aside last.
pub(super) fn all(report: &Report) -> Vec<Finding<'_>> {
    let mut findings: Vec<Finding<'_>> = report.flows.iter().flat_map(|flow| of_flow(report, flow)).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.verdict));
    findings
}

impl<'a> Finding<'a> {
    /// What sets the finding aside, if anything does.
    pub(super) fn aside(&self) -> Option<&'a Aside> {
        self.rule.aside.as_deref()
    }

    /// True when what is open is the law, not a fact.
    pub(super) fn unsettled(&self) -> bool {
        let verdict = self.aside().map_or(self.rule.verdict, |aside| aside.verdict);
        self.rule.status == Status::Violated && verdict == Verdict::Undetermined
    }

    /// The finding in one sentence.
    pub(super) fn sentence(&self) -> String {
        let flow = format!("flow {} of {}", self.flow.flow, self.flow.integration);
        let (id, title) = (&self.rule.id, self.info.title.trim_end_matches('.'));
        let verdict = self.aside().map_or(self.rule.verdict, |aside| aside.verdict);
        let weight = match (self.aside(), verdict) {
            (Some(aside), _) => {
                let word = aside.by.word();
                format!("{}{} ({})", word[..1].to_uppercase(), &word[1..], verdict.word())
            }
            (None, Verdict::Conditional) => "Condition to meet".to_owned(),
            (None, Verdict::Undetermined) => "Undetermined".to_owned(),
            (None, Verdict::Refused | Verdict::Permitted) => "Refused".to_owned(),
        };
        if self.unsettled() {
            format!("{weight}: the law does not settle whether {flow} meets {id}: {title}.")
        } else if self.rule.status == Status::Undetermined {
            format!("{weight}: it is not known whether {flow} meets {id}: {title}.")
        } else {
            format!("{weight}: {flow} does not meet {id}: {title}.")
        }
    }

    /// What there is to say beyond the sentence; `fact` shows a fact with its places.
    pub(super) fn parts(&self, mut fact: impl FnMut(&'a FactResult) -> String) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let Self { rule, info, .. } = self;
        if !rule.items.is_empty() {
            parts.push(("Data", rule.items.join(", ")));
        }
        parts.extend(rule.error.iter().map(|error| ("Error", error.clone())));
        parts.extend(self.facts().into_iter().map(|of| ("Fact", fact(of))));
        for name in rule.unknown.iter().filter(|_| rule.status == Status::Undetermined) {
            let doc = self.report.facts.get(name).map_or("", String::as_str);
            parts.push(("To find out", if doc.is_empty() { name.clone() } else { format!("{doc} ({name})") }));
        }
        parts.push(("Source", info.cites.clone()));
        parts.extend(info.readings.iter().filter(|_| self.unsettled()).map(|readings| ("Unsettled", readings.clone())));
        parts.extend(info.confirm.iter().map(|confirm| ("Confirm", confirm.clone())));
        parts.push(("Remedy", info.remedy.clone()));
        parts.extend(self.because().map(|because| ("Set aside", because)));
        parts
    }

    /// Why the finding does not count.
    pub(super) fn because(&self) -> Option<String> {
        let aside = self.aside()?;
        let mut text = match aside.by {
            AsideBy::NotInForce => format!("the rule counts from {}", aside.reason),
            _ => format!("{}: {}", aside.by.word(), aside.reason),
        };
        if let Some(approval) = &aside.approval {
            text.push_str(&format!(
                "; {}: {} answers for it, {} approved it, {}, until {}",
                approval.id, approval.owner, approval.approver, approval.ticket, approval.expires
            ));
        }
        Some(text)
    }

    /// The facts that decided.
    pub(super) fn facts(&self) -> Vec<&'a FactResult> {
        deciding(self.info, self.rule)
    }

    /// Where the finding is shown: at the first deciding fact that stands in the manifest, else at the flow.
    pub(super) fn place(&self) -> Place {
        let manifest = &self.flow.place.file;
        let mut places = self.facts().into_iter().flat_map(FactResult::places);
        places.find(|place| place.line > 0 && place.file == *manifest).unwrap_or_else(|| self.flow.place.clone())
    }

    /// Names the finding, whatever the lines on which its facts stand.
    pub(super) fn fingerprint(&self) -> String {
        let named = || digest(&[&self.flow.integration, &self.flow.flow, &self.rule.id]);
        self.rule.fingerprint.clone().unwrap_or_else(named)
    }
}

/// Names a notice.
pub(super) fn notice_fingerprint(notice: &Notice) -> String {
    digest(&[&notice.id, &notice.place.file, &notice.message])
}

fn digest(parts: &[&str]) -> String {
    sha256(parts.join("\0").as_bytes())[..32].to_owned()
}

/// The facts to show with a finding: those that would satisfy the rule, and unknown ones on which it hangs. What is not known
/// had no part in a definite finding.
pub(super) fn deciding<'a>(info: &RuleInfo, finding: &'a RuleResult) -> Vec<&'a FactResult> {
    finding
        .facts
        .iter()
        .map(AsRef::as_ref)
        .filter(|fact| info.satisfied_by.contains(&fact.name) || finding.unknown.contains(&fact.name))
        .filter(|fact| !fact.value.is_null() || finding.unknown.contains(&fact.name))
        .collect()
}

/// Facts of the same places stand together.
pub(super) fn by_places<'a>(facts: &[&'a FactResult]) -> Vec<Vec<&'a FactResult>> {
    let mut groups: Vec<Vec<&FactResult>> = Vec::new();
    for fact in facts {
        match groups.iter_mut().find(|group| group[0].places().eq(fact.places())) {
            Some(group) => group.push(fact),
            None => groups.push(vec![fact]),
        }
    }
    groups
}

/// The places of a fact to show: a few, each line once, and only those in files.
pub(super) fn places(fact: &FactResult) -> Vec<Place> {
    let mut shown: Vec<Place> = Vec::new();
    for place in fact.places() {
        let new = !shown.iter().any(|other| (&other.file, other.line) == (&place.file, place.line));
        if place.line > 0 && new && shown.len() < PLACES {
            shown.push(place);
        }
    }
    shown
}

/// True for a file of the user's, which can be opened; false for what the binary holds, and for a question.
pub(super) fn can_be_opened(file: &str) -> bool {
    !file.is_empty() && !file.starts_with('(')
}

/// A place in words.
pub(super) fn spot(place: &Place) -> String {
    match place.line {
        0 => place.file.clone(),
        line => format!("{}:{line}:{}", place.file, place.column),
    }
}

/// A fact with its places in one line.
pub(super) fn plain_fact(fact: &FactResult) -> String {
    let mut notes: Vec<String> = Vec::new();
    for place in places(fact) {
        notes.push(spot(&place));
        if let Some(source) = place.source {
            notes.push(source.url);
        }
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("{} = {}{notes}", fact.name, value(&fact.value))
}

/// The text of the line of a place.
pub(super) fn line<'a>(report: &'a Report, place: &Place) -> &'a str {
    report.lines.get(&place.file).and_then(|lines| lines.get(&place.line)).map_or("", String::as_str)
}

/// What the flow is about, in one line.
pub(super) fn circumstances(flow: &FlowResult) -> String {
    let list = |names: &Option<Vec<String>>, noun: &str| match names {
        None => format!("{noun} not stated"),
        Some(names) if names.is_empty() => format!("no {noun}"),
        Some(names) => names.join(", "),
    };
    format!(
        "{} · {} at {} · {} · {}",
        flow.purpose,
        flow.service,
        flow.location,
        list(&flow.contracts, "contract"),
        list(&flow.laws, "law"),
    )
}

/// How many flows there are, and how many of each verdict that occurs.
pub(super) fn counts(report: &Report) -> (String, Vec<(Verdict, String)>) {
    let summary = &report.summary;
    let flows = if summary.flows == 1 { "1 flow".to_owned() } else { format!("{} flows", summary.flows) };
    let counts = [
        (Verdict::Permitted, summary.permitted),
        (Verdict::Conditional, summary.conditional),
        (Verdict::Undetermined, summary.undetermined),
        (Verdict::Refused, summary.refused),
    ];
    let occur = counts.into_iter().filter(|(_, number)| *number > 0);
    (flows, occur.map(|(verdict, number)| (verdict, format!("{number} {}", verdict.word()))).collect())
}

/// The numbers of a run in one line.
pub(super) fn headline(report: &Report) -> String {
    let (flows, counts) = counts(report);
    let counts: Vec<String> = counts.into_iter().map(|(_, text)| text).collect();
    format!("{flows} as of {}: {}", report.as_of, counts.join(", "))
}

/// The sign of a verdict.
pub(super) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Permitted => "✓",
        Verdict::Conditional => "!",
        Verdict::Undetermined => "?",
        Verdict::Refused => "✗",
    }
}

/// The sign of what is told and does not count.
pub(super) const ASIDE: &str = "○";

/// The sign of a notice.
pub(super) fn notice_sign(notice: &Notice) -> &'static str {
    if notice.verdict == Verdict::Permitted { ASIDE } else { sign(notice.verdict) }
}

/// A value in words.
pub(super) fn value(value: &Json) -> String {
    match value {
        Json::Null => "not known".to_owned(),
        Json::Bool(true) => "yes".to_owned(),
        Json::Bool(false) => "no".to_owned(),
        Json::String(text) if text.is_empty() => "nothing".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) => {
            let words: Vec<&str> = items.iter().filter_map(Json::as_str).take(WORDS).collect();
            let rest = items.len() - words.len();
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("{}{more}", words.join(", "))
        }
        other => other.to_string(),
    }
}
