#!/bin/bash
# Succeeds when the node of the given name is registered with the cluster; runs
# on a control plane. The API may be away for a moment: its servers restart one
# after the other when they get new settings.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" member
log=$logs/member-$1.log

registered() { kubectl --kubeconfig /etc/kubernetes/admin.conf get node "$1" --request-timeout 10s --output name 2>"$log"; }

wait_until 120 registered "$1" || fail "$1 is not registered with the cluster: $(tail -n 1 "$log")" "$log and kubectl get nodes"
