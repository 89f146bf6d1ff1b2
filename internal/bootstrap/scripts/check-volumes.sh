#!/bin/bash
# Fails while the cluster has volumes or snapshots of Cinder: without the CSI
# driver nobody could attach, move or delete them. Runs on a control plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" check-volumes
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/check-volumes.log

# of_cinder lists the objects of a kind whose driver is ours: .spec.$2 leads to
# it, .spec.$3 to what made them.
of_cinder() {
  kubectl get "$1" --request-timeout 10s --output "go-template={{range .items}}{{\$o := .}}{{with .spec$2}}{{if eq .driver \"cinder.csi.openstack.org\"}}{{\$o.metadata.name}}{{with \$o.spec.$3}} of {{.namespace}}/{{.name}}{{end}}{{\"\\n\"}}{{end}}{{end}}{{end}}" 2>"$log"
}

listed() {
  volumes=$(of_cinder persistentvolumes .csi claimRef) &&
    snapshots=$(of_cinder volumesnapshotcontents '' volumeSnapshotRef)
}

# Deleting them takes Cinder a moment.
gone() { listed && [ -z "$volumes$snapshots" ]; }

# line puts a list on one.
line() { paste -sd ';' <<<"$1" | sed 's/;/; /g'; }

volumes='' snapshots=''
wait_until 60 listed || fail "the API does not say whether there are volumes: $(tail -n 1 "$log")" "kubectl get persistentvolumes"
if ! wait_until 60 gone; then
  left=''
  [ -z "$snapshots" ] || left="snapshots of Cinder: $(line "$snapshots")"
  [ -z "$volumes" ] || left+="${left:+, and }volumes of Cinder: $(line "$volumes")"
  fail "the cluster still has $left$(tail -n 1 "$log")" "kubectl get volumesnapshots --all-namespaces, and kubectl get persistentvolumes; delete the snapshots, then the claims (kubectl delete pvc) and volumes that were retained (kubectl delete pv), then run up again"
fi
