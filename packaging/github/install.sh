#!/usr/bin/env bash
# Puts the program into $FOLDER/bin: a release ($VERSION of $REPOSITORY) whose checksum and provenance are verified, or a build of
# the sources beside this script.
set -euo pipefail
here=${GITHUB_ACTION_PATH:-$(dirname "$0")/../..}
stop() { echo "::error title=Tidegate::$*"; exit 1; }

if [ -z "${VERSION:-}" ]; then
  if ! [ -x "$FOLDER/bin/tidegate" ] && ! [ -x "$FOLDER/bin/tidegate.exe" ]; then
    command -v cargo >/dev/null || stop "there is no cargo to build with; install Rust first, or name a release in 'version'"
    cargo install --quiet --locked --no-track --path "$here" --root "$FOLDER"
  fi
  exit
fi

[[ $VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || stop "'version' is not a release such as v0.1.0"
[ -n "${REPOSITORY:-}" ] || stop "the runner does not say where this action comes from; leave 'version' out to build it"
case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *) stop "there is no release for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}; leave 'version' out to build it" ;;
esac
name=tidegate-$VERSION-$target
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
gh release download "$VERSION" --repo "$REPOSITORY" --dir "$download" --pattern "$name.tar.gz" --pattern SHA256SUMS ||
  stop "$name.tar.gz cannot be downloaded"
# The list names every archive of the release; ours must be in it.
grep -F "  $name.tar.gz" "$download/SHA256SUMS" >"$download/sum" || stop "SHA256SUMS does not name $name.tar.gz"
sum=$(command -v sha256sum || true)
(cd "$download" && ${sum:-shasum -a 256} -c sum) || stop "the checksum of $name.tar.gz is wrong"
# A checksum from the same place proves nothing about who built it.
gh attestation verify "$download/$name.tar.gz" --repo "$REPOSITORY" \
  --signer-workflow "$REPOSITORY/.github/workflows/release.yml" --source-ref "refs/tags/$VERSION" ||
  stop "$name.tar.gz has no provenance of a release of $REPOSITORY"
mkdir -p "$FOLDER/bin"
tar -xzf "$download/$name.tar.gz" -C "$download"
cp "$download/$name"/tidegate* "$FOLDER/bin/"
