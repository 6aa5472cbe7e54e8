#!/bin/bash
# Brings node_modules and dist up to date, and does nothing where they are. `build.sh --modules` stops after the modules.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"

have node || die "Node.js is missing: tinylet needs 20.19 or newer (Debian 13 has it: apt-get install nodejs npm)"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  die "Node.js $(node --version) is too old: tinylet needs 20.19 or newer (Debian 13 has it)"

installed=node_modules/.package-lock.json
if [ ! -f $installed ] || [ package-lock.json -nt $installed ]; then
  have npm || die "npm is missing (apt-get install npm)"
  say "npm ci"
  npm ci --no-audit --no-fund --loglevel=error
  touch $installed
fi
[ "${1:-}" != --modules ] || exit 0

if [ ! -f dist/main.js ] || [ -n "$(find src proto package.json tsconfig*.json -newer dist/main.js -print -quit)" ]; then
  say "npm run build"
  npm run --silent build
  touch dist/main.js
fi
