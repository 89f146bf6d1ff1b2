#!/bin/bash
# Renews kubeadm's certificates long before they expire, by
# slipway-certificates.timer, and has what runs on this node take them up. One
# node of the cluster at a time.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" certificates
lock
# shellcheck source-path=SCRIPTDIR source=apiserver.sh
. "$lib/apiserver.sh"
# shellcheck source-path=SCRIPTDIR source=etcd.sh
. "$lib/etcd.sh"
# shellcheck source-path=SCRIPTDIR source=restart.sh
. "$lib/restart.sh"
export KUBECONFIG=/etc/kubernetes/admin.conf
day=86400
unfinished=$state/certificates.renewed # renewed, but not everything restarted
log=$logs/certificates.log

# expiring SECONDS prints the files that hold a certificate with less time left.
expiring() {
  local file
  for file in /etc/kubernetes/pki/{,etcd/}*.crt; do
    case $file in *'*'* | *ca.crt) continue ;; esac
    openssl x509 -noout -checkend "$1" -in "$file" >/dev/null || echo "$file"
  done
  for file in /etc/kubernetes/{admin,super-admin,controller-manager,scheduler}.conf; do
    [ -e "$file" ] || continue
    sed -n 's/.*client-certificate-data: //p' "$file" | base64 -d | openssl x509 -noout -checkend "$1" >/dev/null || echo "$file"
  done
}

# take_turn notes in the cluster that this node is at it. A node that is still
# at it after a day is not any more.
take_turn() {
  local holder='' since=0
  kubectl create configmap slipway-certificates --namespace kube-system --request-timeout 30s \
    --from-literal node="$node" --from-literal since="$(date +%s)" >"$log" 2>&1 && return
  read -r holder since < <(kubectl get configmap slipway-certificates --namespace kube-system --request-timeout 30s \
    --output 'go-template={{.data.node}} {{.data.since}}{{"\n"}}' 2>>"$log") || return 1
  [ "$holder" != "$node" ] || return 0
  (($(date +%s) - since > day)) || return 1
  say "$holder did not finish; it is this node's turn"
  end_turn && take_turn
}

end_turn() { kubectl delete configmap slipway-certificates --namespace kube-system --ignore-not-found --request-timeout 30s >>"$log" 2>&1; }

# ready_for_it tells whether the cluster bears that this node's servers restart.
ready_for_it() {
  [ "$role" != control-plane ] || healthy_here || return 1
  [ ! -e /etc/kubernetes/manifests/etcd.yaml ] || etcd_at "$etcd_here" endpoint health --cluster >/dev/null 2>&1
}

renew() {
  kubeadm certs renew all --config "$etc/kubeadm.yaml" >"$log" 2>&1 || fail "kubeadm could not renew the certificates: $(tail -n 1 "$log")" "$log"
  [ -e "$etc/etcd-client.yaml" ] || return 0
  # Told of external etcd, kubeadm leaves this one alone.
  kubeadm certs renew apiserver-etcd-client --config "$etc/etcd-client.yaml" >>"$log" 2>&1 ||
    fail "kubeadm could not renew the certificate for etcd: $(tail -n 1 "$log")" "$log"
}

due=$(expiring $((60 * day)))
if [ -z "$due" ] && [ ! -e "$unfinished" ]; then exit 0; fi
[ -z "$due" ] || say "less than 60 days left: $(xargs <<<"$due")"
# With certificates that have expired nothing works that could be waited for.
if [ -z "$(expiring 0)" ]; then
  if [ "$role" = control-plane ] && ! take_turn; then
    say "another node is at it; next time"
    exit 0
  fi
  wait_until 300 ready_for_it || fail "not all of the API server and the members of etcd are healthy, so nothing is restarted" "kubectl get --raw /readyz?verbose, etcdctl endpoint health --cluster"
fi
if [ -n "$due" ]; then
  touch "$unfinished"
  renew
fi
for component in etcd kube-apiserver kube-controller-manager kube-scheduler; do
  restart "$component"
done
rm "$unfinished"
[ "$role" != control-plane ] || end_turn || say "the note in the cluster stays for a day: $(tail -n 1 "$log")"
say "renewed the certificates"
