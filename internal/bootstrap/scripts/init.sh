#!/bin/bash
# Makes the cluster on its first control plane, once, and waits until its API is
# ready. The machine that replaces a first control plane joins the cluster that exists.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" init
lock
# shellcheck source-path=SCRIPTDIR source=membership.sh
. "$lib/membership.sh"

if member; then
  say "this control plane exists already"
elif cluster_exists; then
  say "the cluster exists already, so this control plane joins it"
  become join
else
  become init
fi
"$lib/wait-api.sh"
say "done in $SECONDS s"
