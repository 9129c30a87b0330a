//! What is signed, by which key: `SignedData` of CMS (RFC 5652, 5).

use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use pkcs8::der::{Encode, Tag, Tagged};

use super::TST_INFO;
use super::algorithm::{self, Hash};
use super::der::{is, parts, tagged, wrapped};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
/// The certificate by its SHA-1 (RFC 2634, 5.4).
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// The certificate by another digest (RFC 5035, 3).
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// A content, and who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    /// The content: `TSTInfo`.
    pub(super) content: Vec<u8>,
    /// The certificates that came with it.
    pub(super) certificates: Vec<Vec<u8>>,
    /// The one who signed; none when nobody did, or more than one, which RFC 3161 does not allow.
    pub(super) signer: Option<Signer>,
}

/// Who signed, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signer {
    /// The attributes that are signed, as a set: what the signature is over.
    pub(super) message: Vec<u8>,
    /// The content's digest in them.
    pub(super) digest: Vec<u8>,
    /// How it is computed.
    pub(super) hash: Hash,
    /// The digest of the signer's certificate in them, and how it is computed.
    pub(super) certificate: (Hash, Vec<u8>),
    /// How the signature is made.
    pub(super) scheme: algorithm::Scheme,
    /// The signature.
    pub(super) signature: Vec<u8>,
}

impl Signed {
    /// Finds the signed data in a response or in a token.
    pub(super) fn find(root: AnyRef<'_>) -> Option<Self> {
        let parts = parts(root)?;
        // A response has a status before the token.
        let token = if parts.first()?.tag() == Tag::Sequence { self::parts(*parts.get(1)?)? } else { parts };
        let signed = self::parts(wrapped(&token, SIGNED_DATA)?)?;
        let content = wrapped(&self::parts(*signed.get(2)?)?, TST_INFO)?;
        let certificates = tagged(&signed, 0).and_then(self::parts).unwrap_or_default();
        let certificates = certificates.iter().map(Encode::to_der).collect::<Result<_, _>>().ok()?;
        let signers = self::parts(*signed.last()?)?;
        let signer = if let [signer] = &*signers { Signer::of(*signer) } else { None };
        Some(Self { content: content.value().to_vec(), certificates, signer })
    }
}

impl Signer {
    /// `SignerInfo`: version, identifier, digest, signed attributes, algorithm, signature (RFC 5652, 5.3).
    fn of(info: AnyRef<'_>) -> Option<Self> {
        let parts = parts(info)?;
        let [_, _, digest, attributes, scheme, signature, ..] = &*parts else { return None };
        let hash = Hash::of(*digest)?;
        // In this place and no other: what is signed must be what is read below.
        let attributes = tagged(std::slice::from_ref(attributes), 0)?;
        // The tag that stands in the message is not the one that is signed (RFC 5652, 5.4).
        let message = AnyRef::new(Tag::Set, attributes.value()).ok()?.to_der().ok()?;
        let attributes = self::parts(attributes)?;
        let attributes: Vec<_> = attributes.into_iter().map(self::parts).collect::<Option<_>>()?;
        // Each attribute may stand there once, with one value (RFC 5652, 11).
        let value = |kind: ObjectIdentifier| {
            let mut of = attributes.iter().filter(|attribute| attribute.first().is_some_and(|found| is(*found, kind)));
            let values = self::parts(*of.next()?.get(1)?)?;
            if of.next().is_none() && values.len() == 1 { values.first().copied() } else { None }
        };
        is(value(CONTENT_TYPE)?, TST_INFO).then_some(())?;
        let certificate = match value(SIGNING_CERTIFICATE_V2) {
            Some(named) => Self::certificate(named, Hash::Sha256)?,
            None => Self::certificate(value(SIGNING_CERTIFICATE)?, Hash::Sha1)?,
        };
        Some(Self {
            message,
            digest: value(MESSAGE_DIGEST)?.value().to_vec(),
            hash,
            certificate,
            scheme: algorithm::Scheme::of(*scheme, hash)?,
            signature: signature.value().to_vec(),
        })
    }

    /// The first of the certificates named is the signer's: an algorithm, if it is not the usual one, and a digest.
    fn certificate(named: AnyRef<'_>, usual: Hash) -> Option<(Hash, Vec<u8>)> {
        let first = parts(*parts(*parts(named)?.first()?)?.first()?)?;
        match first.first()? {
            algorithm if algorithm.tag() == Tag::Sequence => {
                Some((Hash::of(*algorithm)?, first.get(1)?.value().to_vec()))
            }
            digest => Some((usual, digest.value().to_vec())),
        }
    }
}
