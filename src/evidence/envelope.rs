//! DSSE envelopes: a payload, its type, and signatures over both.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::{Deserialize, Serialize};

use super::keys::{PublicKey, SigningKey};

/// The type of the payload: an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// A signed payload, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The payload in base64.
    pub payload: String,
    /// What the payload is.
    pub payload_type: String,
    /// The signatures; none while nobody has signed.
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The key's id: SHA-256 of its SPKI in DER. A hint; only the key itself proves anything.
    #[serde(default)]
    pub keyid: String,
    /// The signature in base64.
    pub sig: String,
}

impl Envelope {
    /// An envelope that nobody has signed yet.
    pub fn new(payload: &[u8]) -> Self {
        Self { payload: STANDARD.encode(payload), payload_type: PAYLOAD_TYPE.to_owned(), signatures: Vec::new() }
    }

    /// Reads an envelope.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// The text of the file.
    ///
    /// # Errors
    /// A fault of the program.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| error.to_string())?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The payload.
    ///
    /// # Errors
    /// A text that is not base64.
    pub fn content(&self) -> Result<Vec<u8>, String> {
        decode(&self.payload).ok_or_else(|| "its payload is not base64".to_owned())
    }

    /// Adds a signature. A key signs once.
    ///
    /// # Errors
    /// A payload that is not base64, or a fault of the program.
    pub fn sign(&mut self, key: &SigningKey) -> Result<(), String> {
        let keyid = key.public()?.id;
        let sig = STANDARD.encode(key.sign(&pae(&self.payload_type, &self.content()?))?);
        self.signatures.retain(|signature| signature.keyid != keyid);
        self.signatures.push(Signature { keyid, sig });
        self.signatures.sort_by(|a, b| a.keyid.cmp(&b.keyid));
        Ok(())
    }

    /// Whether a signature of the key is among the signatures, whatever key they name.
    ///
    /// # Errors
    /// A payload that is not base64.
    pub fn signed_by(&self, key: &PublicKey) -> Result<bool, String> {
        let signed = pae(&self.payload_type, &self.content()?);
        Ok(self.signatures.iter().filter_map(|signature| decode(&signature.sig)).any(|sig| key.verifies(&signed, &sig)))
    }
}

/// What is signed: the type and the payload, each with its length, so that neither can be taken for the other.
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// Either alphabet of base64, as the specification asks.
fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}
