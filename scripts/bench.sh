#!/bin/bash
# make bench: the performance tables, on a real containerd and on the fake one.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
[ "$(id -u)" != 0 ] || scripts/install-runtime.sh
scripts/build.sh
exec test/bench/run "$@"
