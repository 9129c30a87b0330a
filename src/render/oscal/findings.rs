//! Findings, what was observed for them, and the risks that stay open.

use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::Source;
use super::controls::tool;
use super::evidence::Files;
use super::ids::{id, line, objective, prop, prose, title};
use super::subjects::{party, subject};
use crate::render::finding::{Finding, Part};
use crate::report::{AsideBy, FactResult, FlowResult, Notice, Status};

#[derive(Default)]
pub(super) struct Told {
    pub(super) observations: Vec<Json>,
    pub(super) risks: Vec<Json>,
    pub(super) findings: Vec<Json>,
}

/// One finding for every rule that applies to a flow. What is not satisfied has an observation and a risk of its own; the facts of all
/// that is satisfied are one observation of the flow.
pub(super) fn of(source: &Source<'_>) -> Told {
    let files = Files::new(&source.report.inputs);
    let of_flows: Vec<Told> = source.report.flows.par_iter().map(|flow| of_flow(source, flow, &files)).collect();
    let mut told = Told::default();
    for of_flow in of_flows {
        told.observations.extend(of_flow.observations);
        told.risks.extend(of_flow.risks);
        told.findings.extend(of_flow.findings);
    }
    let mut notices: Vec<Json> = source.report.notices.iter().map(|of| notice(source, of)).collect();
    notices.dedup();
    told.risks.append(&mut notices);
    told
}

fn of_flow(source: &Source<'_>, flow: &FlowResult, files: &Files<'_>) -> Told {
    let mut told = Told::default();
    let passed = passed(source, flow, files);
    for rule in flow.rules.iter().filter(|rule| rule.status != Status::NotApplicable) {
        let Some(info) = source.report.rules.get(&rule.id) else { continue };
        let finding = Finding { report: source.report, flow, rule, info };
        let about = About { source, finding };
        if rule.tells() {
            let observation = about.observation(files);
            let risk = about.risk(&observation);
            told.findings.push(about.finding(Some(&observation), Some(&risk)));
            told.observations.push(observation);
            told.risks.push(risk);
        } else {
            told.findings.push(about.finding(passed.as_ref(), None));
        }
    }
    told.observations.extend(passed);
    told
}

/// The facts by which rules are satisfied, where the result gives them.
fn passed(source: &Source<'_>, flow: &FlowResult, files: &Files<'_>) -> Option<Json> {
    let mut facts: Vec<&FactResult> = Vec::new();
    for fact in flow.rules.iter().filter(|rule| rule.status == Status::Satisfied).flat_map(|rule| &rule.facts) {
        if !facts.contains(&fact.as_ref()) {
            facts.push(fact);
        }
    }
    facts.sort_by_key(|fact| (&fact.name, fact.value.to_string()));
    if facts.is_empty() {
        return None;
    }
    Some(json!({
        "uuid": id(&["passed", &flow.integration, &flow.flow]),
        "title": title(&format!("What flow {} of {} satisfies rules by", flow.flow, flow.integration)),
        "description": "The facts that were consulted by the rules that the flow satisfies.",
        "methods": ["EXAMINE"],
        "types": ["control-objective"],
        "origins": origins(source, Vec::new()),
        "subjects": [subject(flow)],
        "relevant-evidence": files.evidence(facts),
        "collected": source.time,
    }))
}

struct About<'a> {
    source: &'a Source<'a>,
    finding: Finding<'a>,
}

impl About<'_> {
    /// An id that changes with what the finding says.
    fn id(&self, kind: &str) -> String {
        let Finding { flow, rule, .. } = &self.finding;
        let (state, reason) = self.state();
        id(&[kind, &flow.integration, &flow.flow, &rule.id, state, reason])
    }

    /// Satisfied or not, and why. What is not known, and what the law does not settle, is neither passed nor failed.
    fn state(&self) -> (&'static str, &'static str) {
        match self.finding.rule.status {
            Status::NotApplicable | Status::Satisfied => ("satisfied", "pass"),
            Status::Violated if !self.finding.unsettled() => ("not-satisfied", "fail"),
            Status::Violated | Status::Undetermined => ("not-satisfied", "other"),
        }
    }

    fn title(&self) -> String {
        let Finding { flow, rule, .. } = &self.finding;
        title(&format!("{} on {} › {}", rule.id, flow.integration, flow.flow))
    }

    fn props(&self) -> Vec<Json> {
        let rule = self.finding.rule;
        let mut props = vec![
            prop("rule", &rule.id),
            prop("integration", &self.finding.flow.integration),
            prop("flow", &self.finding.flow.flow),
            prop("status", status(rule.status)),
            prop("verdict", rule.verdict.word()),
        ];
        if rule.tells() {
            props.push(prop("fingerprint", &self.finding.fingerprint()));
        }
        if let Some(aside) = self.finding.aside() {
            props.push(prop("set-aside", aside.by.word()));
            props.push(prop("verdict-if-it-counted", aside.verdict.word()));
        }
        props
    }

    fn sentence(&self) -> String {
        let Finding { flow, rule, info, .. } = &self.finding;
        if rule.tells() {
            return self.finding.sentence();
        }
        format!(
            "Flow {} of {} satisfies {}: {}.",
            flow.flow,
            flow.integration,
            rule.id,
            info.title.trim_end_matches('.')
        )
    }

    /// What there is to say beyond the sentence, without the facts, which are evidence.
    fn parts(&self) -> Vec<Part> {
        self.finding.parts(|_| String::new()).into_iter().filter(|(label, _)| *label != "Fact").collect()
    }

    fn finding(&self, observation: Option<&Json>, risk: Option<&Json>) -> Json {
        let Finding { rule, info, .. } = &self.finding;
        let (state, reason) = self.state();
        let mut finding = json!({
            "uuid": self.id("finding"),
            "title": self.title(),
            "description": prose(&line(&self.sentence())),
            "props": self.props(),
            "origins": origins(self.source, Vec::new()),
            "target": {
                "type": "objective-id",
                "target-id": objective(&rule.id),
                "title": title(&info.title),
                "status": { "state": state, "reason": reason },
            },
        });
        let named = |key: &str, of: Option<&Json>| of.map(|of| json!({ key: of["uuid"] })).into_iter().collect();
        super::some(&mut finding, "related-observations", named("observation-uuid", observation));
        super::some(&mut finding, "related-risks", named("risk-uuid", risk));
        finding
    }

    fn observation(&self, files: &Files<'_>) -> Json {
        let mut observation = json!({
            "uuid": self.id("observation"),
            "title": self.title(),
            "description": self.description(),
            "props": self.props(),
            "methods": ["EXAMINE"],
            "types": ["finding"],
            "origins": origins(self.source, Vec::new()),
            "subjects": [subject(self.finding.flow)],
            "collected": self.source.time,
        });
        let facts = self.finding.rule.facts.iter().map(AsRef::as_ref);
        super::some(&mut observation, "relevant-evidence", files.evidence(facts));
        observation
    }

    /// The sentence, and a line for each further thing to say.
    fn description(&self) -> String {
        let mut text = prose(&line(&self.sentence()));
        for (label, part) in self.parts() {
            text.push_str(&format!("\n\n{label}: {}", prose(&line(&part))));
        }
        text
    }

    fn risk(&self, observation: &Json) -> Json {
        let Finding { info, .. } = &self.finding;
        let aside = self.finding.aside();
        let approval = aside.and_then(|aside| aside.approval.as_ref());
        let excepted = aside.is_some_and(|aside| aside.by == AsideBy::Exception);
        let mut props = self.props();
        let mut actors = Vec::new();
        if let Some(approval) = approval {
            props.push(prop("exception", &approval.id));
            props.push(prop("ticket", &approval.ticket));
            props.push(prop("expires", &approval.expires));
            for (role, name) in [("risk-owner", &approval.owner), ("risk-approver", &approval.approver)] {
                if !line(name).is_empty() {
                    actors.push(json!({ "type": "party", "actor-uuid": party(name), "role-id": role }));
                }
            }
        }
        let mut risk = json!({
            "uuid": self.id("risk"),
            "title": self.title(),
            "description": self.description(),
            "statement": prose(&line(&format!("{}. Source: {}.", info.title.trim_end_matches('.'), info.cites))),
            "props": props,
            "status": if excepted { "deviation-approved" } else { "open" },
            "origins": origins(self.source, actors),
            "remediations": [{
                "uuid": self.id("remediation"),
                "lifecycle": "recommendation",
                "title": "Remedy",
                "description": prose(&line(&info.remedy)),
            }],
            "related-observations": [{ "observation-uuid": observation["uuid"] }],
        });
        if let Some(deadline) = approval.and_then(|approval| end_of(&approval.expires)) {
            risk["deadline"] = json!(deadline);
        }
        risk
    }
}

/// The moment at which the last day of an exception ends: `2026-12-31T23:59:59+08:00` for `2026-12-31+08:00`.
fn end_of(expires: &str) -> Option<String> {
    let (day, zone) = expires.split_at_checked(10)?;
    let moment = format!("{day}T23:59:59{zone}");
    moment.parse::<jiff::Timestamp>().ok().map(|_| moment)
}

fn origins(source: &Source<'_>, mut further: Vec<Json>) -> Json {
    let mut actors = vec![json!({ "type": "tool", "actor-uuid": tool(source.report) })];
    actors.append(&mut further);
    json!([{ "actors": actors }])
}

/// What there is to say beyond the flows.
fn notice(source: &Source<'_>, notice: &Notice) -> Json {
    let place = format!("{}:{}", notice.place.file, notice.place.line);
    let named = id(&["notice", &notice.id, &place, &notice.message]);
    json!({
        "uuid": named,
        "title": title(&notice.id),
        "description": prose(&format!("{} ({place})", line(&notice.message))),
        "statement": prose(&line(&notice.message)),
        "props": [prop("notice", &notice.id), prop("verdict", notice.verdict.word())],
        "status": "open",
        "origins": origins(source, Vec::new()),
        "remediations": [{
            "uuid": id(&["remediation", &named]),
            "lifecycle": "recommendation",
            "title": "Remedy",
            "description": prose(&line(&notice.remedy)),
        }],
    })
}

fn status(status: Status) -> &'static str {
    match status {
        Status::NotApplicable => "not-applicable",
        Status::Satisfied => "satisfied",
        Status::Undetermined => "undetermined",
        Status::Violated => "violated",
    }
}
