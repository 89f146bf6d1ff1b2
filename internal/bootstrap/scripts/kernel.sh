# shellcheck shell=bash disable=SC2154
# Sourced by prepare.sh after step.sh, whose names it uses.

configure_kernel() {
  mkdir -p /etc/modules-load.d /etc/sysctl.d
  printf '%s\n' overlay br_netfilter >/etc/modules-load.d/slipway.conf
  # A kernel may have them built in.
  modprobe -q overlay || grep -qw overlay /proc/filesystems || fail "the kernel has no overlay filesystem" "modprobe overlay"
  modprobe -q br_netfilter || [ -e /proc/sys/net/bridge ] || fail "the kernel has no br_netfilter" "modprobe br_netfilter"

  cat >/etc/sysctl.d/90-slipway.conf <<'CONF'
# Written by Slipway.
# Nodes route for their pods.
net.ipv4.ip_forward = 1
# Packets between pods of one node pass the Service rules too.
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
CONF
  sysctl -q -p /etc/sysctl.d/90-slipway.conf || fail "the kernel refused a setting" "/etc/sysctl.d/90-slipway.conf"
  disable_swap
}

# disable_swap lets the kubelet account for memory. A container sees its host's
# swap, which is not its own to turn off.
disable_swap() {
  systemd-detect-virt --quiet --container && return
  swapoff --all
  [ -e /etc/fstab ] || return 0
  sed -i -E 's@^([^#].*[[:space:]]swap[[:space:]].*)$@# off for Kubernetes: \1@' /etc/fstab
}
