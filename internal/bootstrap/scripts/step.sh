# shellcheck shell=bash
# What every step has in common: who it is, how it speaks, how it waits.
# Sourced with the step's name as argument.
set -Eeuo pipefail
umask 022
export PATH=/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C

# When the other end hangs up, what has begun is finished all the same.
trap '' PIPE

# Used by the scripts that source this one; node.env has those from node on.
# shellcheck disable=SC2034
etc=/etc/slipway state=/var/lib/slipway logs=/var/log/slipway cache=/var/cache/slipway \
  step=$1 node=unknown role='' endpoint='' peers='' snapshots_keep=''
# shellcheck source=/dev/null
. "$etc/node.env"
install -d -m 0700 "$state" "$logs"

say() { printf 'slipway: %s: %s: %s\n' "$node" "$step" "$*" 2>/dev/null || :; }

# fail WHAT WHERE: WHERE is what to look at.
fail() {
  trap - ERR
  printf 'slipway: %s: %s: %s; look at %s\n' "$node" "$step" "$1" "$2" >&2
  exit 1
}
trap 'fail "line $LINENO of ${BASH_SOURCE[0]##*/} failed" "the lines above"' ERR

# wait_until SECONDS COMMAND...: runs the command until it succeeds.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 1
  done
}

# lock makes steps that change the node wait for each other: a step whose
# caller went away may still be running.
lock() {
  exec 9>/run/slipway.lock
  flock -n 9 && return
  say "another step is still running on this node; waiting for it"
  flock -w 900 9 || fail "another step has held /run/slipway.lock for 15 minutes" "fuser -v /run/slipway.lock"
}
