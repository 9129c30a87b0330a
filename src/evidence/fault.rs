//! What is wrong with a bundle: every kind has a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::load::{Odd, Oddity};

/// One fault of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Fault {
    /// Its kind.
    pub kind: FaultKind,
    /// The file of the bundle; empty when the fault is about the whole.
    pub file: String,
    /// What is the case.
    pub message: String,
}

/// The kinds of faults, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The file is neither a folder nor a zip archive.
    NotAnArchive,
    /// The archive ends too early.
    TruncatedArchive,
    /// The parts of the archive contradict each other.
    InconsistentArchive,
    /// A path leads out of the bundle.
    PathTraversal,
    /// A name that not every system can hold.
    BadName,
    /// A link is in the bundle.
    Symlink,
    /// Something is in the bundle that is neither a file nor a folder.
    SpecialFile,
    /// A path is there twice.
    DuplicateEntry,
    /// A file or the whole is larger than a bundle can be.
    TooLarge,
    /// The content of a file cannot be read.
    Unreadable,
    /// The attestation is not there.
    NoAttestation,
    /// A signed statement is no envelope, or its payload is none that is known.
    MalformedEnvelope,
    /// The payload of an envelope is of another type.
    WrongPayloadType,
    /// The statement is of another type.
    WrongStatementType,
    /// The predicate is of another type.
    WrongPredicateType,
    /// The predicate does not have its form.
    MalformedPredicate,
    /// Nobody has signed.
    NotSigned,
    /// A signature names an expected key and is not by it, or not over this statement.
    BadSignature,
    /// Too few of the expected keys have signed.
    NoExpectedSigner,
    /// A file that is attested is not there.
    MissingFile,
    /// A policy, its schema or its pack is another one than is attested.
    SwappedPolicy,
    /// A file is another one than is attested.
    ChangedFile,
    /// A file is there that is not attested.
    AddedFile,
    /// The result gives another verdict than is attested.
    AlteredVerdict,
    /// The result cannot be read, or contradicts itself.
    BadResult,
    /// The attestation does not cover what decided.
    Incomplete,
    /// An authority was to have stamped the attestation, and there is no time stamp.
    NoTimestamp,
    /// The time stamp cannot be read, is not over this attestation, or is not signed by an authority that is believed.
    BadTimestamp,
    /// It is not valid any more.
    Expired,
    /// It claims to be made later than now.
    FromTheFuture,
    /// The log does not hold it, holds another in its place, says that it was withdrawn, or is itself not in order.
    Log,
}

impl FaultKind {
    /// All kinds.
    pub const ALL: [Self; 31] = [
        Self::NotAnArchive,
        Self::TruncatedArchive,
        Self::InconsistentArchive,
        Self::PathTraversal,
        Self::BadName,
        Self::Symlink,
        Self::SpecialFile,
        Self::DuplicateEntry,
        Self::TooLarge,
        Self::Unreadable,
        Self::NoAttestation,
        Self::MalformedEnvelope,
        Self::WrongPayloadType,
        Self::WrongStatementType,
        Self::WrongPredicateType,
        Self::MalformedPredicate,
        Self::NotSigned,
        Self::BadSignature,
        Self::NoExpectedSigner,
        Self::MissingFile,
        Self::SwappedPolicy,
        Self::ChangedFile,
        Self::AddedFile,
        Self::AlteredVerdict,
        Self::BadResult,
        Self::Incomplete,
        Self::NoTimestamp,
        Self::BadTimestamp,
        Self::Expired,
        Self::FromTheFuture,
        Self::Log,
    ];

    /// The name, the same in text and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAnArchive => "not-an-archive",
            Self::TruncatedArchive => "truncated-archive",
            Self::InconsistentArchive => "inconsistent-archive",
            Self::PathTraversal => "path-traversal",
            Self::BadName => "bad-name",
            Self::Symlink => "symlink",
            Self::SpecialFile => "special-file",
            Self::DuplicateEntry => "duplicate-entry",
            Self::TooLarge => "too-large",
            Self::Unreadable => "unreadable",
            Self::NoAttestation => "no-attestation",
            Self::MalformedEnvelope => "malformed-envelope",
            Self::WrongPayloadType => "wrong-payload-type",
            Self::WrongStatementType => "wrong-statement-type",
            Self::WrongPredicateType => "wrong-predicate-type",
            Self::MalformedPredicate => "malformed-predicate",
            Self::NotSigned => "not-signed",
            Self::BadSignature => "bad-signature",
            Self::NoExpectedSigner => "no-expected-signer",
            Self::MissingFile => "missing-file",
            Self::SwappedPolicy => "swapped-policy",
            Self::ChangedFile => "changed-file",
            Self::AddedFile => "added-file",
            Self::AlteredVerdict => "altered-verdict",
            Self::BadResult => "bad-result",
            Self::Incomplete => "incomplete",
            Self::NoTimestamp => "no-timestamp",
            Self::BadTimestamp => "bad-timestamp",
            Self::Expired => "expired",
            Self::FromTheFuture => "from-the-future",
            Self::Log => "log",
        }
    }

    /// True when it is about who signed or for how long, not about what the bundle holds.
    pub fn about_signing(self) -> bool {
        matches!(
            self,
            Self::NotSigned | Self::BadSignature | Self::NoExpectedSigner | Self::Expired | Self::FromTheFuture
        )
    }
}

impl Fault {
    /// A fault of a file.
    pub fn new(kind: FaultKind, file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, file: file.into(), message: message.into() }
    }
}

impl From<&Oddity> for Fault {
    fn from(odd: &Oddity) -> Self {
        let kind = match odd.kind {
            Odd::NoArchive => FaultKind::NotAnArchive,
            Odd::Truncated => FaultKind::TruncatedArchive,
            Odd::Inconsistent => FaultKind::InconsistentArchive,
            Odd::Traversal => FaultKind::PathTraversal,
            Odd::BadName => FaultKind::BadName,
            Odd::Link => FaultKind::Symlink,
            Odd::Special => FaultKind::SpecialFile,
            Odd::Duplicate => FaultKind::DuplicateEntry,
            Odd::TooLarge => FaultKind::TooLarge,
            Odd::Unreadable => FaultKind::Unreadable,
        };
        Self::new(kind, &odd.path, &odd.detail)
    }
}
