#!/bin/bash
# Fails while the cluster has volumes of Cinder: without the CSI driver nobody
# could attach, move or delete them. Runs on a control plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" check-volumes
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/check-volumes.log

# listed has namespace and name of the claims that have such a volume.
listed() {
  volumes=$(kubectl get persistentvolumes --request-timeout 10s --output 'go-template={{range .items}}{{if .spec.csi}}{{if eq .spec.csi.driver "cinder.csi.openstack.org"}}{{.metadata.name}}{{with .spec.claimRef}} of {{.namespace}}/{{.name}}{{end}}{{"\n"}}{{end}}{{end}}{{end}}' 2>"$log")
}

# Deleting a claim's volume takes Cinder a moment.
gone() { listed && [ -z "$volumes" ]; }

volumes=''
wait_until 60 gone ||
  fail "the cluster still has volumes of Cinder: $(paste -sd ';' <<<"$volumes" | sed 's/;/; /g')$(tail -n 1 "$log")" "kubectl get persistentvolumes; delete their claims (kubectl delete pvc), and volumes that were retained (kubectl delete pv), then run up again"
