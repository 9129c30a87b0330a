#!/usr/bin/env bash
# The evidence, decided again by Cedar's own command line, and by a second build of the engine (cedarpy). Each is also given changed
# evidence, which it must not accept. Not part of ./test yet: the command line takes many minutes to compile.
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
# Cheaply optimised: it decides a few hundred requests.
cedar=$tools/cedar/bin/cedar
if ! "$cedar" --version 2>/dev/null | grep -qF 4.14.1; then
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=false \
    cargo install --quiet cedar-policy-cli --version 4.14.1 --locked --root "$tools/cedar" --target-dir "$tools/cedar/build"
fi

rm -rf "$out"
mkdir -p "$out"
"$venv/bin/python" tests/outside/cedar.py "$cedar" "$folder/cedar" "$out"
