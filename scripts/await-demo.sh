#!/bin/bash
# Waits until the demo pods that are still in manifests/ run, then shows their answers. On failure shows what tinylet says.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"

pods=()
for file in "$manifests"/hello-*.yaml; do [ ! -e "$file" ] || pods+=("$(basename "$file" .yaml)"); done
[ ${#pods[@]} -gt 0 ] || { say "no demo pods in $manifests/"; exit 0; }

# Says what is not running yet; nothing when all are.
pending() {
  tinylet status --output json 2>/dev/null | any_node -e '
    const { pods = [] } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const up = pods.filter((pod) => pod.phase === "Running" && !pod.terminating).map((pod) => pod.name);
    process.stdout.write(process.argv.slice(1).filter((name) => !up.includes(name)).join(" "));
  ' "${pods[@]}" 2>/dev/null || echo "${pods[*]}"
}
deadline=$((SECONDS + 120))
while left=$(pending) && [ -n "$left" ]; do
  [ $SECONDS -lt $deadline ] || break
  sleep 0.3
done
if [ -n "$left" ]; then
  tinylet status || true
  say "--- the last lines of the log"
  scripts/logs.sh 20
  die "not running after two minutes: $left"
fi

answer() {
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET / HTTP/1.0\r\n\r\n' >&3
  sed '1,/^\r*$/d' <&3
  exec 3>&-
}
# Compose publishes the two ports of the demo where its variables say.
outer_port() {
  case $(way):$1 in
    compose:8080) echo "${TINYLET_FLAT_PORT:-8080}" ;;
    compose:8081) echo "${TINYLET_POD_PORT:-8081}" ;;
    *) echo "$1" ;;
  esac
}
for pod in "${pods[@]}"; do
  port=$(sed -n 's/.*hostPort: *\([0-9]\+\).*/\1/p' "$manifests/$pod.yaml" | head -1)
  port=$(outer_port "$port")
  # Running means started: the server in it may need a moment to listen.
  for _ in $(seq 50); do ! page=$(answer "$port" 2>/dev/null) || [ -z "$page" ] || break; sleep 0.1; done
  [ -n "${page:-}" ] || die "$pod runs but does not answer on http://127.0.0.1:$port"
  say "http://127.0.0.1:$port  ->  $page"
done
