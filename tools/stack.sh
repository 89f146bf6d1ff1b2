#!/usr/bin/env bash
# Runs one stack from nothing to its end: tools/stack.sh up|down|preview STACK.
# A stack whose openstack:cloud is the local cloud's gets that cloud started,
# and keeps its Pulumi state with the cloud it describes. Any other stack uses
# the Pulumi backend and the credentials that the caller set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

action=$1 stack=$2
config=Pulumi.$stack.yaml
run=.slipway/$stack
cache=${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
started=$SECONDS

say() { printf '==> [%3ds] %s\n' $((SECONDS - started)) "$*"; }
fail() { printf 'make %s: %s\n' "$action" "$*" >&2; exit 1; }

[ -f "$config" ] || fail "there is no $config; stacks here: $(printf '%s ' Pulumi.*.yaml)"
if grep -qE '^ +openstack:cloud: +slipway-lab *$' "$config"; then local=true; else local=false; fi

toolchain() {
  say "toolchain"
  bin/toolchain tools
  # shellcheck source=/dev/null
  . "$cache/toolchain/env"
}

cloud() {
  $local || return 0
  bin/toolchain artifacts
  say "local cloud"
  bin/lab up
}

# The stack's configuration, and for the local cloud also backend and
# passphrase. The CLI writes a salt into the file it is given, so it gets a
# copy: the committed file stays as it is.
environment() {
  (umask 077 && mkdir -p "$run")
  arguments=(--stack "$stack" --non-interactive --color never)
  $local || return 0
  local exports
  exports=$(bin/lab env)
  eval "$exports"
  local state=${PULUMI_BACKEND_URL#file://}
  (umask 077 && mkdir -p "$state")
  local copy=$state/Pulumi.$stack.yaml salt=''
  [ ! -f "$copy" ] || salt=$(grep '^encryptionsalt:' "$copy" || :)
  { cat "$config"; printf '%s\n' "$salt"; } >"$copy.new"
  mv "$copy.new" "$copy"
  arguments+=(--config-file "$copy")
  pulumi stack select --create "${arguments[@]}" >/dev/null
  # A lock that outlived its process: the state is this machine's alone.
  pulumi cancel --yes --stack "$stack" --non-interactive >/dev/null 2>&1 || :
}

deploy() {
  say "pulumi up"
  pulumi up --yes --skip-preview --suppress-outputs "${arguments[@]}"
  local kubeconfig=$PWD/$run/kubeconfig
  (umask 077 && pulumi stack output --show-secrets kubeconfig "${arguments[@]:0:4}" >"$kubeconfig")
  say "kubeconfig: $kubeconfig"
  kubectl --kubeconfig "$kubeconfig" get nodes -o wide
}

destroy() {
  if $local && ! bin/lab status >/dev/null 2>&1; then
    [ -d "${SLIPWAY_LAB:-/var/lib/slipway-lab}/pulumi" ] || { say "nothing was deployed"; return 0; }
    cloud
  fi
  environment
  say "pulumi destroy"
  pulumi destroy --yes --skip-preview --suppress-outputs "${arguments[@]}"
  rm -rf "$run"
}

case $action in
up) toolchain; cloud; environment; deploy; say "done" ;;
preview)
  toolchain; cloud; environment
  if [ -d policy ]; then arguments+=(--policy-pack policy); fi
  pulumi preview "${arguments[@]}"
  ;;
down)
  toolchain; destroy
  if $local; then bin/lab down; fi
  say "done"
  ;;
*) fail "up, down or preview, not '$action'" ;;
esac
