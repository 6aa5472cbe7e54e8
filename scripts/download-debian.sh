#!/bin/bash
# Downloads one package of any suite of Debian, whatever suite the system is of: nothing is installed, its lists stay as they are.
# Usage: download-debian.sh SUITE PACKAGE DIR. Afterwards DIR holds PACKAGE_*.deb. apt checks the signatures.
set -euo pipefail

suite=${1:?usage: download-debian.sh SUITE PACKAGE DIR} package=${2:?usage: download-debian.sh SUITE PACKAGE DIR} dir=${3:?usage: download-debian.sh SUITE PACKAGE DIR}
mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
mirror=${mirror:-$(awk '$1 == "deb" { print $2; exit }' /etc/apt/sources.list 2>/dev/null || true)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial} "$dir"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?no Debian mirror configured} $suite main" \
  >"$work/sources.list"
apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$work/lists"
  -o Dir::Cache="$work/cache" -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::Retries=5)
"${apt[@]}" update
cd "$dir" && "${apt[@]}" download "$package"
