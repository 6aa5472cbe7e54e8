#!/bin/bash
# Unpacks a program from the Debian package of its name into a private folder: nothing is installed, the system's own stays as it is.
# Usage: fetch-program.sh NAME SUITE DIR: of kubectl, unstable has the newest, trixie 1.32. Afterwards DIR/usr/bin/NAME is there, and
# DIR/version says which it is. Does nothing when it is there.
set -euo pipefail

usage='usage: fetch-program.sh NAME SUITE DIR'
name=${1:?$usage} suite=${2:?$usage} dir=${3:?$usage}
here=$(dirname "${BASH_SOURCE[0]}")
mkdir -p "$(dirname "$dir")"
dir=$(cd "$(dirname "$dir")" && pwd)/$(basename "$dir")
exec 9>"$dir.lock"
flock 9 # Two test files may want it at once.
[ ! -x "$dir/usr/bin/$name" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/download-debian.sh" "$suite" "$name" "$work"
dpkg -x "$work/${name}"_*.deb "$work/tree"
rm -rf "$dir"
mkdir -p "$dir/usr/bin"
mv "$work/tree/usr/bin/$name" "$dir/usr/bin/"
dpkg-deb -f "$work/${name}"_*.deb Version >"$dir/version"
echo "$name $(cat "$dir/version") is in $dir/usr/bin"
