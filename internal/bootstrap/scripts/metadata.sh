#!/bin/bash
# Keeps pods from the cloud's metadata service. It tells whoever asks on the
# machine the user data, in which the machine's private host key is. The rule is
# in a table of its own, where nothing that Kubernetes accepts can overrule it.
# What shares the node's network, as its own programs do, still gets through.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" metadata

# The first line makes sure that there is a table to delete.
nft -f - <<'RULES' || fail "the packet filter refuses the rule that keeps pods from the cloud's metadata" "nft list ruleset"
table inet slipway
delete table inet slipway
table inet slipway {
  chain forward {
    type filter hook forward priority filter - 5; policy accept;
    ip daddr 169.254.169.254 reject with icmp type admin-prohibited
  }
}
RULES
