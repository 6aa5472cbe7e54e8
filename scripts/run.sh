#!/bin/bash
# make run: the pods of manifests/ on a real containerd, by Docker compose where an engine answers, else natively.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"

chosen=$(way)
mkdir -p "$run_dir"
if [ "$chosen" = compose ]; then
  docker_answers || die "RUN=compose needs a Docker engine that answers, with compose"
  say "way: compose (a Docker engine answers; RUN=native forces the other way)"
  echo compose >"$run_dir/way"
  [ -z "${MANIFESTS:-}" ] || export TINYLET_MANIFESTS=$(realpath "$MANIFESTS")
  docker compose up -d --build --wait
else
  say "way: native, a private containerd under .run/ (RUN=compose forces the other way)"
  scripts/run-native.sh
fi
scripts/await-demo.sh
cat <<'NEXT'

Next: edit, add or delete files in manifests/ and watch what happens:
  make status     the pods, what they wait for, refused files
  make logs       what tinylet does
  make crictl ARGS="pods"
  make stop       takes all of it down
NEXT
