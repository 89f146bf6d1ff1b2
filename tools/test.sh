#!/usr/bin/env bash
# Runs the tests of the given modules: tools/test.sh MODULE...
# The real validators that check rendered files come from Debian.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()
for pair in shellcheck:shellcheck cloud-init:cloud-init; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "make test: ${missing[*]} missing: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  # Only its validator is wanted: at the next boot it would set this machine up anew.
  if [[ " ${missing[*]} " == *" cloud-init "* ]]; then
    mkdir -p /etc/cloud
    touch /etc/cloud/cloud-init.disabled
  fi
  apt-get -q update >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}" >/dev/null
fi

status=0
for module in "$@"; do
  # A module without tests is a thin wrapper around upstream's code: nothing to
  # run, and compiling it takes minutes.
  [ -n "$(find "$module" -name '*_test.go' -print -quit)" ] || continue
  (cd "$module" && go test ./...) || { echo "make test: failures in $module" >&2; status=1; }
done
exit $status
