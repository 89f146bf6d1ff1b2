#!/bin/bash
# Makes the cluster on its first control plane, once.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" init
lock
# shellcheck source-path=SCRIPTDIR source=membership.sh
. "$lib/membership.sh"

if member; then
  say "this control plane exists already"
  exit 0
fi
# A replaced first control plane must not become a second cluster of the same name.
if api_answers; then
  fail "the cluster's API already answers at $endpoint, so there is nothing to make here" "which nodes the stack's state knows"
fi
place_keys
say "kubeadm init"
become init
say "done in $SECONDS s"
