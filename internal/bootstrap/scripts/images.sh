# shellcheck shell=bash disable=SC2154
# Sourced by prepare.sh after step.sh, whose names it uses.

# pull_images fetches the images of this node's role ahead, so that kubeadm's
# time-outs do not depend on the network.
pull_images() {
  local image pid pids=() failures=0 had
  had=$(ctr --namespace k8s.io images list --quiet)
  while IFS= read -r image; do
    if grep -qxF "$image" <<<"$had"; then continue; fi
    pull_image "$image" &
    pids+=($!)
  done <"$etc/images"
  for pid in "${pids[@]}"; do
    wait "$pid" || failures=$((failures + 1))
  done
  ((failures == 0)) || fail "$failures of ${#pids[@]} images could not be pulled" "the lines above"
}

pull_image() {
  local log
  log=$logs/pull-$(tr '/:' '__' <<<"$1").log
  # containerd keeps the layers it has, so a further try continues.
  wait_until 300 timeout 600 ctr --namespace k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1" >"$log" 2>&1 ||
    fail "$1: $(tail -n 1 "$log")" "$log, and artifacts.images in the stack's configuration"
  say "pulled $1"
}
