#!/bin/bash
# crictl on the containerd of this checkout, from PATH or from the compose image.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
[ -e "$run_dir/way" ] || die "nothing runs: make run starts tinylet"
if [ "$(way)" = compose ]; then exec docker compose exec tl-containerd crictl "$@"; fi
have crictl || die "crictl is not in PATH, and no Debian release has it: unpack it from https://github.com/kubernetes-sigs/cri-tools/releases
meanwhile: make status, or ctr --address .run/containerd.sock --namespace k8s.io containers list"
exec crictl --runtime-endpoint "unix://$run_dir/containerd.sock" --image-endpoint "unix://$run_dir/containerd.sock" "$@"
