#!/usr/bin/env bash
# Runs the tests of the given modules: tools/test.sh MODULE...
# The real validators that check rendered files come from Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/packages.sh shellcheck:shellcheck cloud-init:cloud-init ignition-validate:ignition haproxy:haproxy keepalived:keepalived curl:curl ip:iproute2 nft:nftables

# The tests of this package measure elections by the second: they come last, when
# nothing is compiled beside them any more.
alone=slipway/components/vip

status=0
for module in "$@"; do
  # A module without tests is a thin wrapper around upstream's code: nothing to
  # run, and compiling it takes minutes.
  [ -n "$(find "$module" -name '*_test.go' -print -quit)" ] || continue
  (cd "$module" && go list ./... | grep -vx "$alone" | xargs go test) || { echo "make test: failures in $module" >&2; status=1; }
done
go test "$alone" || { echo "make test: failures in $alone" >&2; status=1; }
exit $status
