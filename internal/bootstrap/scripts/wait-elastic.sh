#!/bin/bash
# Waits until ECK says that objects of a namespace, given as kind/name, are well:
# their health is green, for the generation that there is. Runs on a control plane.
# Arguments: NAMESPACE KIND/NAME...
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-elastic
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/wait-elastic.log
(($# > 1)) || fail "a namespace and objects are needed as arguments" "the step that calls this one"
namespace=$1
shift

in_namespace() { kubectl --namespace "$namespace" --request-timeout 30s "$@" 2>"$log"; }

# told is what was said last, so that nothing is said twice.
told=''
healthy() {
  local object text generation
  for object in "$@"; do
    text=$(in_namespace get "$object" --output 'jsonpath={.metadata.generation} {.status.observedGeneration} {.status.health}') || return 1
    generation=${text%% *}
    [ "$text" != "$generation $generation green" ] || continue
    missing="$object (generation, observed, health): $text"
    echo "$missing" >"$log"
    [ "$told" = "$missing" ] || say "$missing"
    told=$missing
    return 1
  done
}

say "waiting for $*"
if ! wait_until 1200 healthy "$@"; then
  reason=$(tail -n 1 "$log")
  in_namespace get pods --output wide >&2 || :
  in_namespace get events --field-selector type=Warning --sort-by .lastTimestamp | tail -n 8 >&2 || :
  fail "after 20 minutes not healthy: $reason" "the lines above; kubectl -n $namespace describe $1; kubectl -n $namespace logs statefulset/elastic-operator"
fi
say "healthy: $*"
