"""Verifies a DSSE envelope with securesystemslib, and that it refuses the envelope once anything in it is changed.

usage: dsse.py ENVELOPE PUBLIC-KEY.pem
       dsse.py --self-check         with keys made for the purpose, Ed25519 and ECDSA on P-256
"""

import base64
import copy
import json
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey


def verifies(envelope, key, keyid=None):
    """The payload when a signature by the key is in the envelope, else nothing."""
    envelope = copy.deepcopy(envelope)
    for signature in envelope["signatures"]:
        # The standard makes the name of a key a hint that may be missing; the library matches by it.
        signature["keyid"] = keyid or key.keyid
    try:
        parsed = Envelope.from_dict(envelope)
        parsed.verify([key], 1)
    except (VerificationError, ValueError):
        return None
    return parsed.payload


def changed(envelope):
    """Envelopes that differ from the given one in one thing."""
    payload = bytearray(base64.b64decode(envelope["payload"]))
    for at in (0, len(payload) // 2, len(payload) - 1):
        other = bytearray(payload)
        other[at] ^= 1
        yield f"byte {at} of the payload", {**envelope, "payload": base64.b64encode(other).decode()}
    yield "the payload's end", {**envelope, "payload": base64.b64encode(payload + b" ").decode()}
    yield "the payload's type", {**envelope, "payloadType": envelope["payloadType"] + "x"}
    signatures = copy.deepcopy(envelope["signatures"])
    signature = bytearray(base64.b64decode(signatures[0]["sig"]))
    signature[-1] ^= 1
    signatures[0]["sig"] = base64.b64encode(signature).decode()
    yield "the signature", {**envelope, "signatures": signatures}


def check(envelope, key, other, name):
    if len(envelope["signatures"]) != 1:
        sys.exit(f"dsse: {name} has {len(envelope['signatures'])} signatures, not one")
    payload = verifies(envelope, key)
    if payload is None:
        sys.exit(f"dsse: {name} does not verify")
    for what, tampered in changed(envelope):
        if verifies(tampered, key) is not None:
            sys.exit(f"dsse: {name} verifies although {what} is changed")
    if verifies(envelope, other) is not None:
        sys.exit(f"dsse: {name} verifies under another key")
    json.loads(payload)
    print(f"dsse: {name} verifies ({key.keytype}, {envelope['payloadType']}), and no longer once anything is changed")


def signers():
    yield "Ed25519", CryptoSigner(ed25519.Ed25519PrivateKey.generate())
    yield "ECDSA on P-256", CryptoSigner(ec.generate_private_key(ec.SECP256R1()))


def main(arguments):
    if arguments == ["--self-check"]:
        for name, signer in signers():
            envelope = Envelope(b'{"a": 1}', "application/vnd.in-toto+json", {})
            envelope.sign(signer)
            _, other = next(signers())
            check(envelope.to_dict(), signer.public_key, other.public_key, f"an envelope signed with {name}")
        return
    path, pem = arguments
    key = SSlibKey.from_crypto(load_pem_public_key(pathlib.Path(pem).read_bytes()))
    _, other = next(signers())
    check(json.loads(pathlib.Path(path).read_text(encoding="utf-8")), key, other.public_key, path)


if __name__ == "__main__":
    main(sys.argv[1:])
