#!/bin/bash
# Has ExternalDNS take the records of this cluster out of the zones, before it goes
# itself: names would go on leading to addresses that others get. Runs on a control
# plane. With the argument "back" it has ExternalDNS write records again.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" release-records
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/release-records.log
job=external-dns-release

in_namespace() { kubectl --namespace external-dns --request-timeout 10s "$@" 2>"$log"; }

scaled() { in_namespace scale deployment external-dns --replicas "$1" >/dev/null; }

# Pods that have ended stay; they write nothing.
stopped() {
  local pods
  scaled 0 && pods=$(in_namespace get pods --selector app=external-dns --field-selector 'status.phase!=Failed,status.phase!=Succeeded' --output name) && [ -z "$pods" ]
}

# started has the Job run that is kept ready as a CronJob; one of an earlier attempt goes.
started() {
  in_namespace delete job "$job" --ignore-not-found --cascade foreground >/dev/null &&
    in_namespace create job "$job" --from "cronjob/$job" >/dev/null
}

# ended waits for the Job's end, good or bad.
ended() {
  state=$(in_namespace get job "$job" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}') && [[ $state == *Complete* || $state == *Failed* ]]
}

answers() { kept=$(in_namespace get cronjob "$job" --ignore-not-found --output name); }

# give_up has what is left of it go on as before, and says WHY and WHERE to look.
give_up() {
  scaled 1 || :
  fail "$1" "$2"
}

if [ "${1:-}" = back ]; then
  wait_until 60 scaled 1 || fail "ExternalDNS does not start again: $(tail -n 1 "$log")" "kubectl -n external-dns get deployments"
  exit 0
fi
kept=''
# The cluster of a stack that is destroyed may be broken; then there is nobody to ask.
if ! wait_until 120 answers; then
  say "WARNING: the API does not answer ($(tail -n 1 "$log")), so records of this cluster may be left in its zones: openstack recordset list ZONE" >&2
  exit 0
fi
if [ -z "$kept" ]; then
  say "records are kept: there is no CronJob $job"
  exit 0
fi
say "taking the records of this cluster out of its zones"
wait_until 120 stopped || give_up "the pod of ExternalDNS does not end: $(tail -n 1 "$log")" "kubectl -n external-dns describe pods; if its node is gone, kubectl delete node"
wait_until 60 started || give_up "what takes the records away does not start: $(tail -n 1 "$log")" "kubectl -n external-dns get jobs"
state=''
wait_until 900 ended || :
if [[ $state != *Complete* ]]; then
  said=$(in_namespace logs "job/$job" --all-containers --ignore-errors --tail 1 | tr '\n' ' ') || :
  give_up "records may be left in the zones${state:+; what takes them away has failed}: $said" "openstack recordset list ZONE; kubectl -n external-dns describe job/$job"
fi
say "no zone has a record of this cluster any more"
