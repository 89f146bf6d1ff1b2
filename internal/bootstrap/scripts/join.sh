#!/bin/bash
# Makes this machine a member of the cluster, once.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" join
lock
# shellcheck source-path=SCRIPTDIR source=membership.sh
. "$lib/membership.sh"

if member; then
  say "this node is a member already"
  exit 0
fi
wait_until 300 api_answers || fail "the API does not answer at https://$endpoint/readyz" "the control plane and the security groups between it and this node"
if [ "$role" = control-plane ]; then place_keys; fi
say "kubeadm join"
become join
say "done in $SECONDS s"
