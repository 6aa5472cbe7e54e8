#!/bin/bash
# Installs the programs that a private containerd, the demo images and the lines of the README need and that are missing, from Debian packages,
# named first. Removes nothing, starts no service, enables none. Does nothing when all are there.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"

missing=()
want() { have "$1" || missing+=("$2"); }
want containerd containerd
want ctr containerd
want containerd-shim-runc-v2 containerd
want runc runc
want iptables iptables
want ip iproute2
want catatonit catatonit
want curl curl
# Completion is tried in whichever shells there are; in CI in all of them.
if [ "${CI:-}" = true ]; then want zsh zsh && want fish fish; fi
for dir in /usr/lib/cni /opt/cni/bin /usr/libexec/cni ''; do
  [ -z "$dir" ] || { [ -x "$dir/bridge" ] && [ -x "$dir/portmap" ] && [ -x "$dir/host-local" ] && [ -x "$dir/loopback" ]; } || continue
  [ -n "$dir" ] || missing+=(containernetworking-plugins)
  break
done
# The dynamic busybox and the static one exclude each other: where the first is, the second is unpacked privately.
unpack_busybox=
if ! have busybox; then missing+=(busybox-static); elif ldd "$(command -v busybox)" >/dev/null 2>&1; then
  [ -x .cache/static/bin/busybox ] || unpack_busybox=yes
fi
[ ${#missing[@]} -gt 0 ] || [ -n "$unpack_busybox" ] || exit 0

have apt-get || die "missing: ${missing[*]} (names of Debian packages). There is no apt-get here: install them your way."
[ "$(id -u)" = 0 ] || die "missing: ${missing[*]}. Run this as root, or: apt-get install --no-install-recommends ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq -o Acquire::Retries=5

if [ -n "$unpack_busybox" ]; then
  say "unpacking busybox-static into .cache/static: the installed busybox is not static and stays"
  mkdir -p .cache/static
  (cd .cache/static && rm -f ./*.deb && apt-get download -qq -o Acquire::Retries=5 busybox-static && dpkg -x busybox-static_*.deb . && rm -f ./*.deb)
  [ -x .cache/static/bin/busybox ] || install -D .cache/static/usr/bin/busybox .cache/static/bin/busybox
fi
[ ${#missing[@]} -gt 0 ] || exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

say "installing Debian packages: ${missing[*]}"
install=(apt-get install -y -o Acquire::Retries=5 --no-install-recommends --no-remove "${missing[@]}")
if ! plan=$("${install[@]}" -s 2>&1); then
  printf '%s\n' "$plan" >&2
  die "these packages cannot be installed without removing others: nothing was changed"
fi

# dpkg asks policy-rc.d before it starts a service. One that exists already has its reasons.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 755 $policy
fi
"${install[@]}" -qq >/dev/null
case " ${missing[*]} " in
  *' containerd '*) ! have systemctl || systemctl disable --quiet containerd 2>/dev/null || true ;;
esac
