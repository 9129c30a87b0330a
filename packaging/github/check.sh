#!/usr/bin/env bash
# Runs `tidegate check` in a step of GitHub Actions. What the user of the action says comes in variables, and stays words.
set -euo pipefail
words=(check --format github)
[ -z "${SARIF:-}" ] || words+=(--format "sarif=$SARIF")
[ -z "${AS_OF:-}" ] || words+=("--as-of=$AS_OF")
each() { # every line of a text, as a word; with a second argument, after that word
  local line
  while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || words+=(${2:+"$2"} "$line")
  done <<<"$1"
}
each "${FORMATS:-}" --format
each "${ARGS:-}"
words+=(--)
each "${PATHS:-}"

# A SARIF file of an earlier step is not ours.
[ -z "${SARIF:-}" ] || rm -f -- "$SARIF"
code=0
"${TIDEGATE:-tidegate}" "${words[@]}" || code=$?
case $code in
  0) verdict=permitted ;;
  10) verdict=conditional ;;
  11) verdict=undetermined ;;
  12) verdict=refused ;;
  *)
    verdict=error
    # The program has told why, on standard error; the page of the run should tell it, too.
    case $code in
      2) why='the command line is wrong' ;;
      3) why='a document is invalid' ;;
      4) why='there was nothing to check' ;;
      *) why='Tidegate failed' ;;
    esac
    echo "::error title=Tidegate::$why (exit code $code); nothing was decided"
    ;;
esac
{
  echo "exit-code=$code"
  echo "verdict=$verdict"
} >>"$GITHUB_OUTPUT"
exit "$code"
