# shellcheck shell=bash disable=SC2154
# Sourced by init.sh and join.sh after step.sh: becoming a member of the cluster, once. Two
# files tell how far a former attempt came.

# shellcheck source-path=SCRIPTDIR source=apiserver.sh
. "$lib/apiserver.sh"
# shellcheck source-path=SCRIPTDIR source=etcd.sh
. "$lib/etcd.sh"
# shellcheck source-path=SCRIPTDIR source=forget.sh
. "$lib/forget.sh"

# The step and the lock name the two.
begun=$state/$step.begun # kubeadm was started
finished=$state/$step.done #  kubeadm succeeded; holds the identity it gave the node

# member tells whether this node already is what it should become, and refuses
# a machine that is something else.
member() {
  if [ -e "$finished" ]; then
    cmp -s "$etc/identity" "$finished" || fail "this machine is a node of another cluster, or has another name there" "$finished"
    return 0
  fi
  if [ -e "$begun" ]; then
    say "a former attempt was cut short; cleaning up"
    reset
    return 1
  fi
  local path
  for path in /etc/kubernetes/kubelet.conf /etc/kubernetes/manifests/kube-apiserver.yaml /var/lib/etcd/member; do
    [ ! -e "$path" ] || fail "this machine holds a Kubernetes node that Slipway did not make" "$path; if it is not needed: kubeadm reset"
  done
  return 1
}

# reset removes what a cut attempt left behind, and nothing else: nothing
# depends on a node that never became a member.
reset() {
  leave_etcd
  timeout 180 kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock >"$logs/reset.log" 2>&1 ||
    fail "kubeadm reset failed" "$logs/reset.log"
  rm -rf /var/lib/etcd/member
}

# place_keys puts the cluster's keys where kubeadm looks for them; kubeadm makes
# the certificates from them.
place_keys() {
  install -d -m 0700 /etc/kubernetes/pki
  (cd "$etc/pki" && find . -type f -print0) | while IFS= read -r -d '' file; do
    install -D -m 0600 "$etc/pki/$file" "/etc/kubernetes/pki/$file"
  done
}

# get_ready provides what kubeadm init or join expects.
get_ready() {
  if [ "$1" = join ]; then
    wait_until 300 api_answers || fail "the API does not answer at https://$endpoint/readyz" "the control plane and the security groups between it and this node"
  fi
  [ "$role" = control-plane ] || return 0
  place_keys
  place_settings
  remember_settings
  if [ -e "$etc/etcd-client.yaml" ]; then
    kubeadm init phase certs apiserver-etcd-client --config "$etc/etcd-client.yaml" >"$logs/etcd-client.log" 2>&1 ||
      fail "the certificate for etcd could not be made: $(tail -n 1 "$logs/etcd-client.log")" "$logs/etcd-client.log"
  fi
  if [ "$1" = join ]; then
    forget_former
    # Whoever has the cluster's keys needs nobody to let it in.
    "$lib/admit.sh"
  fi
}

# mask hides bootstrap tokens, which kubeadm prints.
mask() { sed -u -E 's/[a-z0-9]{6}\.[a-z0-9]{16}/<token>/g'; }

# attempt runs kubeadm once. What it says goes to a file, so that it can go on
# when nobody listens any more.
attempt() {
  local config=$etc/kubeadm.yaml follower
  if [ "$1" = join ] && [ -e "$etc/join.yaml" ]; then config=$etc/join.yaml; fi
  status=0
  : >"$log"
  tail --pid=$$ -s 0.5 -n +1 -f "$log" 2>/dev/null 9>&- | sed -u -n '/^\[/p' 9>&- &
  follower=$!
  timeout --kill-after=30 600 kubeadm "$1" --config "$config" 2>&1 | mask >"$log" || status=${PIPESTATUS[0]}
  kill "$follower" 2>/dev/null || :
  ((status == 0)) || tail -n 15 "$log" >&2
}

# become runs kubeadm init or join and remembers the result. A join may fail
# because of something that passes: another one in progress, a leader that
# changes. It is tried again from the start, unless kubeadm's preflight found
# what only somebody else can mend.
become() {
  local log=$logs/$step.log tries=3 status
  if [ "$1" = init ]; then tries=1; fi
  while :; do
    get_ready "$1"
    say "kubeadm $1"
    cp "$etc/identity" "$begun"
    attempt "$1"
    tries=$((tries - 1))
    ((status != 0)) || break
    if ((tries == 0)) || grep -q 'Some fatal errors occurred' "$log"; then
      fail "kubeadm $1 failed with status $status" "$log and journalctl -u kubelet"
    fi
    say "cleaning up for another try"
    reset
  done
  cp "$etc/identity" "$finished.new"
  sync "$finished.new" # a power cut must not leave an empty file
  mv "$finished.new" "$finished"
}

# api_answers tells whether this cluster's API, known by its authority, is up.
api_answers() { ask --fail "https://$endpoint/readyz"; }

# cluster_exists tells whether there is an API server of this cluster, ready or
# not: without a majority of etcd none is, and a second cluster would be the end
# of the first.
cluster_exists() {
  local server
  for server in $endpoint $peers; do
    if ask "https://$server/readyz"; then return; fi
  done
  return 1
}

ask() { curl --silent --connect-timeout 3 --max-time 5 --noproxy '*' --cacert "$etc/pki/ca.crt" --output /dev/null "$@"; }
