#!/usr/bin/env bash
# The log of evidence, judged from outside: its tree by pymerkle, its proofs by the algorithms of RFC 9162 written down in log.py,
# its branch by git. The program is the first argument; what the check needs is installed under target/.
set -euo pipefail
cd "$(dirname "$0")/../.."
tidegate=$(realpath "$1")
tools=target/outside/log
out=$PWD/target/log
entries=11

. tests/outside/tools.sh
need git git
python_with "$tools" 'pymerkle==6.*'

expect() { # an exit code, and a command
  local wanted=$1 ended=0
  shift
  "$@" >/dev/null 2>&1 || ended=$?
  [ "$ended" = "$wanted" ] || { echo "exit $ended, expected $wanted: $*"; exit 1; }
}

rm -rf "$out"
mkdir -p "$out/proofs" "$out/kept"
for number in $(seq "$entries"); do
  bundle=$out/bundles/example-$((number % 4))-$number
  mkdir -p "$bundle"
  cp tests/formats/result.json "$bundle/result.json"
  printf '{"payload": "%s"}' "$number" >"$bundle/attestation.json"
  "$tidegate" evidence log append "$bundle" --log "$out/log" --as-of 2026-11-22 --name "example-$((number % 4))" \
    --checkpoint "$out/kept/$number" >/dev/null
done
for number in $(seq "$entries"); do
  "$tidegate" evidence log prove --log "$out/log" --entry "$number" >"$out/proofs/entry-$number.json"
  "$tidegate" evidence log prove --log "$out/log" --since "$out/kept/$number" >"$out/proofs/since-$number.json"
done
"$tidegate" evidence log verify --log "$out/log" >/dev/null
"$tools/bin/python" tests/outside/log.py "$out"

# Every entry in its turn, changed and taken out.
for number in $(seq "$entries"); do
  for edit in "${number}s/2026-11-22/2026-11-21/" "${number}d"; do
    cp -r "$out/log" "$out/touched"
    sed -i "$edit" "$out/touched/entries.jsonl"
    expect 12 "$tidegate" evidence log verify --log "$out/touched"
    rm -r "$out/touched"
  done
done

# A branch holds the same bytes, and git finds nothing wrong with it.
git init --quiet "$out/repository"
cd "$out/repository"
git config user.name audit
git config user.email audit@example.com
for number in $(seq "$entries"); do
  "$tidegate" evidence log append "$out/bundles/example-$((number % 4))-$number" --log git:evidence-log --as-of 2026-11-22 \
    --name "example-$((number % 4))" >/dev/null
done
git fsck --strict --no-dangling 2>/dev/null
for file in entries.jsonl checkpoints; do git show "evidence-log:$file" | cmp - "$out/log/$file"; done
[ "$(git rev-list --count evidence-log)" = "$entries" ]
echo "the log and its $((2 * entries)) proofs hold outside"
