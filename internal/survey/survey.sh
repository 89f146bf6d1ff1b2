#!/bin/bash
# Prints what has to be known of a machine before it becomes a node, one
# key=value a line. Arguments: the machine's address, and TCP ports to look at.
# It changes nothing, and does without what a machine may lack.
set -uo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
address=$1
shift

say() { printf '%s=%s\n' "$1" "$2"; }
first() { head -n 1 "$1" 2>/dev/null; }

say clock "$(date +%s.%N)"
# shellcheck disable=SC1091
(. /etc/os-release && say os "$ID" && say os_version "${VERSION_ID:-}" && say os_name "$PRETTY_NAME")
say arch "$(uname -m)"
say init "$(first /proc/1/comm)"
say cpus "$(nproc)"
say memory_kb "$(awk '$1 == "MemTotal:" {print $2}' /proc/meminfo)"
say disk_kb "$(df -Pk /var/lib | awk 'END {print $4}')"
container=no
if systemd-detect-virt --quiet --container 2>/dev/null; then container=yes; fi
say container "$container"
say swap "$(awk 'NR > 1 {print $1}' /proc/swaps | paste -sd ' ')"
say machine_id "$(first /etc/machine-id)"
say product_uuid "$(first /sys/class/dmi/id/product_uuid)"
say synchronised "$(timedatectl show --property NTPSynchronized --value 2>/dev/null)"
interface=$(ip -o -4 address show to "$address/32" 2>/dev/null | awk 'NR == 1 {print $2}')
[ -n "$interface" ] || interface=$(ip -o -4 route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
say interface "$interface"
say mtu "$(first "/sys/class/net/$interface/mtu")"
say owner "$(first /var/lib/slipway-owner)"
foreign=''
if [ ! -e /etc/slipway ]; then
  for path in /etc/kubernetes/kubelet.conf /etc/kubernetes/manifests/kube-apiserver.yaml /var/lib/etcd/member; do
    [ ! -e "$path" ] || foreign=$path
  done
fi
say foreign "$foreign"
for port in "$@"; do
  # The state 0A is LISTEN; addresses are in hex.
  if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$(printf ':%04X' "$port")" '$4 == "0A" && index($2, port) == length($2) - 4 {found = 1} END {exit !found}'; then
    say taken "$port $(ss -Hltnp "sport = :$port" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)".*/\1/p' | head -n 1)"
  fi
done
say end yes
