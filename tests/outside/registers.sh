#!/usr/bin/env bash
# The registers, read by parsers that others wrote. The program is the first argument; what the parsers need is installed under target/.
set -euo pipefail
cd "$(dirname "$0")/../.."
tidegate=$1
venv=target/outside/venv-registers
out=target/registers

if ! [ -x "$venv/bin/pip" ]; then
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    $sudo apt-get install -y -qq python3 python3-venv
  fi
  mkdir -p "$(dirname "$venv")"
  python3 -m venv "$venv"
fi
"$venv/bin/python" -c 'import rdflib, pyld, icalendar' 2>/dev/null ||
  "$venv/bin/pip" install --quiet --disable-pip-version-check 'rdflib==7.*' 'pyld==2.*' 'icalendar==6.*'

rm -rf "$out"
"$tidegate" register examples --out "$out" --as-of 2026-11-22
"$venv/bin/python" tests/outside/registers.py "$out" tests/registers/dpv-2.3-terms.txt
