//! Checkpoints: size and root hash of a log at one time, in the form of <https://c2sp.org/tlog-checkpoint>.
//!
//! A checkpoint is a note: three lines (the log's origin, its size, its root hash), an empty line, then the lines of its signatures. Without
//! a key there are none. A log keeps its checkpoints one after the other in one text.

use std::fmt::Write;

use base64::prelude::{BASE64_STANDARD, Engine};

use super::tree::Hash;

/// A line of a signature begins with this: an em dash.
const DASH: &str = "\u{2014} ";

/// What a log was at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Tells this log from all others.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root hash of their tree.
    pub root: Hash,
}

/// A checkpoint with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The signatures.
    pub signatures: Vec<Signature>,
}

/// A signature of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who signed.
    pub name: String,
    /// The first bytes of a hash of the key, which find it among others.
    pub key_id: [u8; 4],
    /// The signature itself.
    pub bytes: Vec<u8>,
}

/// Makes a signature of bytes.
pub type Sign<'a> = dyn Fn(&[u8]) -> Result<Vec<u8>, String> + 'a;

/// Signs notes.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// Who signs: no spaces, no plus.
    pub name: &'a str,
    /// The first bytes of a hash of the key: <https://c2sp.org/signed-note>.
    pub key_id: [u8; 4],
    /// Signs bytes.
    pub sign: &'a Sign<'a>,
}

/// Knows the key of a signer.
#[derive(Clone, Copy)]
pub struct Verifier<'a> {
    /// Who signs.
    pub name: &'a str,
    /// As in [`Signer`].
    pub key_id: [u8; 4],
    /// Whether the second bytes are a signature of the first.
    pub verify: &'a dyn Fn(&[u8], &[u8]) -> bool,
}

impl Checkpoint {
    /// The three lines.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root))
    }

    fn parse(body: &str) -> Result<Self, String> {
        let lines: Vec<&str> = body.split_terminator('\n').collect();
        // Other logs may have more lines; in this one they would be somebody's addition.
        let [origin, size, root] = *lines else {
            return Err("has not just three lines: origin, size, root hash".to_owned());
        };
        let number = size.parse::<u64>().ok().filter(|number| number.to_string() == size && *number <= u64::MAX / 2);
        let size = number.ok_or_else(|| format!("has `{size}` as its size, which is no number of entries"))?;
        let bytes = BASE64_STANDARD.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let root =
            bytes.ok_or_else(|| format!("has `{root}` as its root hash, which is no SHA-256 value in base64"))?;
        if origin.is_empty() {
            return Err("names no origin".to_owned());
        }
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

impl Note {
    /// A checkpoint, signed where there is a signer.
    ///
    /// # Errors
    /// Why the signer did not sign.
    pub fn new(checkpoint: Checkpoint, signer: Option<&Signer<'_>>) -> Result<Self, String> {
        let sign = |signer: &Signer<'_>| {
            let bytes = (signer.sign)(checkpoint.body().as_bytes())?;
            Ok::<_, String>(Signature { name: signer.name.to_owned(), key_id: signer.key_id, bytes })
        };
        let signatures = signer.map(sign).transpose()?.into_iter().collect();
        Ok(Self { checkpoint, signatures })
    }

    /// Reads one note.
    ///
    /// # Errors
    /// Why it is none, or more than one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut found = notes(text);
        match (found.pop(), found.is_empty()) {
            (Some((_, note)), true) => note,
            (None, _) => Err("is empty".to_owned()),
            (Some(_), false) => Err("holds more than one checkpoint".to_owned()),
        }
    }

    /// The note as text.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.checkpoint.body());
        for signature in &self.signatures {
            let bytes = BASE64_STANDARD.encode([&signature.key_id[..], &signature.bytes].concat());
            let _ = writeln!(text, "{DASH}{} {bytes}", signature.name);
        }
        text
    }

    /// Whether the holder of a key signed the note. `None` when it has no signature by that key.
    pub fn signed_by(&self, verifier: &Verifier<'_>) -> Option<bool> {
        let by = |signature: &&Signature| signature.name == verifier.name && signature.key_id == verifier.key_id;
        let signature = self.signatures.iter().find(by)?;
        Some((verifier.verify)(self.checkpoint.body().as_bytes(), &signature.bytes))
    }

    fn read(body: &str, signatures: &[&str]) -> Result<Self, String> {
        let checkpoint = Checkpoint::parse(body)?;
        let signatures = signatures.iter().map(|line| {
            let wrong = || format!("has a line that is no signature: `{line}`");
            let (name, bytes) = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' ')).ok_or_else(wrong)?;
            let bytes = BASE64_STANDARD.decode(bytes).map_err(|_| wrong())?;
            let (key_id, bytes) = bytes.split_first_chunk::<4>().ok_or_else(wrong)?;
            Ok(Signature { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
        });
        Ok(Self { checkpoint, signatures: signatures.collect::<Result<_, String>>()? })
    }
}

/// The notes that stand one after the other in a text, each with the line on which it begins.
pub fn notes(text: &str) -> Vec<(usize, Result<Note, String>)> {
    let mut found = Vec::new();
    let mut lines = text.split_inclusive('\n').enumerate().peekable();
    while let Some((index, _)) = lines.peek().copied() {
        let mut body = String::new();
        let mut ended = false;
        for (_, line) in lines.by_ref() {
            ended = line == "\n";
            if ended {
                break;
            }
            body.push_str(line);
        }
        let mut signatures = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with(DASH)) {
            ended = line.ends_with('\n');
            signatures.push(line.trim_end_matches('\n'));
        }
        let note = if ended { Note::read(&body, &signatures) } else { Err("is cut off".to_owned()) };
        found.push((index + 1, note));
    }
    found
}
