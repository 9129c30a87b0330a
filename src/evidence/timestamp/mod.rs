//! Time stamps by RFC 3161: what a token says, and whether an authority signed it.

mod algorithm;
mod authority;
mod der;
mod signed;

use pkcs8::der::Decode;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};

use crate::model::Time;
use crate::source::hex;

pub use authority::Authority;
use der::{is, parts};
use signed::Signed;

/// `id-ct-TSTInfo`: what is signed is a time stamp (RFC 3161, 2.4.2).
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStamp {
    /// SHA-256 of what was stamped.
    pub sha256: String,
    /// When.
    pub time: Time,
    signed: Signed,
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
        let signed = Signed::find(root)?;
        // TSTInfo: version, policy, imprint, serial number, time (RFC 3161, 2.4.2).
        let info = parts(AnyRef::from_der(&signed.content).ok()?)?;
        let imprint = parts(*info.get(2)?)?;
        is(*parts(*imprint.first()?)?.first()?, algorithm::SHA_256).then_some(())?;
        let sha256 = hex(imprint.get(1)?.value());
        let time = time(std::str::from_utf8(info.get(4)?.value()).ok()?)?;
        Some(Self { sha256, time, signed })
    }

    /// Checks that the key of a certificate for time stamps signed it, and that the certificate led to one of the authorities
    /// when it did. Revocation is not asked for: that needs a network. Gives the name in the certificate.
    ///
    /// # Errors
    /// Why it proves nothing.
    pub fn signed_by(&self, authorities: &[Authority]) -> Result<String, String> {
        authority::check(&self.signed, self.time, authorities)
    }
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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use pkcs8::der::asn1::AnyRef;
    use pkcs8::der::{Decode, Encode, Tag, Tagged};

    use super::algorithm::Hash;
    use super::der::parts;
    use super::{Authority, TimeStamp};
    use crate::source::sha256;

    /// Tokens over the text `attestation`, and certificates, made by `tests/outside/authorities.sh`.
    fn file(name: &str) -> Vec<u8> {
        fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/timestamps").join(name)).unwrap()
    }

    fn authorities(name: &str) -> Vec<Authority> {
        Authority::read(std::str::from_utf8(&file(name)).unwrap()).unwrap()
    }

    fn check(token: &str, authorities: &[Authority]) -> Result<String, String> {
        let stamp = TimeStamp::read(&file(token)).unwrap();
        assert_eq!(stamp.sha256, sha256(b"attestation"));
        stamp.signed_by(authorities)
    }

    #[test]
    fn an_authority_that_is_believed_signed_it() {
        for (token, name) in [
            ("good-rsa2048-sha512-sha1.tsr", "Example time rsa2048"),
            ("good-P-256-sha256-sha256.tsr", "Example time P-256"),
            ("good-P-384-sha384-sha512.tsr", "Example time P-384"),
        ] {
            assert_eq!(check(token, &authorities("roots.pem")), Ok(name.to_owned()));
        }
    }

    #[test]
    fn what_proves_nothing_says_why() {
        for (token, why) in [
            ("bad-no-certificate.tsr", "does not come with it"),
            ("bad-other-root.tsr", "leads to none of the authorities"),
            ("bad-expired.tsr", "was not valid at the time"),
            ("bad-short-key.tsr", "not by the certificate"),
            ("bad-other-purpose.tsr", "not one for time stamps"),
        ] {
            let error = check(token, &authorities("roots.pem")).unwrap_err();
            assert!(error.contains(why), "{token}: {error}");
        }
        assert!(check("good-P-256-sha256-sha256.tsr", &[]).unwrap_err().contains("leads to none"));
        assert!(Authority::read("attestation").is_err());
    }

    #[test]
    fn a_certificate_may_come_on_another_way() {
        let mut known = authorities("roots.pem");
        known.extend(authorities("P-256.pem"));
        assert!(check("bad-no-certificate.tsr", &known).is_ok());
    }

    /// Whatever bit is turned: no other time and no other text is ever believed.
    #[test]
    fn no_changed_token_is_believed() {
        let (token, authorities) = (file("good-P-256-sha256-sha256.tsr"), authorities("roots.pem"));
        let real = TimeStamp::read(&token).unwrap();
        let mut refused = 0;
        for at in 0..token.len() * 8 {
            let mut changed = token.clone();
            changed[at / 8] ^= 1 << (at % 8);
            let believed = TimeStamp::read(&changed).ok().filter(|stamp| stamp.signed_by(&authorities).is_ok());
            match believed {
                Some(stamp) => assert_eq!((&stamp.sha256, stamp.time), (&real.sha256, real.time), "bit {at}"),
                None => refused += 1,
            }
        }
        assert!(refused > token.len() * 4, "only {refused} refused");
    }

    /// A value in which the parts at the end of a path are others.
    fn changed(value: AnyRef<'_>, path: &[usize], change: &dyn Fn(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        let parts = parts(value).unwrap();
        let mut bytes: Vec<Vec<u8>> = parts.iter().map(|part| part.to_der().unwrap()).collect();
        match path {
            [] => change(&mut bytes),
            [at, rest @ ..] => bytes[*at] = changed(parts[*at], rest, change),
        }
        AnyRef::new(value.tag(), &bytes.concat()).unwrap().to_der().unwrap()
    }

    fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        [&bytes[..at], to, &bytes[at + from.len()..]].concat()
    }

    /// What is signed must be what is read: the signed attributes cannot stand in one place and others in another.
    #[test]
    fn attributes_beside_the_signed_ones_are_not_believed() {
        let token = file("good-P-256-sha256-sha256.tsr");
        let content = super::Signed::find(AnyRef::from_der(&token).unwrap()).unwrap().content;
        let later = replaced(&content, b"2026", b"2027");
        let (before, after) = (Hash::Sha256.digest(&content), Hash::Sha256.digest(&later));
        let token = changed(AnyRef::from_der(&token).unwrap(), &[1, 1, 0, 2, 1], &|parts| {
            parts[0] = AnyRef::new(Tag::OctetString, &later).unwrap().to_der().unwrap();
        });
        let token = changed(AnyRef::from_der(&token).unwrap(), &[1, 1, 0, 4, 0], &|parts| {
            let signed = parts[3].clone();
            let signed = AnyRef::from_der(&signed).unwrap();
            parts[3] = AnyRef::new(Tag::Sequence, signed.value()).unwrap().to_der().unwrap();
            let forged = replaced(signed.value(), &before, &after);
            parts.push(AnyRef::new(signed.tag(), &forged).unwrap().to_der().unwrap());
        });
        let stamp = TimeStamp::read(&token).unwrap();
        assert!(stamp.time.to_string().starts_with("2027"));
        assert!(stamp.signed_by(&authorities("roots.pem")).is_err());
    }
}
