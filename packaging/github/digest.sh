#!/usr/bin/env bash
# One digest of everything that the binary is built from, as the key of the cache.
set -euo pipefail
cd "${GITHUB_ACTION_PATH:-$(dirname "$0")/../..}"
digest=$(
  {
    rustc --version --verbose
    find Cargo.toml Cargo.lock build.rs src starter policies provider-profiles vocabulary -type f -print |
      LC_ALL=C sort | while IFS= read -r file; do printf '%s\n' "$file"; git hash-object --no-filters -- "$file"; done
  } | git hash-object --stdin
)
echo "digest=$digest" >>"$GITHUB_OUTPUT"
