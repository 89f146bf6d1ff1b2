# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by prepare.sh and proxy.sh after step.sh, whose names it uses.

# What a Kubernetes node needs from its distribution, as command:package. Cloud images have
# all or nearly all of it, and asking a package mirror for nothing costs minutes.
# iptables is for the portmap plugin, nft for metadata.sh; ip, losetup and modprobe for kubelet and
# kubeadm; openssl for looking at certificates.
needed=(curl:curl iptables:iptables nft:nftables ip:iproute2 losetup:mount mkfs.ext4:e2fsprogs modprobe:kmod cmp:diffutils sysctl:procps openssl:openssl)

# install_packages COMMAND:PACKAGE...: installs the packages whose command is missing.
install_packages() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null ||
    fail "missing: ${missing[*]}, and there is no apt-get to install them" "the machine's image"
  say "installing ${missing[*]}"
  local log=$logs/packages.log
  export DEBIAN_FRONTEND=noninteractive
  # Unattended upgrades may hold the lock for the first minutes.
  {
    timeout 300 apt-get -q -o DPkg::Lock::Timeout=240 update &&
      timeout 600 apt-get -q -y -o DPkg::Lock::Timeout=240 install --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    fail "apt-get could not install ${missing[*]}" "$log"
  }
}
