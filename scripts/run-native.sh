#!/bin/bash
# Starts tinylet with its private containerd in the background. Safe to repeat: a daemon of the same build is left alone,
# one of an older build is replaced, and pods run on meanwhile.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"

[ "$(uname -s)" = Linux ] || die "a native run needs Linux; with Docker: make run RUN=compose"
[ "$(id -u)" = 0 ] || die "a native run needs root: sudo make run; or start a Docker engine and repeat"
socket=$run_dir/containerd.sock
[ ${#socket} -le 100 ] || die "$socket is longer than the 100 characters a socket may have: move the checkout to a shorter path"
scripts/install-runtime.sh
scripts/build.sh
docker/images/build.sh "$run_dir/root/images"

# A pid alone may have passed to another process: the start time goes with it.
# One that has ended and was not waited for yet (Z) is none.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }
running_pid() {
  local pid started
  read -r pid started 2>/dev/null <"$run_dir/tinylet.pid" || return 1
  [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ] && echo "$pid"
}
build=$(find dist -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)

if pid=$(running_pid); then
  if [ "$(cat "$run_dir/tinylet.build" 2>/dev/null)" = "$build" ]; then say "tinylet is up already (pid $pid)" && exit 0; fi
  say "the build has changed: restarting tinylet (pid $pid), pods run on"
  kill "$pid"
  for _ in $(seq 100); do running_pid >/dev/null || break; sleep 0.1; done
  ! running_pid >/dev/null || die "tinylet (pid $pid) does not end; see .run/tinylet.log"
elif ! [ -e "$run_dir/containerd.sock" ]; then
  # A host port takes a connection away from whoever listens there: better to ask first.
  for port in $(sed -n 's/.*hostPort: *\([0-9]\+\).*/\1/p' "$manifests"/*.yaml); do
    ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || die "something listens on port $port already, which a pod in $manifests/ wants"
  done
fi

echo native >"$run_dir/way"
[ "$(stat -c %s "$run_dir/tinylet.log" 2>/dev/null || echo 0)" -lt 8000000 ] || mv "$run_dir/tinylet.log" "$run_dir/tinylet.log.1"
flags=(--standalone --manifests "$manifests" --log-format pretty --api-socket "$run_dir/tinylet.sock" --api-addr 127.0.0.1:0 "${place[@]}")
# The port is another one each time: who waits for the kubeconfig waits for the new one.
rm -f "$run_dir/root/kubeconfig"
setsid node dist/main.js "${flags[@]}" </dev/null >>"$run_dir/tinylet.log" 2>&1 &
pid=$!
echo "$pid $(start_time $pid)" >"$run_dir/tinylet.pid"
echo "$build" >"$run_dir/tinylet.build"
say "tinylet started (pid $pid, log .run/tinylet.log)"
