#!/bin/bash
# Has ExternalDNS take the records of this cluster out of the zones, before it goes
# itself: names would go on leading to addresses that others get. Runs on a control
# plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" release-records
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/release-records.log
job=external-dns-release

in_namespace() { kubectl --namespace external-dns --request-timeout 10s "$@" 2>"$log"; }

# stopped has nobody write records any more.
stopped() {
  local pods
  in_namespace scale deployment external-dns --replicas 0 >/dev/null &&
    pods=$(in_namespace get pods --selector app=external-dns --output name) && [ -z "$pods" ]
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

answers() { in_namespace get cronjob "$job" >/dev/null; }

# The cluster of a stack that is destroyed may be broken; then there is nobody to ask.
if ! wait_until 120 answers; then
  say "WARNING: the API does not answer ($(tail -n 1 "$log")), so records of this cluster may be left in its zones: openstack recordset list ZONE" >&2
  exit 0
fi
say "taking the records of this cluster out of its zones"
wait_until 120 stopped || fail "the pod of ExternalDNS does not end: $(tail -n 1 "$log")" "kubectl -n external-dns describe pods"
wait_until 60 started || fail "what takes the records away does not start: $(tail -n 1 "$log")" "kubectl -n external-dns get jobs"
state=''
wait_until 300 ended || :
case $state in
*Complete*) say "no zone has a record of this cluster any more" ;;
*)
  said=$(in_namespace logs "job/$job" --all-containers --tail 1 | tr '\n' ' ')
  fail "records may be left in the zones${state:+; what takes them away has failed}: $said" "openstack recordset list ZONE; kubectl -n external-dns logs job/$job --all-containers"
  ;;
esac
