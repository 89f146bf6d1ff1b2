# shellcheck shell=bash disable=SC2154
# Sourced by prepare.sh after step.sh and downloads.sh, whose names it uses.

# pull_images fetches the images of this node's role ahead, so that kubeadm's
# time-outs do not depend on the network.
pull_images() {
  local image pid pids=() failures=0 had
  had=$(ctr --namespace k8s.io images list --quiet 2>/dev/null)
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
  wait_until 300 pull_attempt "$1" "$log" || fail "$1: $(tail -n 1 "$log")" "$log, and artifacts.images in the stack's configuration"
  say "pulled $1"
}

# pull_attempt continues a former one: containerd keeps the layers it has.
pull_attempt() {
  timeout 600 ctr --namespace k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1" >"$2" 2>&1 && return
  # Waiting does not make an image appear.
  if grep -q ': not found$' "$2"; then fail "$1 is not in the registry: $(tail -n 1 "$2")" "artifacts.images in the stack's configuration"; fi
  return 1
}

# install_etcd_tools takes etcdctl and etcdutl out of etcd's image: the release
# that the server has, and usable when no container can be started.
install_etcd_tools() {
  local image tool mount=/run/slipway-etcd-image
  image=$(grep /etcd: "$etc/images") || return 0 # no etcd here
  if [ "$(cat "$state/etcd-tools" 2>/dev/null)" = "$image" ]; then return; fi
  ctr --namespace k8s.io images unmount --rm "$mount" >/dev/null 2>&1 || : # of an attempt that was cut
  mkdir -p "$mount"
  local log=$logs/etcd-tools.log # ctr warns at each call
  ctr --namespace k8s.io images mount "$image" "$mount" >"$log" 2>&1 || fail "the image $image could not be mounted: $(tail -n 1 "$log")" "journalctl -u containerd"
  for tool in etcdctl etcdutl; do
    install -m 0755 "$mount/usr/local/bin/$tool" "/opt/bin/$tool.new"
    mv "/opt/bin/$tool.new" "/opt/bin/$tool"
  done
  link_tools etcdctl etcdutl
  ctr --namespace k8s.io images unmount --rm "$mount" >"$log" 2>&1 || fail "the image $image could not be unmounted: $(tail -n 1 "$log")" "$log"
  printf '%s\n' "$image" >"$state/etcd-tools"
}
