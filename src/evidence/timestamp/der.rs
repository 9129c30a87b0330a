//! Values in DER, taken apart (X.690).

use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use pkcs8::der::{Decode, Reader, SliceReader, Tag, Tagged};

/// What stands inside a value.
pub(super) fn parts(value: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(value.value()).ok()?;
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(parts)
}

/// The content that stands behind its type.
pub(super) fn wrapped<'a>(content: &[AnyRef<'a>], kind: ObjectIdentifier) -> Option<AnyRef<'a>> {
    is(*content.first()?, kind).then_some(())?;
    parts(*content.get(1)?)?.first().copied()
}

/// The part with a tag of the context, such as `[0]`.
pub(super) fn tagged<'a>(parts: &[AnyRef<'a>], number: u32) -> Option<AnyRef<'a>> {
    let of = |part: &&AnyRef<'_>| matches!(part.tag(), Tag::ContextSpecific { number: found, .. } if found.value() == number);
    parts.iter().find(of).copied()
}

/// True when the value is this identifier.
pub(super) fn is(value: AnyRef<'_>, kind: ObjectIdentifier) -> bool {
    value.decode_as::<ObjectIdentifier>().is_ok_and(|found| found == kind)
}
