#!/bin/bash
# Unpacks kubectl from Debian into a private folder: nothing is installed, the system's own stays as it is.
# Usage: fetch-kubectl.sh SUITE DIR: unstable has the newest, trixie 1.32. Afterwards DIR/usr/bin/kubectl is there, and DIR/version says
# which it is. Does nothing when it is there.
set -euo pipefail

suite=${1:?usage: fetch-kubectl.sh SUITE DIR} dir=${2:?usage: fetch-kubectl.sh SUITE DIR}
here=$(dirname "${BASH_SOURCE[0]}")
mkdir -p "$(dirname "$dir")"
dir=$(cd "$(dirname "$dir")" && pwd)/$(basename "$dir")
exec 9>"$dir.lock"
flock 9 # Two test files may want it at once.
[ ! -x "$dir/usr/bin/kubectl" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/download-debian.sh" "$suite" kubectl "$work"
dpkg -x "$work"/kubectl_*.deb "$work/tree"
rm -rf "$dir"
mkdir -p "$dir/usr/bin"
mv "$work/tree/usr/bin/kubectl" "$dir/usr/bin/"
dpkg-deb -f "$work"/kubectl_*.deb Version >"$dir/version"
echo "kubectl $(cat "$dir/version") is in $dir/usr/bin"
