#!/bin/bash
# Runs a command with Node 24 first in PATH, taken from npm's own packages of it and kept in .cache.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) die "no Node 24 package for $(uname -m)" ;; esac
bin=$PWD/.cache/node-24/package/bin
if [ ! -x "$bin/node" ]; then
  mkdir -p .cache/node-24
  (cd .cache/node-24 && npm pack --silent "node-linux-$arch@24" >/dev/null && tar -xzf "$(ls node-linux-*.tgz | sort -V | tail -1)" && rm -f ./*.tgz)
fi
PATH=$bin:$PATH
say "Node $(node --version)"
"$@"
