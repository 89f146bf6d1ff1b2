#!/bin/bash
# Waits until the API is ready as seen from this control plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-api
export KUBECONFIG=/etc/kubernetes/admin.conf

ready() { kubectl get --raw /readyz --request-timeout 5s >/dev/null 2>&1; }

if ! wait_until 300 ready; then
  kubectl get --raw '/readyz?verbose' --request-timeout 5s 2>&1 | grep -v '^\[+\]' >&2 || :
  fail "the API at $endpoint is not ready after 5 minutes" "crictl ps -a, journalctl -u kubelet and /var/log/pods"
fi
say "the API at $endpoint is ready"
