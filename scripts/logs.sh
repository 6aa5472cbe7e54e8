#!/bin/bash
# The daemon's log: followed on a terminal, else its last lines (100, or as many as asked for).
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
if [ $# -eq 0 ] && [ -t 1 ]; then follow=(-f); else follow=(); fi
if [ "$(way)" = compose ]; then exec docker compose logs --no-color "${follow[@]}" --tail "${1:-100}"; fi
[ -e "$run_dir/tinylet.log" ] || die "there is no .run/tinylet.log: make run starts tinylet"
exec tail "${follow[@]}" -n "${1:-100}" "$run_dir/tinylet.log"
