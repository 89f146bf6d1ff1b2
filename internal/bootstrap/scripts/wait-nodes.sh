#!/bin/bash
# Waits until the nodes named on standard input are Ready and the cluster's own
# deployments are available; runs on a control plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-nodes
export KUBECONFIG=/etc/kubernetes/admin.conf
limit=600

mapfile -t expected < <(grep -v '^$')
((${#expected[@]})) || fail "no node was named on standard input" "the step that calls this one"

# waiting_for prints one line per thing that is not there yet, and nothing when all is.
waiting_for() {
  local nodes deployments name
  # shellcheck disable=SC2016 # a template of kubectl's
  nodes=$(kubectl get nodes --request-timeout 10s -o go-template='{{range .items}}{{.metadata.name}}{{range .status.conditions}}{{if eq .type "Ready"}}{{"\t"}}{{.status}}{{"\t"}}{{.message}}{{end}}{{end}}{{"\n"}}{{end}}' 2>&1) ||
    { echo "API: ${nodes##*$'\n'}"; return; }
  for name in "${expected[@]}"; do
    awk -F '\t' -v name="$name" '
      $1 == name { found = 1; if ($2 != "True") print "node " name ": " $3 }
      END { if (!found) print "node " name ": not registered" }' <<<"$nodes"
  done
  # shellcheck disable=SC2016 # a template of kubectl's
  deployments=$(kubectl get deployments -n kube-system --request-timeout 10s -o go-template='{{range .items}}{{.metadata.name}}{{"\t"}}{{.spec.replicas}}{{"\t"}}{{or .status.availableReplicas 0}}{{"\n"}}{{end}}' 2>&1) ||
    { echo "API: ${deployments##*$'\n'}"; return; }
  awk -F '\t' '$3 < $2 { print "deployment kube-system/" $1 ": " $3 " of " $2 " available" }' <<<"$deployments"
}

# shown keeps the log short: only a change is worth a line.
shown='' rest=''
all_ready() {
  rest=$(waiting_for)
  [ -n "$rest" ] || return 0
  local count
  count=$(wc -l <<<"$rest")
  [ "$count" = "$shown" ] || say "waiting for $count: $(head -n 1 <<<"$rest")"
  shown=$count
  return 1
}

if ! wait_until $limit all_ready; then
  printf '%s\n' "$rest" >&2
  kubectl get pods --all-namespaces --field-selector 'status.phase!=Running,status.phase!=Succeeded' -o wide >&2 || :
  fail "not everything is ready after $((limit / 60)) minutes: $(tr '\n' ';' <<<"$rest")" "the lines above"
fi
say "${#expected[@]} nodes are Ready after $SECONDS s"
