# For the scripts beside it: what they need is installed, and nothing is skipped.

# Debian packages.
packages() {
  local sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq --no-install-recommends "$@"
}

# A program, and the Debian packages that it comes with.
need() {
  command -v "$1" >/dev/null || packages "${@:2}"
}

# A folder with Python packages of its own, and what to give to pip; made anew when that has changed.
python_with() {
  local folder=$1
  shift
  if [ "$(cat "$folder/installed" 2>/dev/null)" != "$*" ]; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || packages python3 python3-venv
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" --quiet --disable-pip-version-check install "$@"
    printf '%s' "$*" >"$folder/installed"
  fi
}
