#!/bin/bash
# make test, and with --full make test-full. Stops at the first failure; the last line says how long it took.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
full=${1:-}

step() {
  local name=$1 started=$SECONDS && shift
  say "== $name"
  "$@" || die "== $name failed"
  say "== $name: $((SECONDS - started)) s"
}
# Folders are filters for vitest, which fails where no file matches.
suite() {
  # Not grep -q: it ends at the first match, and where find has not ended by then the whole would count as failed.
  find test -name '*.test.ts' | grep -F "$(printf '%s\n' "$@")" >/dev/null || return 0
  step "${*#test/}" npx --no-install vitest run "$@"
}

if [ "$(id -u)" = 0 ] && [ "$(uname -s)" = Linux ]; then scripts/install-runtime.sh || [ "${CI:-}" != true ] || exit 1; fi
scripts/build.sh
reason=$(node -e 'import("./dist/standalone/index.js").then((room) => console.log(room.standaloneUnavailable() ?? ""))')
[ -z "$reason" ] || [ "${CI:-}" != true ] || die "CI needs a real runtime: $reason"

if [ "$full" = --full ]; then
  export TINYLET_FULL=1 TINYLET_TEST_CONTAINERD=1.6,1.7,2.1
  suite test/sim
  suite test/contract test/e2e --maxWorkers=3
  # One of each there: what a runtime or a client does differently has nothing to do with Node.
  unset TINYLET_FULL TINYLET_TEST_CONTAINERD
  step 'Node 24' scripts/with-node24.sh npx --no-install vitest run --maxWorkers=3 test/unit test/property test/contract test/e2e
else
  step types npm run --silent types
  step lint npm run --silent lint
  # One process for many files: what they import is loaded once, and they share nothing that changes.
  step 'tidy unit property' npx --no-install vitest run --no-isolate test/tidy test/unit test/property
  # One of these computes, the others mostly wait: together they take less time than one after the other.
  suite test/sim test/contract test/e2e --maxWorkers=3
fi
[ -z "$reason" ] || say "not tried on a real containerd: $reason"
say "all passed in $SECONDS s"
