#!/bin/bash
# make stop: the daemon, its pods, its containerd. Images and logs stay under .run/. Safe to repeat.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"

# A containerd of ours may run although the note of the way is lost.
[ -e "$run_dir/way" ] || [ ! -e "$run_dir/root/containerd/process.json" ] || echo native >"$run_dir/way"
case $({ [ -e "$run_dir/way" ] || [ -n "${RUN:-}" ]; } && way) in
  compose) docker compose down --volumes ;;
  native)
    [ "$(id -u)" = 0 ] || die "this needs root: sudo make stop"
    [ -f dist/main.js ] || scripts/build.sh
    node dist/main.js stop --all "${place[@]}"
    rm -f "$run_dir/tinylet.pid" "$run_dir/tinylet.build"
    ;;
  *) say "nothing runs" ;;
esac
rm -f "$run_dir/way"
