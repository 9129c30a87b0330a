//! Whom to believe the time: certificates, and the way from a token to one of them.

use std::time::Duration;

use jiff::Timestamp;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use pkcs8::der::{Tag, Tagged};
use pki_types::pem::PemObject;
use pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

use super::algorithm;
use super::der::{is, parts};
use super::signed::Signed;
use crate::model::Time;

/// `id-kp-timeStamping`, as it stands in a certificate (RFC 3161, 2.3).
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// The certificate of an authority that is believed: a root, or an intermediate one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority(CertificateDer<'static>);

impl Authority {
    /// Reads every certificate of a file in PEM.
    ///
    /// # Errors
    /// A text without certificates, or with one that cannot be read.
    pub fn read(text: &str) -> Result<Vec<Self>, String> {
        let read = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>();
        let certificates = read.map_err(|error| format!("it is no PEM: {error}"))?;
        if certificates.is_empty() {
            return Err("there is no certificate in it; it must stand there in PEM".to_owned());
        }
        for certificate in &certificates {
            anchor_from_trusted_cert(certificate).map_err(|error| format!("a certificate in it is none: {error}"))?;
        }
        Ok(certificates.into_iter().map(Self).collect())
    }
}

/// Who signed, by the name in the certificate.
pub(super) fn check(signed: &Signed, time: Time, authorities: &[Authority]) -> Result<String, String> {
    let signer = signed.signer.as_ref();
    let signer = signer.ok_or("it has no signature by one key of a kind that is known here (RFC 3161, 2.4.2)")?;
    if signer.hash.digest(&signed.content) != signer.digest {
        return Err("what is signed is not what it says".to_owned());
    }
    let certificates: Vec<CertificateDer<'_>> =
        signed.certificates.iter().map(|certificate| CertificateDer::from_slice(certificate)).collect();
    let (hash, digest) = &signer.certificate;
    // An authority need not send its certificate with the token. Then it must be among those that are believed.
    let mut known = certificates.iter().chain(authorities.iter().map(|authority| &authority.0));
    let certificate = known.find(|certificate| hash.digest(certificate) == *digest);
    let certificate = certificate.ok_or("the certificate of who signed it does not come with it")?;
    let certificate = EndEntityCert::try_from(certificate).map_err(|error| why(&error))?;
    let valid = |algorithm| certificate.verify_signature(algorithm, &signer.message, &signer.signature).is_ok();
    if !signer.scheme.algorithms().any(valid) {
        return Err("the signature is not by the certificate that it names, or not over this token".to_owned());
    }
    let anchors: Result<Vec<_>, Error> =
        authorities.iter().map(|authority| anchor_from_trusted_cert(&authority.0)).collect();
    let anchors = anchors.map_err(|error| why(&error))?;
    let seconds = u64::try_from(Timestamp::from(time).as_second()).unwrap_or_default();
    certificate
        .verify_for_usage(
            &algorithm::all(),
            &anchors,
            &certificates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            KeyUsage::required(TIME_STAMPING),
            None,
            None,
        )
        .map_err(|error| why(&error))?;
    Ok(name(certificate.subject()).unwrap_or_else(|| "an authority without a name".to_owned()))
}

fn why(error: &Error) -> String {
    match error {
        // Also when somebody else's certificate has the name of one.
        Error::UnknownIssuer | Error::InvalidSignatureForPublicKey => {
            "its certificate leads to none of the authorities that are believed".to_owned()
        }
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } => {
            "a certificate on the way to the authority was not valid at the time that it tells".to_owned()
        }
        Error::RequiredEkuNotFoundContext(_) => "its certificate is not one for time stamps".to_owned(),
        other => format!("its certificate does not hold: {other}"),
    }
}

/// The common name, else the last name of a subject.
fn name(subject: &[u8]) -> Option<String> {
    let subject = parts(AnyRef::new(Tag::Sequence, subject).ok()?)?;
    let mut found = None;
    for set in subject {
        for attribute in parts(set)? {
            let attribute = parts(attribute)?;
            let [kind, value] = &*attribute else { continue };
            let text = matches!(value.tag(), Tag::Utf8String | Tag::PrintableString);
            let text = text.then(|| String::from_utf8_lossy(value.value()).into_owned());
            if is(*kind, COMMON_NAME) && text.is_some() {
                return text;
            }
            found = text.or(found);
        }
    }
    found
}
