#!/bin/bash
# Proves the compose stack end to end: the pods answer and follow their files, and neither a new daemon nor a killed containerd
# disturbs them. Uses the Docker engine that answers, else the private one of test/docker-engine, stopped again afterwards.
# TINYLET_FLAT_PORT, TINYLET_POD_PORT and TINYLET_API_PORT replace the published ports 8080, 8081 and 10250.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

work=$(mktemp -d)
export COMPOSE_PROJECT_NAME=tinylet-proof COMPOSE_FILE=docker-compose.yml:test/compose/override.yml COMPOSE_PROGRESS=plain
export TINYLET_MANIFESTS=$work/manifests TINYLET_FLAT_PORT=${TINYLET_FLAT_PORT:-8080} TINYLET_POD_PORT=${TINYLET_POD_PORT:-8081}
export TINYLET_API_PORT=${TINYLET_API_PORT:-10250}
engine_is_ours=

finish() {
  local status=$?
  trap - EXIT
  if [ $status != 0 ] && [ -s "$work/output" ]; then
    echo "--- last output"; tail -60 "$work/output"
    docker compose ps -a || true
    for service in tl-containerd tl-kubelet; do
      echo "--- log of $service"; docker compose logs --no-color --no-log-prefix --tail 120 $service || true
    done
  fi
  docker compose down -v --timeout 5 >/dev/null 2>&1 || true
  if [ -n "$engine_is_ours" ]; then test/docker-engine/down || status=1; fi
  rm -rf "$work"
  echo "compose proof: $([ $status = 0 ] && echo passed || echo FAILED) after $SECONDS s"
  exit $status
}

ok() { printf 'ok      %4ss  %s\n' $SECONDS "$1"; }

# prove SECONDS SENTENCE COMMAND…: repeats the command until it succeeds; the proof ends where it does not in time.
prove() {
  local deadline=$((SECONDS + $1)) sentence=$2
  shift 2
  until "$@" >"$work/output" 2>&1; do
    if [ $SECONDS -ge $deadline ]; then
      printf 'FAILED  %4ss  %s\n' $SECONDS "$sentence"
      exit 1
    fi
    sleep 0.3
  done
  ok "$sentence"
}

on_node() { docker compose exec -T tl-containerd "$@"; }
daemon() { docker compose exec -T tl-kubelet "$@"; }

answers() { curl -fsS -m 3 "http://127.0.0.1:$1/" | tee -a "$work/answer" | grep -q .; }
both_answer() { answers "$TINYLET_FLAT_PORT" && answers "$TINYLET_POD_PORT"; }
status() { daemon node /app/dist/main.js status "$@"; }
# Two passes: the second one saw what the first one did.
passes_made() { status --output json | grep -Eq '"passes": ?([2-9]|[1-9][0-9])'; }
containers_of() { on_node ctr containers ls -q "labels.\"io.kubernetes.pod.name\"==$1"; }

# What a kubectl of the host would do with the kubeconfig, in the words of curl.
field_of() { sed -n "s/^ *$1: *\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" "$work/kubeconfig"; }
take_kubeconfig() {
  daemon node /app/dist/main.js kubeconfig >"$work/kubeconfig" && field_of certificate-authority-data | base64 -d >"$work/ca.crt"
}
api_code() { curl -sS -m 3 -o "$work/api" -w '%{http_code}' --cacert "$work/ca.crt" "$@"; }
api_serves() { [ "$(api_code -H "Authorization: Bearer $(field_of token)" "$(field_of server)/readyz")" = 200 ]; }
api_refuses() {
  [ "$(api_code "$(field_of server)/readyz")" = 401 ] &&
    [ "$(api_code -H "Authorization: Bearer $(field_of token)" -H 'Host: evil.example' "$(field_of server)/readyz")" = 403 ]
}

# Every process that is a sandbox or a container: id, pid, start time.
running() {
  on_node bash -c 'ctr tasks ls | awk "NR > 1 {print \$1, \$2}" | sort |
    while read -r id pid; do echo "$id $pid $(cut -d" " -f22 "/proc/$pid/stat")"; done'
}
unchanged() { running >"$work/now" && diff "$work/before" "$work/now"; }

# The page comes from a Secret, through a part of a volume: what tinylet mounts has to be there for containerd.
drop() {
  cat >"$work/new.yaml" <<YAML
apiVersion: v1
kind: Secret
metadata: { name: page }
stringData: { index.html: dropped }
---
name: dropped
# busybox' httpd does not mind SIGTERM as process 1.
terminationGracePeriodSeconds: 2
containers:
  - name: web
    image: tinylet.local/http:1
    command: [httpd, -f, -p, "8080", -h, /site]
    ports: [{ containerPort: 8080, hostPort: 8090 }]
    volumeMounts:
      - { name: page, mountPath: /site }
      - { name: scratch, mountPath: /scratch, subPath: a/part }
volumes:
  - { name: page, secret: { secretName: page } }
  - { name: scratch, emptyDir: { medium: Memory } }
YAML
  mv "$work/new.yaml" "$TINYLET_MANIFESTS/dropped.yaml"
}
mounts_left() { on_node grep -c /var/lib/tinylet/pods/ /proc/mounts; }
# The daemon shares the node's network, so it reaches a port that is not published.
dropped_answers() { daemon node -e 'fetch("http://127.0.0.1:8090").then((r) => r.text()).then((t) => process.exit(/dropped/.test(t) ? 0 : 1))'; }
dropped_gone() {
  local left
  left=$(containers_of dropped) && [ -z "$left" ] && [ "$(mounts_left)" = 0 ] && ! on_node bash -c 'compgen -G "/var/log/pods/*_dropped_*"'
}

stop_daemon() {
  docker compose stop tl-kubelet
  [ "$(docker inspect -f '{{.State.ExitCode}}' "$(docker compose ps -aq tl-kubelet)")" = 0 ]
}
kill_containerd() { on_node bash -c 'pid=$(pidof containerd) && kill -9 "$pid" && echo "$pid"' >"$work/killed"; }
containerd_is_new() { [ "$(on_node pidof containerd)" != "$(cat "$work/killed")" ] && on_node healthy; }

nothing_left() {
  local filter="label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"
  { docker ps -aq --filter "$filter"; docker volume ls -q --filter "$filter"; docker network ls -q --filter "$filter"
    grep "$node_id" /proc/mounts; find /sys/fs/cgroup -name "*$node_id*" 2>/dev/null; } >"$work/left" || true
  cat "$work/left" && [ ! -s "$work/left" ] && ! answers "$TINYLET_FLAT_PORT"
}

trap finish EXIT
trap 'exit 130' INT TERM
command -v curl >/dev/null || { echo "proof.sh: curl is missing: apt-get install --no-install-recommends curl" >&2; exit 1; }
if ! docker compose version >/dev/null 2>&1 || ! docker version >/dev/null 2>&1; then
  # shellcheck source=/dev/null
  . test/docker-engine/env.sh
  if ! docker version >/dev/null 2>&1; then
    engine_is_ours=1
    test/docker-engine/up >"$work/output" 2>&1
    ok "a Docker engine is up"
  fi
fi
cp -r manifests "$TINYLET_MANIFESTS"
docker compose down -v >/dev/null 2>&1 || true

prove 0 "both images build" docker compose build
docker images --filter "reference=$COMPOSE_PROJECT_NAME-*" --format '                 {{.Repository}}: {{.Size}}'
prove 0 "both services are healthy" docker compose up -d --wait --wait-timeout 120
node_id=$(docker compose ps -q tl-containerd)

prove 60 "both demo pods answer on 127.0.0.1:$TINYLET_FLAT_PORT and :$TINYLET_POD_PORT" both_answer
sort -u "$work/answer" | sed 's/^/                 /'
prove 10 "the daemon shows its pods" status
sed 's/^/                 /' "$work/output"
prove 30 "the daemon prints a kubeconfig" take_kubeconfig
prove 10 "with which the API answers on 127.0.0.1:$TINYLET_API_PORT, its certificate checked" api_serves
prove 0 "and without its token, or under a strange name, does not" api_refuses
drop
prove 60 "a new file becomes a pod that answers" dropped_answers
rm "$TINYLET_MANIFESTS/dropped.yaml"
prove 60 "its file removed, the pod is gone, its logs and mounts too" dropped_gone

running >"$work/before"
prove 0 "the daemon stops with exit code 0" stop_daemon
prove 0 "and the pods answer without it" both_answer
docker compose start tl-kubelet >"$work/output" 2>&1
prove 60 "the daemon is back and has looked at them" passes_made
prove 0 "and touched no pod: same containers, same start times" unchanged

prove 0 "containerd is killed" kill_containerd
prove 0 "and the pods answer without it" both_answer
prove 60 "containerd is back by itself" containerd_is_new
drop
prove 60 "the daemon works with it: a new file becomes a pod" dropped_answers
rm "$TINYLET_MANIFESTS/dropped.yaml"
prove 60 "and its file removed, the pod is gone" dropped_gone
prove 0 "no other pod was touched" unchanged

prove 0 "the node container restarts, the daemon with it" docker compose restart tl-containerd
prove 90 "and both pods answer again" both_answer

prove 0 "down" docker compose down -v --rmi local
prove 5 "leaves nothing" nothing_left
