#!/bin/bash
# Builds the demo images as OCI archives, from Debian's static packages and without any registry:
#   tinylet.local/pause:1   catatonit -P, the process that holds a pod's namespaces
#   tinylet.local/http:1    busybox with all its applets; by default it serves a page that says which pod answers
# Usage: build.sh OUTDIR. The bytes depend on the inputs alone; nothing is done when they are unchanged.
set -euo pipefail
export LC_ALL=C
umask 022

out=${1:?usage: build.sh OUTDIR}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case $(dpkg --print-architecture 2>/dev/null || uname -m) in
  amd64 | x86_64) arch=amd64 ;;
  arm64 | aarch64) arch=arm64 ;;
  *) echo "build.sh: only amd64 and arm64 are known" >&2 && exit 1 ;;
esac

# Where the machine's own busybox is the dynamic one, the static one may lie here.
PATH=$here/../../.cache/static/bin:$PATH

# The images hold nothing else: a dynamic binary would start no process in them.
static() {
  local path
  path=$(command -v "$1") || { echo "build.sh: $1 is missing: apt-get install --no-install-recommends $2" >&2; exit 1; }
  ! ldd "$path" >/dev/null 2>&1 || { echo "build.sh: $path is not static: install $2" >&2; exit 1; }
  echo "$path"
}
busybox=$(static busybox busybox-static)
catatonit=$(static catatonit catatonit)

mkdir -p "$out"
inputs=$(cat "${BASH_SOURCE[0]}" "$here"/http/* "$busybox" "$catatonit" | sha256sum | cut -d' ' -f1)
if [ -f "$out/pause.tar" ] && [ -f "$out/http.tar" ] && [ "$(cat "$out/.inputs" 2>/dev/null)" = "$inputs" ]; then exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

reproducible_tar() { tar -C "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar -cf - "${@:2}"; }

# blob DIR MEDIA_TYPE <CONTENT: stores the content under its digest and prints a descriptor.
blob() {
  local file digest
  file=$(mktemp "$work/blob.XXXXXX")
  cat >"$file"
  digest=$(sha256sum "$file" | cut -d' ' -f1)
  printf '"mediaType":"%s","digest":"sha256:%s","size":%s' "$2" "$digest" "$(stat -c %s "$file")"
  chmod 644 "$file"
  mkdir -p "$1/blobs/sha256"
  mv "$file" "$1/blobs/sha256/$digest"
}

# archive NAME CONFIG: makes OUTDIR/NAME.tar of the tree in $work/NAME; CONFIG is the image's process as JSON fields.
archive() {
  local oci=$work/oci-$1 oci_type=application/vnd.oci.image diff_id layer config manifest
  mkdir -p "$oci"
  reproducible_tar "$work/$1" . >"$work/$1.layer"
  diff_id=$(sha256sum "$work/$1.layer" | cut -d' ' -f1)
  layer=$(gzip -9 -n <"$work/$1.layer" | blob "$oci" $oci_type.layer.v1.tar+gzip)
  config=$(printf '{"architecture":"%s","os":"linux","config":{%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
    $arch "$2" "$diff_id" | blob "$oci" $oci_type.config.v1+json)
  manifest=$(printf '{"schemaVersion":2,"mediaType":"%s","config":{%s},"layers":[{%s}]}' \
    $oci_type.manifest.v1+json "$config" "$layer" | blob "$oci" $oci_type.manifest.v1+json)
  printf '{"imageLayoutVersion":"1.0.0"}' >"$oci/oci-layout"
  printf '{"schemaVersion":2,"manifests":[{%s,"platform":{"architecture":"%s","os":"linux"},"annotations":{%s}}]}' \
    "$manifest" $arch "\"io.containerd.image.name\":\"tinylet.local/$1:1\",\"org.opencontainers.image.ref.name\":\"1\"" \
    >"$oci/index.json"
  reproducible_tar "$oci" oci-layout index.json blobs >"$out/.$1.$$.tmp"
  mv "$out/.$1.$$.tmp" "$out/$1.tar"
  echo "built $out/$1.tar (tinylet.local/$1:1, $arch)"
}

mkdir -p "$work/pause"
install -m 755 "$catatonit" "$work/pause/pause"
archive pause '"Entrypoint":["/pause","-P"]'

root=$work/http
mkdir -p "$root"/{bin,etc,home,proc,root,run,sys,var,www/cgi-bin}
mkdir -m 1777 "$root/tmp"
install -m 755 "$busybox" "$root/bin/busybox"
install -m 755 "$catatonit" "$root/bin/catatonit"
"$busybox" --list | while read -r applet; do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
install -m 755 "$here/http/serve" "$root/bin/serve"
install -m 755 "$here/http/page.cgi" "$root/www/cgi-bin/index.cgi"
archive http '"Env":["PATH=/bin"],"Entrypoint":["/bin/catatonit","--"],"Cmd":["/bin/serve"],"ExposedPorts":{"8080/tcp":{}}'

echo "$inputs" >"$out/.inputs"
