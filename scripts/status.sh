#!/bin/bash
# What tinylet says of its pods.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
[ -e "$run_dir/way" ] || die "nothing runs: make run starts tinylet"
tinylet status
