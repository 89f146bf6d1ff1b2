#!/bin/bash
# Waits until Rook has cleared disks and folders of all nodes. It does when their Ceph
# cluster is gone and the daemons have ended, and not without its operator. Runs on a
# control plane. Argument: NAMESPACE
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" clear-ceph
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/clear-ceph.log
(($# == 1)) || fail "a namespace is needed as argument" "the step that calls this one"
namespace=$1

in_namespace() { kubectl --namespace "$namespace" --request-timeout 30s "$@" 2>"$log"; }

listed() {
  clusters=$(in_namespace get cephclusters --output name) &&
    daemons=$(in_namespace get pods --selector 'app in (rook-ceph-mon, rook-ceph-mgr, rook-ceph-osd)' --output name) &&
    jobs=$(in_namespace get jobs --selector app=rook-ceph-cleanup --output 'jsonpath={range .items[*]}{.metadata.name} {.status.succeeded}{"\n"}{end}')
}

begun() { listed && [ -n "$clusters$daemons$jobs" ]; }

# at_work are the jobs that have not ended well.
at_work() { awk 'NF && $2 != 1 {print $1}' <<<"$jobs" | paste -sd ',' | sed 's/,/, /g'; }

cleared() { listed && [ -n "$jobs" ] && [ -z "$(at_work)" ]; }

clusters='' daemons='' jobs=''
wait_until 60 listed || fail "the API does not say what there is of Ceph: $(tail -n 1 "$log")" "kubectl --namespace $namespace get cephclusters,pods,jobs"
if ! wait_until 60 begun; then
  say "there is nothing of Ceph to clear"
  exit
fi
# The word to clear them was taken back.
[ -z "$clusters" ] || exit 0
say "Rook clears the disks"
if ! wait_until 900 cleared; then
  in_namespace get pods --output wide >&2 || :
  left="Rook has not cleared the disks: $(at_work)"
  [ -n "$jobs" ] || left="Rook has not begun to clear the disks: of the daemons there are still $(grep -c . <<<"$daemons" || :)"
  fail "after 15 minutes, $left" "the lines above; kubectl --namespace $namespace logs --selector app=rook-ceph-cleanup, and deployment/rook-ceph-operator; then run up again"
fi
say "the disks are clear"
