#!/bin/bash
# Waits until objects of a namespace, given as kind/name, have the condition
# Available; runs on a control plane. Arguments: NAMESPACE KIND/NAME...
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-available
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/wait-available.log
(($# > 1)) || fail "a namespace and objects are needed as arguments" "the step that calls this one"
namespace=$1
shift

available() { kubectl --namespace "$namespace" wait "$@" --for=condition=Available --timeout=5s >/dev/null 2>"$log"; }

say "waiting for $*"
if ! wait_until 300 available "$@"; then
  kubectl --namespace "$namespace" get pods --output wide >&2 || :
  kubectl --namespace "$namespace" get events --field-selector type=Warning --sort-by .lastTimestamp 2>&1 | tail -n 8 >&2 || :
  fail "after 5 minutes not available: $(paste -sd ';' "$log")" "the lines above; kubectl -n $namespace describe $1"
fi
say "available: $*"
