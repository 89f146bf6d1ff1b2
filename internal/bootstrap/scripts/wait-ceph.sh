#!/bin/bash
# Waits until Rook says that what it was asked for is ready, and a daemon runs for
# each disk. Runs on a control plane. Arguments: NAMESPACE DISKS KIND/NAME...
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-ceph
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/wait-ceph.log
(($# > 2)) || fail "a namespace, a number of disks and objects are needed as arguments" "the step that calls this one"
namespace=$1 disks=$2
shift 2

in_namespace() { kubectl --namespace "$namespace" --request-timeout 30s "$@" 2>"$log"; }

# daemons lists the hosts of the daemons of disks that run.
daemons() { in_namespace get deployments --selector app=rook-ceph-osd --output 'jsonpath={range .items[?(@.status.availableReplicas==1)]}{.spec.template.spec.nodeSelector.kubernetes\.io/hostname}{"\n"}{end}' | grep . | sort | uniq -c; }

# told is what was said last, so that nothing is said twice.
told=''
tell() {
  [ "$told" = "$1" ] || say "$1"
  told=$1
}

ready() {
  local object phase count
  for object in "$@"; do
    phase=$(in_namespace get "$object" --output 'jsonpath={.status.phase}') || return 1
    if [ "$phase" != Ready ]; then
      missing="$object is ${phase:-not seen by the operator yet}: $(in_namespace get "$object" --output 'jsonpath={.status.message}' || :)"
      tell "$missing"
      return 1
    fi
  done
  count=$(daemons | awk '{n += $1} END {print n + 0}')
  ((count == disks)) && return
  missing="daemons run for $count of $disks disks ($(daemons | awk '{print $2 ": " $1}' | paste -sd ',' | sed 's/,/, /g'))"
  tell "$missing"
  return 1
}

# why is what helps to find the cause.
why() {
  in_namespace get pods --output wide || :
  in_namespace logs deployment/rook-ceph-operator --tail 400 | grep -E '^[0-9: .-]+ E \|' | tail -n 6 || :
  in_namespace logs --selector app=rook-ceph-osd-prepare --container provision --tail 60 | grep -E ' skipping | E \|' | tail -n 12 || :
}

missing=''
if ! wait_until 1200 ready "$@"; then
  why >&2
  fail "after 20 minutes, $missing" "the lines above; kubectl -n $namespace describe ${1%%/*}"
fi
say "Ceph is ready with $disks disks"
