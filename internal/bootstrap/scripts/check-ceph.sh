#!/bin/bash
# Fails while the cluster has volumes or buckets of Ceph: they would be lost with
# it, or nobody could reach them. Runs on a control plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" check-ceph
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/check-ceph.log

# shellcheck disable=SC2016 # kubectl expands it
of_ceph='{{range .items}}{{$o := .}}{{with .spec.csi}}{{if or (eq .driver "rook-ceph.rbd.csi.ceph.com") (eq .driver "rook-ceph.cephfs.csi.ceph.com")}}{{$o.metadata.name}}{{with $o.spec.claimRef}} of {{.namespace}}/{{.name}}{{end}}{{"\n"}}{{end}}{{end}}{{end}}'

listed() {
  volumes=$(kubectl get persistentvolumes --request-timeout 10s --output "go-template=$of_ceph" 2>"$log") &&
    buckets=$(kubectl get objectbucketclaims --all-namespaces --request-timeout 10s --output 'go-template={{range .items}}{{.metadata.namespace}}/{{.metadata.name}}{{"\n"}}{{end}}' 2>"$log")
}

# Deleting them takes Ceph a moment.
gone() { listed && [ -z "$volumes$buckets" ]; }

line() { paste -sd ';' <<<"$1" | sed 's/;/; /g'; }

volumes='' buckets=''
wait_until 60 listed || fail "the API does not say whether there are volumes or buckets: $(tail -n 1 "$log")" "kubectl get persistentvolumes"
if ! wait_until 60 gone; then
  left=''
  [ -z "$volumes" ] || left="volumes of Ceph: $(line "$volumes")"
  [ -z "$buckets" ] || left+="${left:+, and }buckets of Ceph: $(line "$buckets")"
  fail "the cluster still has $left$(tail -n 1 "$log")" "kubectl get persistentvolumes, and kubectl get objectbucketclaims --all-namespaces; delete the claims, and volumes that were retained, then run up again"
fi
