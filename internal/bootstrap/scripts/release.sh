#!/bin/bash
# Makes a machine that existed before the cluster one without a cluster again:
# nothing that Slipway put there stays, except packages of the distribution.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" release

# stop SERVICE...: of those that run here.
stop() {
  local service
  for service in "$@"; do
    systemctl cat "$service" >/dev/null 2>&1 || continue
    systemctl --quiet disable --now "$service" || fail "$service does not stop" "journalctl -u $service"
  done
}

# stop_proxy ends HAProxy and Keepalived, where Slipway runs them.
stop_proxy() {
  local service
  for service in keepalived haproxy; do # the address goes first
    [ -e "$state/$service" ] || continue
    stop "$service"
    rm -rf "/etc/$service/$service.cfg" "/etc/$service/$service.conf" /etc/keepalived/proxy-*.sh "${state:?}/$service"
  done
}

# stop_kubernetes ends the node. The cluster is gone, or has let go of the node.
stop_kubernetes() {
  [ -x /opt/bin/kubeadm ] || return 0
  say "resetting the node"
  timeout 300 kubeadm reset --force --skip-phases remove-etcd-member --cri-socket unix:///run/containerd/containerd.sock >"$logs/reset.log" 2>&1 ||
    fail "kubeadm reset failed: $(tail -n 1 "$logs/reset.log")" "$logs/reset.log"
  stop kubelet containerd slipway-metadata
  # What containers were started with outlives containerd.
  pkill -f /opt/bin/containerd-shim || :
  findmnt --noheadings --list --output TARGET | { grep -E '^/(run/containerd|run/netns|var/lib/(kubelet|containerd))/' || :; } | sort -r | xargs -r -d '\n' umount --lazy
}

# forget_network removes the pods' network and kube-proxy's rules.
forget_network() {
  local link table tool
  for link in cni0 flannel.1 kube-ipvs0; do ip link delete "$link" 2>/dev/null || :; done
  for table in slipway kube-proxy flannel-ipv4 flannel-ipv6; do
    for family in ip ip6 inet; do nft delete table "$family" "$table" 2>/dev/null || :; done
  done
  for tool in iptables ip6tables; do
    command -v "$tool-save" >/dev/null || continue
    # Chains of Kubernetes, flannel and the port mapping, and the jumps to them.
    "$tool-save" 2>/dev/null | grep -vE '(KUBE|FLANNEL|CNI)-|:FLANNEL|--comment "(flanneld|kubernetes)' | "$tool-restore" || :
  done
}

# remove_files removes what prepare.sh and kubeadm put on the disk.
remove_files() {
  local path
  if [ -d "$etc/systemd" ]; then
    (cd "$etc/systemd" && find . -type f -printf '/etc/systemd/system/%P\0') | xargs -r -0 rm -f
    rmdir /etc/systemd/system/kubelet.service.d 2>/dev/null || :
    systemctl daemon-reload
    systemctl reset-failed
  fi
  # Each of these files lists what it was installed as, with checksums.
  { cat "$state"/installed/* 2>/dev/null || :; } | sed -n 's/^[0-9a-f]\{64\}  //p' | xargs -r -d '\n' rm -f
  for path in kubeadm kubectl ctr; do
    if [ "$(readlink "/usr/local/bin/$path")" = "/opt/bin/$path" ]; then rm "/usr/local/bin/$path"; fi
  done
  rm -rf /opt/bin/etcd{ctl,utl} /opt/cni /etc/cni/net.d /etc/containerd /etc/kubernetes \
    /var/lib/{containerd,kubelet,etcd,cni} /run/{containerd,flannel} "$cache" \
    /etc/sysctl.d/90-slipway.conf /etc/modules-load.d/slipway.conf
  rmdir /opt/bin 2>/dev/null || :
  [ ! -e /etc/fstab ] || sed -i 's@^# off for Kubernetes: @@' /etc/fstab
}

main() {
  lock
  local timer
  for timer in "$etc"/systemd/*.timer; do
    if [ -e "$timer" ]; then stop "${timer##*/}"; fi
  done
  stop_proxy
  stop_kubernetes
  forget_network
  remove_files
  say "this machine is free; the packages that were installed stay"
  rm -rf "$etc" "$logs" "$lib"
}

# On one line: the script removes itself.
main; exit
