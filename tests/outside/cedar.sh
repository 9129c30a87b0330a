#!/usr/bin/env bash
# The evidence, decided again by Cedar's own command line, and by a second build of the engine (cedarpy). Each is also given changed
# evidence, which it must not accept.
#
#   tests/outside/cedar.sh FOLDER
#
# FOLDER holds `cedar/`. What the tools need is installed under target/.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(realpath "$1")
tools=$PWD/target/outside
out=$PWD/target/cedar-tampered

. tests/outside/tools.sh
venv=$tools/cedarpy
python_with "$venv" 'cedarpy==4.12.2'
# Not optimised: it decides a few hundred requests, and takes longer to compile.
cedar=$tools/cedar/bin/cedar
if ! "$cedar" --version 2>/dev/null | grep -qF 4.14.1; then
  CARGO_PROFILE_DEV_DEBUG=false \
    cargo install --quiet --debug cedar-policy-cli --version 4.14.1 --locked --root "$tools/cedar" --target-dir "$tools/cedar/build"
fi

rm -rf "$out"
mkdir -p "$out"
"$venv/bin/python" tests/outside/cedar.py "$cedar" "$folder/cedar" "$out"
