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

. tests/outside/tools.sh
venv=$tools/evidence
python_with "$venv" 'compliance-trestle==5.2.0' 'securesystemslib[crypto]==1.6.0'
python=$venv/bin/python
rm -rf "$out"
mkdir -p "$out"
"$python" tests/outside/oscal.py "$venv/bin/trestle" "$folder/oscal" "$out"
"$python" tests/outside/dsse.py --self-check
if [ -n "$key" ]; then
  "$python" tests/outside/dsse.py "$folder/attestation.json" "$key"
fi
