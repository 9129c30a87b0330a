//! From a result to where the user wants it: any number of forms, each to standard output or into a file. Text and JSON are written
//! while the run goes on; the other forms are made of the whole result.

use std::io;
use std::path::PathBuf;

use super::output::{Format, RenderArgs, Target};
use super::{Exit, Outcome, Surroundings, WIDTH};
use crate::render::{self, json, text};
use crate::report::{FlowResult, Lines, Report, merge};
use crate::save::{self, Growing};

/// GitHub takes no more in the summary of a step, in bytes.
const STEP_SUMMARY: usize = 1024 * 1024;

/// The forms of one result, on their way.
pub(super) struct Delivery<'a> {
    around: &'a Surroundings,
    verbose: bool,
    forms: Vec<Form>,
    /// What forms still need when the run is over.
    flows: Vec<FlowResult>,
    lines: Lines,
}

struct Form {
    format: Format,
    sink: Sink,
    /// How far JSON is written.
    json: json::Pieces,
}

/// Where the pieces of a form go.
enum Sink {
    Printed(fn(&str)),
    /// A file, as long as it can be written.
    Saved(PathBuf, io::Result<Growing>),
}

impl<'a> Delivery<'a> {
    /// Starts the files. One that cannot be written is told at the end.
    pub(super) fn new(args: &RenderArgs, around: &'a Surroundings) -> Self {
        let forms = args.targets().into_iter().map(|target| Form::new(target, around)).collect();
        Self { around, verbose: args.verbose, forms, flows: Vec::new(), lines: Lines::new() }
    }

    /// Takes a part of the result.
    ///
    /// # Errors
    /// A fault of the program.
    pub(super) fn part(&mut self, part: &mut Report) -> Result<(), String> {
        for form in &mut self.forms {
            form.part(part, self.around, self.verbose)?;
        }
        if self.forms.iter().any(|form| !matches!(form.format, Format::Text | Format::Json)) {
            self.flows.append(&mut part.flows);
        }
        if self.forms.iter().any(|form| form.format != Format::Text) {
            merge(&mut self.lines, std::mem::take(&mut part.lines));
        }
        Ok(())
    }

    /// Takes what is left of the result once all flows are told. The exit code is the verdict's, whatever the forms; only a form that
    /// cannot be written is a failure.
    pub(super) fn end(mut self, mut report: Report) -> Outcome {
        report.flows = std::mem::take(&mut self.flows);
        merge(&mut report.lines, std::mem::take(&mut self.lines));
        let exit = report.verdict.map_or(Exit::Nothing, Exit::from);
        let mut outcome = Outcome { output: String::new(), messages: String::new(), exit };
        for form in self.forms {
            let format = form.format;
            if let Err(message) = form.end(&report, self.around, self.verbose, &mut outcome) {
                return Outcome::failed(&message);
            }
            if format == Format::Github
                && let Some(path) = &self.around.step_summary
            {
                let summary = |left| render::markdown::render(&report, left);
                outcome.saved(path, save::append(path, STEP_SUMMARY, summary));
            }
        }
        outcome
    }
}

impl Form {
    fn new(target: Target<Format>, around: &Surroundings) -> Self {
        let sink = match target.file {
            None => Sink::Printed(around.print),
            Some(path) => {
                let started = Growing::start(&path);
                Sink::Saved(path, started)
            }
        };
        Self { format: target.format, sink, json: json::Pieces::default() }
    }

    /// Writes what can be written before the end is known.
    fn part(&mut self, part: &Report, around: &Surroundings, verbose: bool) -> Result<(), String> {
        match self.format {
            Format::Text => self.sink.text(&text::flows(part, self.sink.width(around), verbose)),
            Format::Json => self.json.part(part, &mut |piece| self.sink.write(piece))?,
            _ => {}
        }
        Ok(())
    }

    /// Writes the rest, or all, and puts the file in its place.
    fn end(
        mut self,
        report: &Report,
        around: &Surroundings,
        verbose: bool,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        match self.format {
            Format::Text => self.sink.text(&text::end(report, self.sink.width(around))),
            Format::Json => self.json.end(report, &mut |piece| self.sink.write(piece))?,
            Format::Sarif => self.sink.write(&render::sarif::render(report, verbose)?),
            Format::Junit => self.sink.write(&render::junit::render(report)?),
            Format::Github => self.sink.write(&render::github::render(report)),
            Format::Gitlab => self.sink.write(&render::gitlab::render(report)?),
            Format::Markdown => self.sink.write(&render::markdown::render(report, render::markdown::COMMENT)),
            Format::Html => self.sink.write(&render::html::render(report)),
        }
        if let Sink::Saved(path, file) = self.sink {
            outcome.saved(&path, file.and_then(Growing::finish));
        }
        Ok(())
    }
}

impl Sink {
    /// How wide a text may be.
    fn width(&self, around: &Surroundings) -> usize {
        match self {
            Self::Printed(_) => around.width,
            Self::Saved(..) => WIDTH,
        }
    }

    /// Writes a text for people: with colours, or into a file without.
    fn text(&mut self, piece: &str) {
        match self {
            Self::Printed(print) => print(piece),
            Self::Saved(..) => self.write(&anstream::adapter::strip_str(piece).to_string()),
        }
    }

    fn write(&mut self, piece: &str) {
        match self {
            Self::Printed(print) => print(piece),
            Self::Saved(_, file) => {
                if let Ok(growing) = file
                    && let Err(error) = growing.write(piece)
                {
                    *file = Err(error);
                }
            }
        }
    }
}
