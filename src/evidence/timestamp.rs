//! Time stamps by RFC 3161: what a token says. Whether an authority signed it is for `openssl ts -verify`, with its certificate.

use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use pkcs8::der::{Decode, Reader, SliceReader, Tag, Tagged};

use crate::model::Time;
use crate::source::hex;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStamp {
    /// SHA-256 of what was stamped.
    pub sha256: String,
    /// When.
    pub time: Time,
}

impl TimeStamp {
    /// Reads a response of a time stamping authority, or the token alone, in DER.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        Self::find(bytes).ok_or_else(|| "it is no token by RFC 3161 over a SHA-256 digest, in DER".to_owned())
    }

    fn find(bytes: &[u8]) -> Option<Self> {
        let root = AnyRef::from_der(bytes).ok()?;
        let parts = parts(root)?;
        // A response has a status before the token.
        let token = if parts.first()?.tag() == Tag::Sequence { self::parts(*parts.get(1)?)? } else { parts };
        let signed = wrapped(&token, SIGNED_DATA)?;
        let content = self::parts(*self::parts(signed)?.get(2)?)?;
        let info = AnyRef::from_der(wrapped(&content, TST_INFO)?.value()).ok()?;
        let info = self::parts(info)?;
        let imprint = self::parts(*info.get(2)?)?;
        let algorithm = self::parts(*imprint.first()?)?.first()?.decode_as::<ObjectIdentifier>().ok()?;
        (algorithm == SHA_256).then_some(())?;
        Some(Self {
            sha256: hex(imprint.get(1)?.value()),
            time: time(std::str::from_utf8(info.get(4)?.value()).ok()?)?,
        })
    }
}

/// What stands inside a value.
fn parts(value: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(value.value()).ok()?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(parts)
}

/// The content that stands behind its type.
fn wrapped<'a>(content: &[AnyRef<'a>], kind: ObjectIdentifier) -> Option<AnyRef<'a>> {
    (content.first()?.decode_as::<ObjectIdentifier>().ok()? == kind).then_some(())?;
    parts(*content.get(1)?)?.first().copied()
}

/// `20261122093000Z`, perhaps with a fraction of a second.
fn time(text: &str) -> Option<Time> {
    let (digits, rest) = text.split_at_checked(14)?;
    (rest.ends_with('Z') && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(())?;
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14))
        .parse()
        .ok()
}
