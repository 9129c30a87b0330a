//! Keys: made, read, and used on a bundle that somebody else made.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::args::{KeygenArgs, SignArgs};
use super::{show, unwritten};
use crate::cli::{Outcome, Surroundings};
use crate::evidence::{self, Authority, PublicKey, SigningKey, TIMESTAMP, inspect};
use crate::load::{self, is_file};
use crate::problem::Problem;
use crate::save::{self, Place};

pub(super) fn keygen(args: &KeygenArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let failed = |message: String| Outcome::failed(&message);
    let named = |ending: &str| {
        let mut name = args.name.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let passphrase = passphrase(args.passphrase_file.as_deref(), around)?;
    let key = SigningKey::generate(args.algorithm).map_err(failed)?;
    let public = key.public().map_err(failed)?;
    let (secret_file, public_file) = (named(".pem"), named(".pub.pem"));
    save::secret(&secret_file, &key.pem(passphrase.as_deref()).map_err(failed)?)
        .map_err(|error| unwritten(&secret_file, &error))?;
    save::file(&public_file, &public.pem().map_err(failed)?).map_err(|error| unwritten(&public_file, &error))?;
    Ok(Outcome::done(format!(
        "{} is secret: it stays with whoever signs\n{} is for everybody who checks\nkey id {} ({})\n",
        secret_file.display(),
        public_file.display(),
        public.id,
        public.algorithm().word()
    )))
}

pub(super) fn sign(args: &SignArgs, around: &Surroundings) -> Result<Outcome, Outcome> {
    let keys = secret_keys(&args.key, args.passphrase_file.as_deref(), around)?;
    let zip = args.bundle.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    if is_file(&args.bundle) != zip {
        return Err(Outcome::usage("the name of a bundle in one file ends with .zip, and that of a folder does not"));
    }
    let mut found = load::bundle(&args.bundle).map_err(|problem| Outcome::invalid(&[problem], around))?;
    // Nobody should put a name to what is not in order.
    let inspection = inspect(&found, None);
    if !inspection.faults.is_empty() {
        return Ok(show::faults(&args.bundle, &inspection.faults, around.width));
    }
    for key in &keys {
        evidence::sign(&mut found.files, key).map_err(|message| Outcome::failed(&message))?;
    }
    if let Some(path) = &args.timestamp {
        let token = load::read_stamp(path).map_err(|problem| Outcome::invalid(&[problem], around))?;
        found.files.insert(TIMESTAMP.to_owned(), token);
    } else {
        // It would be over the attestation as it was before.
        found.files.remove(TIMESTAMP);
    }
    let faults = inspect(&found, None).faults;
    if !faults.is_empty() {
        return Ok(show::faults(&args.bundle, &faults, around.width));
    }
    save::bundle(&args.bundle, &found.files, Place::Taken).map_err(|error| unwritten(&args.bundle, &error))?;
    let mut output = String::new();
    if args.timestamp.is_some() {
        let _ = writeln!(output, "{} has a time stamp", args.bundle.display());
    }
    for key in &keys {
        let public = key.public().map_err(|message| Outcome::failed(&message))?;
        let _ =
            writeln!(output, "{} is signed by {} ({})", args.bundle.display(), public.id, public.algorithm().word());
    }
    Ok(Outcome::done(output))
}

/// Reads the secret keys.
pub(super) fn secret_keys(
    paths: &[PathBuf],
    passphrase_file: Option<&Path>,
    around: &Surroundings,
) -> Result<Vec<SigningKey>, Outcome> {
    let passphrase = passphrase(passphrase_file, around)?;
    read(paths, "key", around, |text| SigningKey::read(text, passphrase.as_deref()))
}

/// Reads the public keys.
pub(super) fn public_keys(paths: &[PathBuf], around: &Surroundings) -> Result<Vec<PublicKey>, Outcome> {
    read(paths, "key", around, PublicKey::read)
}

/// Reads the certificates of those who are believed the time.
pub(super) fn authorities(paths: &[PathBuf], around: &Surroundings) -> Result<Vec<Authority>, Outcome> {
    read(paths, "certificate", around, Authority::read).map(|read| read.into_iter().flatten().collect())
}

/// Reads every key or the like; everything that is wrong with any is told.
fn read<K>(
    paths: &[PathBuf],
    what: &str,
    around: &Surroundings,
    key: impl Fn(&str) -> Result<K, String>,
) -> Result<Vec<K>, Outcome> {
    let mut problems = Vec::new();
    let mut keys = Vec::new();
    for path in paths {
        let wrong = |message: String| Problem::new(format!("`{}` is no {what} to use here: {message}", path.display()));
        match load::read_key(path).and_then(|text| key(&text).map_err(wrong)) {
            Ok(key) => keys.push(key),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(keys) } else { Err(Outcome::invalid(&problems, around)) }
}

/// The first line of the file with the passphrase.
fn passphrase(path: Option<&Path>, around: &Surroundings) -> Result<Option<String>, Outcome> {
    let Some(path) = path else { return Ok(None) };
    let text = load::read_key(path).map_err(|problem| Outcome::invalid(&[problem], around))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        let problem = Problem::new(format!("`{}` has no passphrase in its first line", path.display()));
        return Err(Outcome::invalid(&[problem.help("write the passphrase there, and nothing else")], around));
    }
    Ok(Some(line.to_owned()))
}
