#!/bin/bash
# Unpacks Debian's docker-registry into a private folder for tests of pulls: nothing is installed, no service starts.
# Usage: fetch-registry.sh DIR. Afterwards DIR/usr/bin/docker-registry is there: one that is installed already, or Debian's.
# Does nothing when it is.
set -euo pipefail

dir=${1:?usage: fetch-registry.sh DIR}
mkdir -p "$(dirname "$dir")"
dir=$(cd "$(dirname "$dir")" && pwd)/$(basename "$dir")
exec 9>"$dir.lock"
flock 9 # Two test files may want it at once.
[ ! -x "$dir/usr/bin/docker-registry" ] || exit 0

mkdir -p "$dir/usr/bin"
if installed=$(command -v docker-registry); then ln -sf "$installed" "$dir/usr/bin/docker-registry" && exit 0; fi
command -v apt-get >/dev/null || { echo 'fetch-registry.sh: docker-registry is missing, and so is apt-get' >&2 && exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
download() { apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=5 download docker-registry; }
# The lists may be missing, or older than what the mirror has.
download 2>/dev/null || { apt-get -qq -o Acquire::Retries=5 update && download; }
dpkg -x docker-registry_*.deb tree
mv tree/usr/bin/docker-registry "$dir/usr/bin/"
echo "$(basename docker-registry_*.deb) is in $dir/usr/bin"
