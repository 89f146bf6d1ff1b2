#!/bin/bash
# Waits until the cloud controller manager has told about the nodes named on
# standard input; runs on a control plane. It takes the taint off a node then.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-cloud
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/wait-cloud.log

mapfile -t expected < <(grep -v '^$')
((${#expected[@]})) || fail "no node was named on standard input" "the step that calls this one"

# told says whether all nodes have their server's id; those without are in rest.
rest='' shown=''
told() {
  local known name
  known=$(kubectl get nodes --request-timeout 10s --output 'go-template={{range .items}}{{if .spec.providerID}}{{.metadata.name}}{{"\n"}}{{end}}{{end}}' 2>"$log") ||
    { rest=" the API: $(tail -n 1 "$log")"; return 1; }
  rest=''
  for name in "${expected[@]}"; do
    grep -qxF "$name" <<<"$known" || rest+=" $name"
  done
  [ -n "$rest" ] || return 0
  [ "$rest" = "$shown" ] || say "waiting for the cloud to tell about$rest"
  shown=$rest
  return 1
}

if ! wait_until 300 told; then
  kubectl --namespace kube-system get pods --selector k8s-app=openstack-cloud-controller-manager --output wide >&2 || :
  kubectl --namespace kube-system logs --selector k8s-app=openstack-cloud-controller-manager --tail 5 >&2 || :
  fail "after 5 minutes the cloud controller manager has not told about$rest" "the lines above; kubectl -n kube-system logs -l k8s-app=openstack-cloud-controller-manager"
fi
say "the cloud has told about ${#expected[@]} nodes"
