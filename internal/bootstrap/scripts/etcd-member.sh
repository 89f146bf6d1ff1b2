#!/bin/bash
# Makes this machine a dedicated member of etcd, together with the others.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" etcd-member
lock
# shellcheck source-path=SCRIPTDIR source=etcd.sh
. "$lib/etcd.sh"
begun=$state/$step.begun finished=$state/$step.done
log=$logs/$step.log

# phase runs a part of kubeadm init that keeps what is there already.
phase() { kubeadm init phase "$@" --config "$etc/kubeadm.yaml" >"$log" 2>&1 || fail "kubeadm init phase $* failed: $(tail -n 1 "$log")" "$log"; }

# founders prints the members that found the cluster, as name=URL.
founders() { sed -n '/name: initial-cluster$/{n;s/.*value: //p}' "$etc/kubeadm.yaml" | tr , '\n'; }

# check_founding refuses to found a cluster that exists: this machine's member
# had data once, and starting it without would break promises that it made.
check_founding() {
  local others members own
  others=$(founders | grep -v "^$node=" | sed 's/.*=//; s/:2380$/:2379/' | paste -sd ,)
  [ -n "$others" ] || return 0
  members=$(etcd_at "$others" member list --consistency s 2>"$log") || return 0 # nobody has started yet
  own=$(founders | sed -n "s/^$node=//p")
  # Of a founder that has not started yet the others know no client URL.
  case $(awk -F ', ' -v own="$own" '$4 == own {print $5 == "" ? "awaited" : "lost"}' <<<"$members") in
  awaited) ;;
  lost) fail "etcd has this member already, but its data is not on this machine; a member cannot be replaced yet" "etcdctl member list on another member" ;;
  *) fail "etcd exists without this member; one cannot be added yet" "etcdctl member list on another member" ;;
  esac
}

if [ -e "$finished" ]; then
  cmp -s "$etc/identity" "$finished" || fail "this machine is a member of another etcd cluster, or has another name there" "$finished"
  say "this member exists already"
  exit 0
fi
install -d -m 0700 /etc/kubernetes/pki
install -D -m 0600 -t /etc/kubernetes/pki/etcd "$etc/pki/etcd/ca.crt" "$etc/pki/etcd/ca.key"
phase certs etcd-healthcheck-client
if [ ! -e "$begun" ]; then
  [ ! -e /var/lib/etcd/member ] || fail "this machine holds data of etcd that Slipway did not put there" "/var/lib/etcd/member"
  check_founding
  cp "$etc/identity" "$begun"
fi
phase certs etcd-server
phase certs etcd-peer
phase etcd local
install -D -m 0600 "$etc/etcd-kubelet.yaml" /var/lib/kubelet/config.yaml
systemctl restart kubelet || fail "the kubelet does not start" "journalctl -u kubelet"
say "waiting for a majority of the members"
wait_until 600 etcd_healthy "$etcd_here" || fail "etcd is not healthy after 10 minutes" "/var/log/pods/kube-system_etcd*, journalctl -u kubelet, and the other members"
cp "$etc/identity" "$finished.new"
sync "$finished.new" # a power cut must not leave an empty file
mv "$finished.new" "$finished"
say "done in $SECONDS s"
