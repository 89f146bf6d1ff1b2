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
become join
say "done in $SECONDS s"
