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

# It is written when the API listens, which may take certificates; in the container's root directory, where compose runs.
case $chosen in
  native) kubeconfig=.run/root/kubeconfig ;;
  compose) kubeconfig=.run/kubeconfig ;;
esac
print_kubeconfig() { docker compose exec -T tl-kubelet node dist/main.js kubeconfig 2>/dev/null; }
for _ in $(seq 50); do
  [ "$chosen" = native ] || (umask 077 && print_kubeconfig >"$kubeconfig") || true
  [ ! -s "$kubeconfig" ] || break
  sleep 0.2
done
[ -s "$kubeconfig" ] || die "no kubeconfig has been written: see make logs"

cat <<NEXT

Next: edit, add or delete files in manifests/ and watch what happens:
  make status     the pods, what they wait for, refused files
  make logs       what tinylet does
  make crictl ARGS="pods"
  make stop       takes all of it down
  KUBECONFIG=$kubeconfig kubectl get pods
NEXT
