#!/usr/bin/env bash
# The evidence, judged by tools that others wrote: imported by compliance-trestle, its signature verified by securesystemslib. Each is
# also given changed evidence, which it must not accept. `cedar.sh` decides it again.
#
#   tests/outside/evidence.sh FOLDER [PUBLIC-KEY.pem]
#
# FOLDER holds `oscal/` and, when a key is given, the envelope `attestation.json`. What the tools need is installed under
# target/.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(realpath "$1")
key=${2:+$(realpath "$2")}
tools=$PWD/target/outside
out=$PWD/target/evidence-tampered

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq python3 python3-venv
fi
venv=$tools/evidence
if ! "$venv/bin/python" -c 'import trestle, securesystemslib' 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check \
    'compliance-trestle==5.2.0' 'securesystemslib[crypto]==1.6.0'
fi
python=$venv/bin/python
rm -rf "$out"
mkdir -p "$out"
"$python" tests/outside/oscal.py "$venv/bin/trestle" "$folder/oscal" "$out"
"$python" tests/outside/dsse.py --self-check
if [ -n "$key" ]; then
  "$python" tests/outside/dsse.py "$folder/attestation.json" "$key"
fi
