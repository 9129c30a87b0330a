#!/usr/bin/env bash
# Makes an archive of a release: program, licence, manual pages and completions, all written by the program itself.
set -euo pipefail
[ $# = 3 ] || { echo "usage: $0 PROGRAM NAME FOLDER" >&2; exit 2; }
program=$1 name=$2 out=$3
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$out/$name
rm -rf "$folder"
mkdir -p "$folder/completions"
cp "$program" "$folder/"
cp "$root/LICENSE" "$root/README.md" "$folder/"
"$program" man "$folder/man/man1"
"$program" completions bash >"$folder/completions/tidegate.bash"
"$program" completions zsh >"$folder/completions/_tidegate"
"$program" completions fish >"$folder/completions/tidegate.fish"
"$program" completions powershell >"$folder/completions/_tidegate.ps1"
"$program" completions elvish >"$folder/completions/tidegate.elv"
tar -C "$out" -czf "$out/$name.tar.gz" "$name"
rm -rf "$folder"
