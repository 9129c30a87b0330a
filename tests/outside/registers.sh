#!/usr/bin/env bash
# The registers, read by parsers that others wrote. The program is the first argument; what the parsers need is installed under target/.
set -euo pipefail
cd "$(dirname "$0")/../.."
tidegate=$1
venv=target/outside/venv-registers
out=target/registers

. tests/outside/tools.sh
python_with "$venv" 'rdflib==7.*' 'pyld==2.*' 'icalendar==6.*'

rm -rf "$out"
"$tidegate" register examples --out "$out" --as-of 2026-11-22
"$venv/bin/python" tests/outside/registers.py "$out" tests/registers/dpv-2.3-terms.txt
