#!/bin/bash
# Waits until the API server admits the object on standard input, without making
# it: who has to agree, a webhook, may be running and not yet be trusted. Runs on a
# control plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-admitted
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/wait-admitted.log
object=$(cat)
[ -n "$object" ] || fail "an object is needed on standard input" "the step that calls this one"

admitted() { kubectl --request-timeout 20s create --dry-run=server --filename - <<<"$object" >"$log" 2>&1; }

say "waiting until an object is admitted"
wait_until 180 admitted || fail "after 3 minutes not admitted: $(tail -n 1 "$log")" "the pods of the webhook that it names"
say "admitted"
