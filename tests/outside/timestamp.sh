#!/usr/bin/env bash
# Time stamps that OpenSSL made for a bundle: those of an authority that is believed are told, all others are faults.
#
#   tests/outside/timestamp.sh TIDEGATE BUNDLE PUBLIC-KEY.pem
set -euo pipefail
tidegate=$(realpath "$1") bundle=$(realpath "$2") key=$(realpath "$3")
cd "$(dirname "$0")/../.."
work=$PWD/target/timestamps
rm -rf "$work"
mkdir -p "$work"
tests/outside/authorities.sh "$bundle/attestation.json" "$work"

try() { # TOKEN
  rm -rf "$work/bundle"
  cp -r "$bundle" "$work/bundle"
  "$tidegate" evidence sign "$work/bundle" --timestamp "$1" >/dev/null
  "$tidegate" evidence verify "$work/bundle" --key "$key" --time-authority "$work/roots.pem" >"$work/answer"
}

for token in "$work"/good-*.tsr; do
  openssl ts -verify -data "$bundle/attestation.json" -in "$token" -CAfile "$work/roots.pem" >/dev/null 2>&1
  try "$token" || { cat "$work/answer"; exit 1; }
  grep -q 'stamped at .* by Example time' "$work/answer"
done
for token in "$work"/bad-*.tsr; do
  if try "$token"; then echo "$token: believed"; exit 1; fi
  grep -q bad-timestamp "$work/answer"
done
set -- "$work"/*.tsr
echo "$# time stamps by OpenSSL: believed where they should be, and only there"
