#!/bin/bash
# Waits until the cloud controller manager has told about the nodes named on
# standard input, and with the argument "routes" until the router has a route to
# the pods of each; runs on a control plane. It takes the taint off a node then.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-cloud
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/wait-cloud.log

mapfile -t expected < <(grep -v '^$')
((${#expected[@]})) || fail "no node was named on standard input" "the step that calls this one"

known='{{range .items}}{{if .spec.providerID}}{{.metadata.name}}{{"\n"}}{{end}}{{end}}'
doing='tell about' did='told about'
if [ "${1-}" = routes ]; then
  doing='tell about and route to' did='told about, or not routed to,'
  # shellcheck disable=SC2016 # the variable is the template's
  # The condition is False when the route is there, and missing until it was tried.
  known='{{range .items}}{{$node := .}}{{range .status.conditions}}{{if and (eq .type "NetworkUnavailable") (eq .status "False") $node.spec.providerID}}{{$node.metadata.name}}{{"\n"}}{{end}}{{end}}{{end}}'
fi

# told says whether that is so of all nodes; the others are in rest.
rest='' shown=''
told() {
  local found name
  found=$(kubectl get nodes --request-timeout 10s --output "go-template=$known" 2>"$log") ||
    { rest=" the API: $(tail -n 1 "$log")"; return 1; }
  rest=''
  for name in "${expected[@]}"; do
    grep -qxF "$name" <<<"$found" || rest+=" $name"
  done
  [ -n "$rest" ] || return 0
  [ "$rest" = "$shown" ] || say "waiting for the cloud to $doing$rest"
  shown=$rest
  return 1
}

if ! wait_until 300 told; then
  kubectl --namespace kube-system get pods --selector k8s-app=openstack-cloud-controller-manager --output wide >&2 || :
  kubectl --namespace kube-system logs --selector k8s-app=openstack-cloud-controller-manager --tail 5 >&2 || :
  fail "after 5 minutes the cloud controller manager has not $did$rest" "the lines above; kubectl -n kube-system logs -l k8s-app=openstack-cloud-controller-manager"
fi
say "the cloud has told about ${#expected[@]} nodes"
