#!/usr/bin/env bash
# Authorities that stamp a time, and their tokens over a file (RFC 3161), made by OpenSSL: for tests, with keys that nobody keeps.
#
#   tests/outside/authorities.sh FILE FOLDER
#
# Writes into FOLDER: `roots.pem`, the certificates to believe; `good-*.tsr`, tokens that lead to one of them; `bad-*.tsr`, tokens
# that prove nothing.
set -euo pipefail
. "$(dirname "$0")/tools.sh"
need openssl openssl
file=$(realpath "$1")
mkdir -p "$2"
cd "$2"

quietly() { "$@" 2>openssl.log || { cat openssl.log >&2; exit 1; }; }

key() { # KIND NAME
  case $1 in
    rsa*) quietly openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:${1#rsa}" -out "$2.key" ;;
    *) quietly openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$1" -out "$2.key" ;;
  esac
}

root() { # KIND NAME
  key "$1" "$2"
  quietly openssl req -x509 -new -key "$2.key" -subj "/O=Example/CN=Example root $1" -days 14600 -out "$2.pem"
}

# A certificate under a root; PURPOSE is an extended key usage.
issue() { # KIND NAME ROOT PURPOSE DAYS
  key "$1" "$2"
  quietly openssl req -new -key "$2.key" -subj "/O=Example/CN=Example time $1" -out "$2.csr"
  printf 'extendedKeyUsage=critical,%s\nkeyUsage=critical,digitalSignature\nbasicConstraints=CA:FALSE\n' "$4" >"$2.ext"
  quietly openssl x509 -req -in "$2.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days "$5" -extfile "$2.ext" -out "$2.pem"
}

# A token: signed with DIGEST, its certificate named by ESS.
stamp() { # SIGNER DIGEST ESS OUT QUERY
  printf '%s\n' '[tsa]' 'default_tsa=it' '[it]' 'serial=serial' 'default_policy=1.2.3.4' 'digests=sha256' \
    "signer_digest=$2" "ess_cert_id_alg=$3" >tsa.cnf
  quietly openssl ts -config tsa.cnf -reply -section it -queryfile "$5" -signer "$1.pem" -inkey "$1.key" -out "$4"
}

echo 01 >serial
quietly openssl ts -query -data "$file" -sha256 -cert -out with.tsq
quietly openssl ts -query -data "$file" -sha256 -out without.tsq

for kind in rsa2048 P-256 P-384; do
  root "$kind" "root-$kind"
  issue "$kind" "$kind" "root-$kind" timeStamping 14600
  issue "$kind" "other-$kind" "root-$kind" codeSigning 14600
  for digest in sha256 sha384 sha512; do
    for ess in sha1 sha256 sha512; do
      stamp "$kind" "$digest" "$ess" "good-$kind-$digest-$ess.tsr" with.tsq
    done
  done
done
cat root-rsa2048.pem root-P-256.pem root-P-384.pem >roots.pem

stamp P-256 sha256 sha256 bad-no-certificate.tsr without.tsq
root P-256 stranger
issue P-256 strange stranger timeStamping 14600
stamp strange sha256 sha256 bad-other-root.tsr with.tsq
issue P-256 late root-P-256 timeStamping 0
sleep 2
stamp late sha256 sha256 bad-expired.tsr with.tsq
root rsa1024 root-rsa1024
issue rsa1024 short root-rsa1024 timeStamping 14600
cat root-rsa1024.pem >>roots.pem
stamp short sha256 sha256 bad-short-key.tsr with.tsq
# `openssl ts` does not sign with a certificate for another purpose; `openssl cms` does.
quietly openssl ts -reply -in good-P-256-sha256-sha256.tsr -token_out -out token.der
quietly openssl cms -verify -noverify -inform DER -in token.der -binary -out info.der
quietly openssl cms -sign -binary -nodetach -cades -econtent_type 1.2.840.113549.1.9.16.1.4 -md sha256 -signer other-P-256.pem \
  -inkey other-P-256.key -in info.der -outform DER -out bad-other-purpose.tsr
