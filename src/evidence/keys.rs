//! Keys: Ed25519 and ECDSA P-256, in PEM. Secret keys are PKCS#8, open or under a passphrase; public keys are SPKI.

use ed25519_dalek::pkcs8::KeypairBytes;
use p256::ecdsa::signature::{Signer, Verifier};
use pkcs8::der::pem;
use pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding};

use crate::source::sha256;

/// The algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA over P-256 with SHA-256, and nonces by RFC 6979.
    EcdsaP256,
}

/// A key that signs.
pub struct SigningKey(Secret);

enum Secret {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
}

/// A key that checks signatures.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicKey {
    key: Public,
    /// SHA-256 of the key's SPKI in DER, in lower-case hexadecimal digits.
    pub id: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
}

impl Algorithm {
    /// All algorithms.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::EcdsaP256];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256 => "ecdsa-p256",
        }
    }
}

impl SigningKey {
    /// A new key, from the system's source of random bytes.
    ///
    /// # Errors
    /// A system that gives none.
    pub fn generate(algorithm: Algorithm) -> Result<Self, String> {
        // The chance that random bytes are no key of P-256 is one in four thousand million; a second time it is a fault.
        for _ in 0..4 {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed).map_err(|error| format!("the system gives no random bytes: {error}"))?;
            match algorithm {
                Algorithm::Ed25519 => {
                    return Ok(Self(Secret::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))));
                }
                Algorithm::EcdsaP256 => {
                    if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&seed) {
                        return Ok(Self(Secret::P256(key)));
                    }
                }
            }
        }
        Err("the system's random bytes make no key".to_owned())
    }

    /// Reads a secret key.
    ///
    /// # Errors
    /// What is wrong with the text, and how to mend it.
    pub fn read(text: &str, passphrase: Option<&str>) -> Result<Self, String> {
        match (label(text)?, passphrase) {
            ("PRIVATE KEY", _) => {
                let ed25519 = ed25519_dalek::SigningKey::from_pkcs8_pem(text).map(Secret::Ed25519);
                let key = ed25519.or_else(|_| p256::ecdsa::SigningKey::from_pkcs8_pem(text).map(Secret::P256));
                key.map(Self).map_err(|_| other_algorithm("secret"))
            }
            ("ENCRYPTED PRIVATE KEY", None) => {
                Err("it is under a passphrase: name the file that holds it with --passphrase-file".to_owned())
            }
            ("ENCRYPTED PRIVATE KEY", Some(passphrase)) => {
                let ed25519 =
                    ed25519_dalek::SigningKey::from_pkcs8_encrypted_pem(text, passphrase).map(Secret::Ed25519);
                let key = ed25519
                    .or_else(|_| p256::ecdsa::SigningKey::from_pkcs8_encrypted_pem(text, passphrase).map(Secret::P256));
                key.map(Self).map_err(|_| format!("the passphrase does not open it, or {}", other_algorithm("secret")))
            }
            ("PUBLIC KEY", _) => Err("it is the public key; signing needs the secret one".to_owned()),
            ("EC PRIVATE KEY", _) => {
                Err("it is not in PKCS#8: `openssl pkcs8 -topk8 -nocrypt` turns it into that".to_owned())
            }
            (label, _) => Err(format!("it is a `{label}`, no secret key in PKCS#8")),
        }
    }

    /// The key in PEM, under a passphrase where one is given.
    ///
    /// # Errors
    /// A key that cannot be written: a fault of the program.
    pub fn pem(&self, passphrase: Option<&str>) -> Result<String, String> {
        fn write(key: &impl EncodePrivateKey, passphrase: Option<&str>) -> pkcs8::Result<String> {
            let text = match passphrase {
                Some(passphrase) => key.to_pkcs8_encrypted_pem(passphrase, LineEnding::LF)?,
                None => key.to_pkcs8_pem(LineEnding::LF)?,
            };
            Ok(text.to_string())
        }
        let written = match &self.0 {
            // Without the public key, which is optional and keeps OpenSSL from reading the file.
            Secret::Ed25519(key) => write(&KeypairBytes { secret_key: key.to_bytes(), public_key: None }, passphrase),
            Secret::P256(key) => write(key, passphrase),
        };
        written.map_err(|error| error.to_string())
    }

    /// The key that checks the signatures of this one.
    ///
    /// # Errors
    /// A key that cannot be written: a fault of the program.
    pub fn public(&self) -> Result<PublicKey, String> {
        PublicKey::new(match &self.0 {
            Secret::Ed25519(key) => Public::Ed25519(key.verifying_key()),
            Secret::P256(key) => Public::P256(*key.verifying_key()),
        })
    }

    /// Signs. Equal bytes give equal signatures.
    ///
    /// # Errors
    /// A fault of the program.
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        match &self.0 {
            Secret::Ed25519(key) => {
                let signature: ed25519_dalek::Signature = key.try_sign(bytes).map_err(|error| error.to_string())?;
                Ok(signature.to_bytes().to_vec())
            }
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(bytes).map_err(|error| error.to_string())?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
        }
    }
}

impl PublicKey {
    fn new(key: Public) -> Result<Self, String> {
        let spki = match &key {
            Public::Ed25519(key) => key.to_public_key_der(),
            Public::P256(key) => key.to_public_key_der(),
        };
        let id = sha256(spki.map_err(|error| error.to_string())?.as_bytes());
        Ok(Self { key, id })
    }

    /// Reads a public key.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str) -> Result<Self, String> {
        match label(text)? {
            "PUBLIC KEY" => {
                let ed25519 = ed25519_dalek::VerifyingKey::from_public_key_pem(text).map(Public::Ed25519);
                let key = ed25519.or_else(|_| p256::ecdsa::VerifyingKey::from_public_key_pem(text).map(Public::P256));
                Self::new(key.map_err(|_| other_algorithm("public"))?)
            }
            label if label.contains("PRIVATE") => {
                Err("it is a secret key; checking needs the public one, and the secret one stays with its owner"
                    .to_owned())
            }
            label => Err(format!("it is a `{label}`, no public key in PEM")),
        }
    }

    /// The key in PEM.
    ///
    /// # Errors
    /// A key that cannot be written: a fault of the program.
    pub fn pem(&self) -> Result<String, String> {
        let pem = match &self.key {
            Public::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
            Public::P256(key) => key.to_public_key_pem(LineEnding::LF),
        };
        pem.map_err(|error| error.to_string())
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        match &self.key {
            Public::Ed25519(_) => Algorithm::Ed25519,
            Public::P256(_) => Algorithm::EcdsaP256,
        }
    }

    /// Whether the signature is one of this key over the bytes.
    pub fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(bytes, &signature).is_ok()),
            Public::P256(key) => {
                p256::ecdsa::Signature::from_der(signature).is_ok_and(|signature| key.verify(bytes, &signature).is_ok())
            }
        }
    }
}

fn label(text: &str) -> Result<&str, String> {
    pem::decode_label(text.as_bytes()).map_err(|_| "it is no key in PEM (`-----BEGIN …-----`)".to_owned())
}

fn other_algorithm(which: &str) -> String {
    format!("it is a {which} key of an algorithm that is not used here; one of ed25519, ecdsa-p256")
}
