#!/bin/bash
# Waits until an operator has taken over what objects of a namespace, given as
# kind/name, ask for: it says so in their conditions Reconciled and Available, of
# the generation that there is, and each StatefulSet beside them runs as it should.
# Runs on a control plane. Arguments: NAMESPACE KIND/NAME...
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-available
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/wait-available.log
(($# > 1)) || fail "a namespace and objects are needed as arguments" "the step that calls this one"
namespace=$1
shift

in_namespace() { kubectl --namespace "$namespace" --request-timeout 30s "$@" 2>"$log"; }

# condition is the part of a template that shows a condition as status/generation.
condition() { printf ' {.status.conditions[?(@.type=="%s")].status}/{.status.conditions[?(@.type=="%s")].observedGeneration}' "$1" "$1"; }

taken_over() {
  local object text generation
  for object in "$@"; do
    text=$(in_namespace get "$object" --output "jsonpath={.metadata.generation}$(condition Reconciled)$(condition Available)") || return 1
    generation=${text%% *}
    [ "$text" = "$generation True/$generation True/$generation" ] ||
      { echo "$object (generation, reconciled, available): $text" >"$log"; return 1; }
  done
  for object in $(in_namespace get statefulsets --output name); do
    in_namespace rollout status "$object" --timeout=5s >/dev/null || return 1
  done
}

say "waiting for $*"
if ! wait_until 300 taken_over "$@"; then
  reason=$(tail -n 1 "$log")
  in_namespace get pods --output wide >&2 || :
  in_namespace get events --field-selector type=Warning --sort-by .lastTimestamp | tail -n 8 >&2 || :
  fail "after 5 minutes not available: $reason" "the lines above; kubectl -n $namespace describe $1"
fi
say "available: $*"
