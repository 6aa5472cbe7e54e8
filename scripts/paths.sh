# Sourced by the other scripts: where things are, and how they speak. Nothing is done here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
run_dir=$PWD/.run
manifests=${MANIFESTS:-manifests}
place=(--root-dir "$run_dir/root" --socket "$run_dir/containerd.sock" --log-dir "$run_dir/log")
# A plain shell may lack these, and runc and iptables live there.
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
docker_answers() { have docker && docker version >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; }

# Which way this checkout runs, or would run: RUN wins, then what runs already, then what is there.
way() {
  case ${RUN:-} in
    native | compose) echo "$RUN" ;;
    '') if [ -f "$run_dir/way" ]; then cat "$run_dir/way"; elif docker_answers; then echo compose; else echo native; fi ;;
    *) die "RUN=$RUN is not known: native and compose are" ;;
  esac
}

# The program, and node, where this way has them.
tinylet() {
  local command=$1 && shift
  case $(way) in
    native) node dist/main.js "$command" "$@" --api-socket "$run_dir/tinylet.sock" ;;
    compose) docker compose exec -T tl-kubelet node dist/main.js "$command" "$@" ;;
  esac
}
any_node() { if [ "$(way)" = native ]; then node "$@"; else docker compose exec -T tl-kubelet node "$@"; fi; }
