#!/usr/bin/env bash
# A dossier as PDF, judged by tools that others wrote. The first arguments are the PDF and the result that it tells; words that must be
# in it may follow.
set -euo pipefail
pdf=$1 result=$2
shift 2

here=$(dirname "$0")
. "$here/tools.sh"
need qpdf qpdf
need pdfinfo poppler-utils
fail() { echo "$pdf: $1"; exit 1; }

qpdf --check "$pdf" >/dev/null || fail "qpdf finds faults"
info=$(pdfinfo "$pdf")
grep -Eq '^Title: +Compliance dossier' <<<"$info" || fail "no title"
grep -Eq '^Tagged: +yes' <<<"$info" || fail "not tagged"
grep -Eq '^JavaScript: +no' <<<"$info" || fail "has scripts"
grep -Eq '^Page size: +595.* \(A4\)' <<<"$info" || fail "not A4"
pages=$(sed -n 's/^Pages: *//p' <<<"$info")

meta=$(pdfinfo -meta "$pdf")
root=$(qpdf --show-object=trailer "$pdf" | sed -E 's|.*/Root ([0-9]+) .*|\1|')
catalogue=$(qpdf --show-object="$root" "$pdf")
for entry in '/Lang (en)' '/OutputIntents' '/StructTreeRoot' '/MarkInfo'; do
  grep -qF "$entry" <<<"$catalogue" || fail "the catalogue has no $entry"
done
grep -q '<pdfaid:part>2' <<<"$meta" && grep -q '<pdfaid:conformance>A' <<<"$meta" || fail "does not say that it is PDF/A-2a"

# Every font is embedded, in part, and can be read back as Unicode.
pdffonts "$pdf" | tail -n +3 | awk '{ if ($(NF-4) != "yes" || $(NF-3) != "yes" || $(NF-2) != "yes") { print; bad = 1 } } END { exit bad }' \
  || fail "a font is not embedded, not a part, or not mapped to Unicode"

# What poppler says of /Suspects is its own fault: the standard has a boolean there.
structure=$(pdfinfo -struct "$pdf" 2>&1 | grep -av "Suspects object")
for tag in H1 H2 H3 Table TR TH TD; do grep -aEq "^ *$tag\\b" <<<"$structure" || fail "no tag $tag"; done
if grep -aEq "^Syntax (Error|Warning)" <<<"$structure"; then fail "the tree of tags has faults"; fi

text=$(pdftotext -layout "$pdf" -)
empty=$(pdftotext -layout "$pdf" - | awk -v RS='\f' 'NF < 12 { printf "%s ", NR }' | sed "s/\b$((pages + 1)) //")
[ -z "${empty// }" ] || fail "nearly empty pages: $empty"
for page in 1 "$pages"; do grep -q "$page of $pages" <<<"$text" || fail "no page number $page of $pages"; done
flat=$(pdftotext "$pdf" - | tr -s '[:space:]' ' ')
for word in 'Verdicts' 'What is still open' 'Grounds of memo' 'Control matrix' 'Provider fact sheets' 'Files and signatures' 'Approved by' "$@"; do
  grep -qF -- "$word" <<<"$flat" || fail "the words '$word' are not in it"
done
python3 "$here/outline.py" "$pdf" "$result"
echo "$pdf: $pages pages, sound"
