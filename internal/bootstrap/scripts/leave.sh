#!/bin/bash
# Takes this control plane out of a cluster that goes on without it: its pods,
# its Node object and its member of etcd.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" leave
# shellcheck source-path=SCRIPTDIR source=etcd.sh
. "$lib/etcd.sh"
# shellcheck source-path=SCRIPTDIR source=forget.sh
. "$lib/forget.sh"

"$lib/drain.sh" "$node"
lock
if [ ! -e /etc/kubernetes/manifests/etcd.yaml ]; then exit 0; fi # etcd is elsewhere
log=$logs/leave.log own=https://$(own_address):2380
members=$(etcd_at "$etcd_here" member list --consistency s 2>"$log") || fail "etcd does not answer: $(tail -n 1 "$log")" "$log"
others=$(awk -F ', ' -v own="$own" '$4 != own && $5 != "" {print $5}' <<<"$members" | paste -sd ,)
if [ -z "$others" ]; then exit 0; fi # nobody counts on it
check_quorum
wait_until 120 left "$others" "$own" || fail "etcd does not let go of this member: $(tail -n 1 "$log")" "$log; etcdctl member list on another control plane"
say "left etcd"
