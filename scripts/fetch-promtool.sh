#!/bin/bash
# Unpacks promtool, a part of Debian's prometheus, into a private folder: nothing is installed, the system's own stays as it is.
# Usage: fetch-promtool.sh SUITE DIR. Afterwards DIR/usr/bin/promtool is there, and DIR/version says which it is. Does nothing when it
# is there.
set -euo pipefail

suite=${1:?usage: fetch-promtool.sh SUITE DIR} dir=${2:?usage: fetch-promtool.sh SUITE DIR}
here=$(dirname "${BASH_SOURCE[0]}")
mkdir -p "$(dirname "$dir")"
dir=$(cd "$(dirname "$dir")" && pwd)/$(basename "$dir")
exec 9>"$dir.lock"
flock 9 # Two test files may want it at once.
[ ! -x "$dir/usr/bin/promtool" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/download-debian.sh" "$suite" promtool "$work"
dpkg -x "$work"/promtool_*.deb "$work/tree"
rm -rf "$dir"
mkdir -p "$dir/usr/bin"
mv "$work/tree/usr/bin/promtool" "$dir/usr/bin/"
dpkg-deb -f "$work"/promtool_*.deb Version >"$dir/version"
echo "promtool $(cat "$dir/version") is in $dir/usr/bin"
