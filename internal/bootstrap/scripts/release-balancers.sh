#!/bin/bash
# Has the cloud controller manager take away the load balancers that it made for
# Services, before it goes itself; runs on a control plane. The Services stay,
# reachable inside the cluster.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" release-balancers
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/release-balancers.log
finalizer=service.kubernetes.io/load-balancer-cleanup # there while the cloud has something

# Without its type a Service may not have what only load balancers use.
plain='{"metadata": {"annotations": {"service.beta.kubernetes.io/load-balancer-source-ranges": null}}, "spec": {"type": "ClusterIP", "loadBalancerSourceRanges": null}}'

# table prints of each Service: namespace, name, type, class, finalizers, and the
# load balancer that the controller has noted on it.
table() {
  kubectl get services --all-namespaces --request-timeout 10s --output 'go-template={{range .items}}{{.metadata.namespace}}{{"\t"}}{{.metadata.name}}{{"\t"}}{{.spec.type}}{{"\t"}}{{.spec.loadBalancerClass}}{{"\t"}}{{.metadata.finalizers}}{{"\t"}}{{with .metadata.annotations}}{{index . "loadbalancer.openstack.org/load-balancer-id"}}{{end}}{{"\n"}}{{end}}' 2>"$log"
}

# found looks for the Services that the cloud has something for, or may get
# something for: those with a class are another controller's.
found() {
  local all
  all=$(table) || return 1
  services=$(awk -F '\t' -v finalizer="$finalizer" '($3 == "LoadBalancer" && $4 == "<no value>") || index($5, finalizer) {print $1 "\t" $2}' <<<"$all")
  noted=$(awk -F '\t' '$3 != "LoadBalancer" && $6 != "" && $6 != "<no value>" {print $1 "\t" $2}' <<<"$all")
}

# released takes the load balancer from each Service, and tells whether all are gone.
released() {
  local namespace name
  found || return 1
  [ -n "$services" ] || return 0
  while IFS=$'\t' read -r namespace name; do
    kubectl --namespace "$namespace" patch service "$name" --type merge --patch "$plain" \
      --request-timeout 10s >/dev/null 2>>"$log" || :
  done <<<"$services"
  return 1
}

# forgotten takes the notes about load balancers that are gone from their Services,
# which would never get another one: the controller looks for the noted one.
forgotten() {
  local namespace name
  found || return 1
  [ -n "$noted" ] || return 0
  while IFS=$'\t' read -r namespace name; do
    kubectl --namespace "$namespace" annotate service "$name" --request-timeout 10s \
      loadbalancer.openstack.org/load-balancer-{id,address}- >/dev/null 2>>"$log" || :
  done <<<"$noted"
  return 1
}

services='' noted=''
# The cluster of a stack that is destroyed may be broken; then there is nobody to ask.
if ! wait_until 120 found; then
  say "WARNING: the API does not answer ($(tail -n 1 "$log")), so load balancers of Services may be left in the cloud: openstack loadbalancer list" >&2
  exit 0
fi
if [ -n "$services" ]; then
  say "taking the load balancers of $(wc -l <<<"$services") Services away"
  wait_until 600 released ||
    fail "after 10 minutes these Services still have load balancers: $(tr '\t\n' '/ ' <<<"$services")$(tail -n 1 "$log")" "kubectl describe service, and kubectl -n kube-system logs -l k8s-app=openstack-cloud-controller-manager"
  say "no Service has a load balancer any more"
fi
wait_until 60 forgotten ||
  fail "these Services still name load balancers that are gone: $(tr '\t\n' '/ ' <<<"$noted")$(tail -n 1 "$log")" "kubectl annotate service NAME loadbalancer.openstack.org/load-balancer-id-"
