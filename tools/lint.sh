#!/usr/bin/env bash
# gofmt, go vet and staticcheck over the given modules, shellcheck over every
# script: tools/lint.sh MODULE...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

status=0
check() { "$@" || { echo "make lint: failed: ${*:0:3}" >&2; status=1; }; }

unformatted=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
[ -z "$unformatted" ] || { printf 'make lint: run gofmt -w on:\n%s\n' "$unformatted" >&2; status=1; }

bin/toolchain lint
staticcheck=${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}/toolchain/bin/staticcheck
for module in "$@"; do
  # A module without tests is a thin wrapper around upstream's code, whose
  # compilation, which go vet needs, takes minutes.
  [ -n "$(find "$module" -name '*_test.go' -print -quit)" ] || continue
  (cd "$module" && go vet ./... && "$staticcheck" ./...) || { echo "make lint: findings in $module" >&2; status=1; }
done

tools/packages.sh shellcheck:shellcheck
mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
check shellcheck "${scripts[@]}"
exit $status
