#!/usr/bin/env bash
# Runs one stack from nothing to its end: tools/stack.sh up|preview|review|drift|destroy|down STACK.
# With PLAN=file, review saves what it saw, and up does that and nothing else.
# A stack whose openstack:cloud is the local cloud's gets that cloud started,
# and keeps its Pulumi state with the cloud it describes. Any other stack uses
# the Pulumi backend and the credentials that the caller set.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

action=$1 stack=$2
config=Pulumi.$stack.yaml
run=$PWD/.slipway/$stack
cache=${SLIPWAY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/slipway}
settings=''
started=$SECONDS

say() { printf '==> [%3ds] %s\n' $((SECONDS - started)) "$*"; }
fail() { printf 'make %s: %s\n' "$action" "$*" >&2; exit 1; }

[ -f "$config" ] || fail "there is no $config; stacks here: $(printf '%s ' Pulumi.*.yaml)"
if grep -qE '^ +openstack:cloud: +slipway-lab *$' "$config"; then local=true; else local=false; fi
# A network alone has no kubeconfig.
if grep -qE '^ +slipway:stack: +network *$' "$config"; then network=true; else network=false; fi

# Everything that is built: the toolchain, this program, and for the local cloud
# its images and the artifacts its machines download. On a first run the images
# come mostly from packages and the rest from compilers, so they overlap.
provide() {
  say "toolchain"
  if $local; then
    trap abandon INT TERM # what runs in the background would not hear of it
    bin/lab build &
    bin/toolchain -stack "$config" all & # with the add-ons that it enables
    # One that fails ends the other: nobody should wait half an hour for the news.
    wait -n || abandon
    wait -n || abandon
    trap - INT TERM
  else
    bin/toolchain tools
  fi
  # shellcheck source=/dev/null
  . "$cache/toolchain/env"
  say "program"
  go build -o bin/slipway .
  go -C policy build -o ../bin/policy .
}

abandon() {
  trap - INT TERM
  # shellcheck disable=SC2046
  kill $(jobs -p) 2>/dev/null || :
  wait
  fail "not everything could be built, see above; run it again, it continues where it was"
}

cloud() {
  $local || return 0
  say "local cloud"
  bin/lab up
}

# The stack, its configuration, and for the local cloud also backend and
# passphrase. The CLI writes a salt into the stack's file; for the local cloud
# it gets a copy beside the state, so that the committed file stays as it is.
environment() {
  (umask 077 && mkdir -p "$run")
  options=(--stack "$stack" --non-interactive --color auto)
  local state=$run project salt=''
  if $local; then
    local exports
    exports=$(bin/lab env)
    eval "$exports"
    state=${PULUMI_BACKEND_URL#file://}
    state=${state%%\?*}
    (umask 077 && mkdir -p "$state")
  fi
  # Of a killed run, Pulumi may live on for a moment: it holds this open.
  exec 9>"$state/$stack.lock"
  flock -w 300 9 || fail "another run of stack $stack is still going; look at: fuser -v $state/$stack.lock"
  # The Kubernetes plugin leaves a kubeconfig in the temporary folder.
  export TMPDIR=$run/tmp
  rm -rf "$TMPDIR"
  (umask 077 && mkdir "$TMPDIR")
  trap 'rm -rf "$TMPDIR"' EXIT

  $local || { pulumi stack select --create "${options[@]}"; return 0; }
  project=$state/project
  settings=$project/Pulumi.$stack.yaml
  (umask 077 && mkdir -p "$project")
  printf 'name: slipway\nruntime: go\n' >"$project/Pulumi.yaml"
  [ ! -f "$settings" ] || salt=$(grep '^encryptionsalt:' "$settings" || :)
  { cat "$config"; printf '%s\n' "$salt"; } >"$settings.new"
  mv "$settings.new" "$settings"
  pulumi -C "$project" stack select --create "${options[@]}" >/dev/null
  # A lock that outlived its process: this state is this machine's alone.
  pulumi -C "$project" cancel --yes "${options[@]}" >/dev/null 2>&1 || :
}

# operate COMMAND...: a Pulumi operation on the stack. What changes it is held
# against the rules, see docs/policies.md.
operate() {
  local policies=()
  [ "$1" = destroy ] || policies=(--policy-pack policy)
  pulumi "$@" "${policies[@]}" "${options[@]}" ${settings:+--config-file "$settings"}
}

# What a killed update was creating when it died is in the cloud, but not in the
# state: the next update would fail on it, and destroy would leave it behind.
mend() {
  $local || return 0
  local exported=$run/export.json mended=$run/mended.json
  (umask 077 && pulumi stack export "${options[@]}" >"$exported" &&
    bin/recover <"$exported" >"$mended") ||
    fail "an earlier, interrupted run is not cleaned up; see above"
  if ! cmp -s "$exported" "$mended"; then
    pulumi stack import "${options[@]}" --file "$mended"
    say "cleaned up after an interrupted run"
  fi
  rm -f "$exported" "$mended"
}

deploy() {
  say "pulumi up"
  # With the preview: rules about the whole stack can stop nothing afterwards.
  operate up --yes --suppress-outputs ${PLAN:+--plan "$PLAN"}
  $network && return 0
  local kubeconfig=$run/kubeconfig
  (umask 077 && pulumi stack output kubeconfig --show-secrets "${options[@]}" >"$kubeconfig")
  say "kubeconfig: $kubeconfig"
  kubectl --kubeconfig "$kubeconfig" get nodes -o wide
}

# review previews the stack, and says in Markdown what people have to know who
# judge the change. It fails as the preview does.
review() {
  local events=$run/events.json status=0
  PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true operate preview --json ${PLAN:+--save-plan "$PLAN"} >"$events" || status=$?
  bin/review "$stack" <"$events" >&3
  rm -f "$events"
  return "$status"
}

# deployed tells whether there is anything to destroy: a stack that was
# destroyed is removed. Only the local cloud's state is known without asking.
deployed() {
  ! $local || [ -f "${SLIPWAY_LAB:-/var/lib/slipway-lab}/pulumi/.pulumi/stacks/slipway/$stack.json" ]
}

destroy() {
  provide
  cloud
  environment
  mend
  say "pulumi destroy"
  # A network asks the program before it goes. Where there is none yet, the program
  # would only leave the stack itself behind.
  local guard=()
  ! pulumi stack export "${options[@]}" | grep '"resourceHooks"' >/dev/null || guard=(--run-program)
  operate destroy --yes --skip-preview --suppress-outputs "${guard[@]}"
  if $local; then pulumi -C "${settings%/*}" stack rm --yes "${options[@]}"; fi
  rm -rf "$run"
}

main() {
  case $action in
  up) provide; cloud; environment; mend; deploy; say "done" ;;
  preview)
    provide; cloud; environment
    operate preview
    ;;
  drift)
    provide; cloud; environment
    operate preview --refresh --expect-no-changes
    ;;
  review)
    exec 3>&1 >&2 # the Markdown alone is the output
    provide
    go build -o bin/review ./tools/review
    cloud; environment; review
    ;;
  destroy | down)
    if deployed; then destroy; else say "stack $stack is not deployed"; fi
    if [ "$action" = down ] && $local; then bin/lab down; fi
    say "done"
    ;;
  *) fail "up, preview, review, drift, destroy or down, not '$action'" ;;
  esac
}

# On one line, so that an edit of this file does not change a run that is under way.
main; exit
