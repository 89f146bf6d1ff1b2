#!/bin/bash
# Moves the pods of a node elsewhere and removes its Node object; runs on a
# control plane. A node that is gone already is no failure.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" drain
export KUBECONFIG=/etc/kubernetes/admin.conf
target=$1
log=$logs/drain-$target.log

found=$(kubectl get node "$target" --ignore-not-found --request-timeout 30s -o name 2>"$log") ||
  fail "the API does not answer: $(tail -n 1 "$log")" "wait-api.sh on this node"
if [ -z "$found" ]; then
  say "$target is not in the cluster"
  exit 0
fi
say "draining $target"
# The node is about to go, so pods without a controller and their local data go
# with it; disruption budgets hold.
kubectl drain "$target" --ignore-daemonsets --delete-emptydir-data --force --timeout 300s >"$log" 2>&1 || {
  grep -iE 'error|cannot evict' "$log" | tail -n 10 >&2 || :
  fail "$target could not be drained in 5 minutes" "$log; kubectl get pods -A --field-selector spec.nodeName=$target"
}
kubectl delete node "$target" --ignore-not-found --timeout 60s >>"$log" 2>&1 ||
  fail "the Node object of $target could not be deleted: $(tail -n 1 "$log")" "$log"
say "removed $target"
