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

# The compiler writes files even where it finds errors: only the stamp says that a build succeeded.
stamp=.cache/built
if [ ! -f dist/main.js ] || [ ! -f $stamp ] || [ -n "$(find src proto package.json tsconfig*.json -newer $stamp -print -quit)" ]; then
  say "npm run build"
  rm -f $stamp
  mkdir -p .cache
  touch $stamp.begun
  npm run --silent build
  mv $stamp.begun $stamp
fi
