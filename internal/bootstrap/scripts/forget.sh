# shellcheck shell=bash disable=SC2154
# Sourced by membership.sh after step.sh and etcd.sh, whose names it uses: what
# a dead machine of this node's name left in the cluster has to go before the
# new one joins. A control plane has the keys for that.

forget_former() {
  local log=$logs/forget.log
  : >"$log"
  export KUBECONFIG=/etc/kubernetes/admin.conf
  kubeadm init phase kubeconfig admin --config "$etc/kubeadm.yaml" >>"$log" 2>&1 || fail "kubeadm init phase kubeconfig failed: $(tail -n 1 "$log")" "$log"
  [ -e "$etc/etcd-client.yaml" ] || forget_member
  # A machine that died is Ready until the cluster misses its heartbeat.
  local former
  wait_until 120 not_ready || fail "a node $node is Ready in the cluster: another machine has this name" "kubectl get node $node -o wide on a control plane"
  [ -n "$former" ] || return 0
  kubectl delete node "$node" --ignore-not-found --timeout 60s >>"$log" 2>&1 || fail "the former Node object could not be deleted: $(tail -n 1 "$log")" "$log"
}

# not_ready says in former what the cluster knows of a node of this name, if any.
not_ready() {
  former=$(kubectl get node "$node" --ignore-not-found --request-timeout 10s --output 'go-template=Ready: {{range .status.conditions}}{{if eq .type "Ready"}}{{.status}}{{end}}{{end}}' 2>>"$log") &&
    [ "$former" != "Ready: True" ]
}

# forget_member removes this node's former member of etcd, if there is one. Only
# one that is dead: a machine that joins has no member yet.
forget_member() {
  local endpoints members id name peers clients # members is for check_quorum, too
  kubeadm init phase certs etcd-healthcheck-client --config "$etc/kubeadm.yaml" >>"$log" 2>&1 || fail "kubeadm init phase certs failed: $(tail -n 1 "$log")" "$log"
  endpoints=$(kubectl get pods --namespace kube-system --selector component=etcd --request-timeout 30s \
    --output 'go-template={{range .items}}{{index .metadata.annotations "kubeadm.kubernetes.io/etcd.advertise-client-urls"}}{{"\n"}}{{end}}' | paste -sd ,)
  members=$(etcd_at "$endpoints" member list --consistency s 2>>"$log") || fail "etcd does not answer at $endpoints: $(tail -n 1 "$log")" "the other control planes"
  while IFS='|' read -r id _ name peers clients _; do
    [ "$name" = "$node" ] || [ "$peers" = "https://$(own_address):2380" ] || continue
    if [ -n "$clients" ] && etcd_healthy "$clients"; then fail "etcd has a healthy member $name at $clients: another machine has this node's name or address" "etcdctl member list on a control plane"; fi
    check_quorum
    etcd_at "$endpoints" member remove "$id" >>"$log" 2>&1 || fail "etcd did not remove its dead member at $peers: $(tail -n 1 "$log")" "$log"
    say "removed the dead etcd member at $peers"
  done < <(listed <<<"$members")
}

# leave_etcd takes the member that a cut join may have made out of etcd, before
# its data is removed: once it was promoted, etcd counts on its vote.
leave_etcd() {
  local manifest=/etc/kubernetes/manifests/etcd.yaml log=$logs/forget.log own others
  [ -e "$manifest" ] || return 0
  own=https://$(own_address):2380
  others=$(sed -n 's/^ *- --initial-cluster=//p' "$manifest" | tr , '\n' | sed 's/^[^=]*=//' | { grep -vxF "$own" || :; } | sed 's/:2380$/:2379/' | paste -sd ,)
  [ -n "$others" ] || return 0 # the only member: nobody counts on it
  wait_until 120 left "$others" "$own" ||
    fail "etcd does not let go of this machine's member, and may need its data: $(tail -n 1 "$log")" "etcdctl member list on a control plane"
}

left() {
  local id
  id=$(etcd_at "$1" member list 2>>"$log" | awk -F ', ' -v own="$2" '$4 == own {print $1}') || return 1
  [ -z "$id" ] || etcd_at "$1" member remove "$id" >>"$log" 2>&1
}

# listed separates ID, status, name, peer URLs, client URLs and learner, which
# may be empty.
listed() { sed 's/, /|/g'; }

own_address() { sed -n 's/^ *advertiseAddress: //p' "$etc/join.yaml"; }

# check_quorum refuses to go on when too few members are healthy: then etcd can
# decide nothing, the removal included, and what it has must not be touched.
check_quorum() {
  local voters=0 healthy=0 learner clients
  while IFS='|' read -r _ _ _ _ clients learner; do
    [ "$learner" = false ] || continue
    voters=$((voters + 1))
    if [ -n "$clients" ] && etcd_healthy "$clients"; then healthy=$((healthy + 1)); fi
  done < <(listed <<<"$members")
  ((2 * healthy > voters)) || fail "only $healthy of $voters members of etcd are healthy, which is no majority" "the other control planes; docs/runbooks/restore-etcd.md if they are lost"
}
