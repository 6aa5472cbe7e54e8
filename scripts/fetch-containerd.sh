#!/bin/bash
# Unpacks a newer containerd from Debian into a private folder: nothing is installed, the system's own stays as it is.
# Usage: fetch-containerd.sh 1.7|2.1 DIR. Afterwards DIR/usr/bin holds containerd, its shim and ctr. Does nothing when
# they are there.
set -euo pipefail

version=${1:?usage: fetch-containerd.sh 1.7|2.1 DIR} dir=${2:?usage: fetch-containerd.sh 1.7|2.1 DIR}
case $version in
  1.7) suite=trixie ;;
  2.1) suite=unstable ;;
  *) echo "fetch-containerd.sh: $version is not known, 1.7 and 2.1 are" >&2 && exit 2 ;;
esac
here=$(dirname "${BASH_SOURCE[0]}")
mkdir -p "$(dirname "$dir")"
dir=$(cd "$(dirname "$dir")" && pwd)/$(basename "$dir")
exec 9>"$dir.lock"
flock 9 # Two test files may want it at once.
[ ! -x "$dir/usr/bin/containerd" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/download-debian.sh" "$suite" containerd "$work"
found=$(dpkg-deb -f "$work"/containerd_*.deb Version)
case $found in
  "${version%.*}".*) ;; # unstable moves on: any release of that line will do
  *) echo "fetch-containerd.sh: $suite now has containerd $found, not $version" >&2 && exit 1 ;;
esac
dpkg -x "$work"/containerd_*.deb "$work/tree"
rm -rf "$dir"
mkdir -p "$dir/usr/bin"
mv "$work"/tree/usr/bin/{containerd,containerd-shim-runc-v2,ctr} "$dir/usr/bin/"
echo "containerd $found is in $dir/usr/bin"
