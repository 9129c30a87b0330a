//! The digests and signatures that authorities use: RSA (PKCS #1 v1.5) and ECDSA over P-256 and P-384, with SHA-2.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs1v15;
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::der::{is, parts};

pub(super) const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ECDSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA_384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA_512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

/// Shorter keys of RSA are not trusted any more, in bytes (NIST SP 800-131A).
const LEAST_RSA: usize = 256;

/// How a digest is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// Only to find a certificate by.
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// By its `AlgorithmIdentifier`.
    pub(super) fn of(algorithm: AnyRef<'_>) -> Option<Self> {
        let name = *parts(algorithm)?.first()?;
        [(SHA_256, Self::Sha256), (SHA_384, Self::Sha384), (SHA_512, Self::Sha512)]
            .into_iter()
            .find_map(|(kind, hash)| is(name, kind).then_some(hash))
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// How a signature is made: the kind of key, but for the curve, and the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scheme {
    rsa: bool,
    hash: Hash,
}

impl Scheme {
    /// By its `AlgorithmIdentifier`. Plain RSA leaves the digest to the one of the content.
    pub(super) fn of(algorithm: AnyRef<'_>, content: Hash) -> Option<Self> {
        let name = *parts(algorithm)?.first()?;
        [
            (RSA_ENCRYPTION, true, content),
            (RSA_SHA_256, true, Hash::Sha256),
            (RSA_SHA_384, true, Hash::Sha384),
            (RSA_SHA_512, true, Hash::Sha512),
            (ECDSA_SHA_256, false, Hash::Sha256),
            (ECDSA_SHA_384, false, Hash::Sha384),
            (ECDSA_SHA_512, false, Hash::Sha512),
        ]
        .into_iter()
        .find_map(|(kind, rsa, hash)| is(name, kind).then_some(Self { rsa, hash }))
    }

    /// The algorithms that it may be, one for each kind of key.
    pub(super) fn algorithms(self) -> impl Iterator<Item = &'static dyn SignatureVerificationAlgorithm> {
        let of = move |known: &&Algorithm| known.hash == self.hash && (known.key == Key::Rsa) == self.rsa;
        ALGORITHMS.iter().filter(of).map(|known| known as &dyn SignatureVerificationAlgorithm)
    }
}

/// Every algorithm, for the signatures of certificates.
pub(super) fn all() -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    ALGORITHMS.iter().map(|known| known as &dyn SignatureVerificationAlgorithm).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Rsa,
    P256,
    P384,
}

#[derive(Debug)]
struct Algorithm {
    key: Key,
    hash: Hash,
    signature: AlgorithmIdentifier,
}

const fn algorithm(key: Key, hash: Hash, signature: AlgorithmIdentifier) -> Algorithm {
    Algorithm { key, hash, signature }
}

static ALGORITHMS: [Algorithm; 9] = [
    algorithm(Key::Rsa, Hash::Sha256, alg_id::RSA_PKCS1_SHA256),
    algorithm(Key::Rsa, Hash::Sha384, alg_id::RSA_PKCS1_SHA384),
    algorithm(Key::Rsa, Hash::Sha512, alg_id::RSA_PKCS1_SHA512),
    algorithm(Key::P256, Hash::Sha256, alg_id::ECDSA_SHA256),
    algorithm(Key::P256, Hash::Sha384, alg_id::ECDSA_SHA384),
    algorithm(Key::P256, Hash::Sha512, alg_id::ECDSA_SHA512),
    algorithm(Key::P384, Hash::Sha256, alg_id::ECDSA_SHA256),
    algorithm(Key::P384, Hash::Sha384, alg_id::ECDSA_SHA384),
    algorithm(Key::P384, Hash::Sha512, alg_id::ECDSA_SHA512),
];

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let digest = self.hash.digest(message);
        let valid = match self.key {
            Key::Rsa => rsa(self.hash, key, &digest, signature),
            Key::P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(key)
                .and_then(|key| key.verify_prehash(&digest, &p256::ecdsa::Signature::from_der(signature)?))
                .is_ok(),
            Key::P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(key)
                .and_then(|key| key.verify_prehash(&digest, &p384::ecdsa::Signature::from_der(signature)?))
                .is_ok(),
        };
        if valid { Ok(()) } else { Err(InvalidSignature) }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        match self.key {
            Key::Rsa => alg_id::RSA_ENCRYPTION,
            Key::P256 => alg_id::ECDSA_P256,
            Key::P384 => alg_id::ECDSA_P384,
        }
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

fn rsa(hash: Hash, key: &[u8], digest: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = rsa::PublicKey::from_pkcs1_der(key) else { return false };
    let Ok(signature) = pkcs1v15::Signature::try_from(signature) else { return false };
    let verified = match hash {
        _ if key.size() < LEAST_RSA => return false,
        Hash::Sha1 => return false,
        Hash::Sha256 => pkcs1v15::VerifyingKey::<Sha256>::new(key).verify_prehash(digest, &signature),
        Hash::Sha384 => pkcs1v15::VerifyingKey::<Sha384>::new(key).verify_prehash(digest, &signature),
        Hash::Sha512 => pkcs1v15::VerifyingKey::<Sha512>::new(key).verify_prehash(digest, &signature),
    };
    verified.is_ok()
}
