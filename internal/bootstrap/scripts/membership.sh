# shellcheck shell=bash disable=SC2154
# Sourced by init.sh and join.sh after step.sh: becoming a member of the cluster, once. Two
# files tell how far a former attempt came.

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

# mask hides bootstrap tokens, which kubeadm prints.
mask() { sed -u -E 's/[a-z0-9]{6}\.[a-z0-9]{16}/<token>/g'; }

# become runs kubeadm and remembers the result. What kubeadm says goes to a file,
# so that it can go on when nobody listens any more.
become() {
  local log=$logs/$step.log status=0 follower
  cp "$etc/identity" "$begun"
  : >"$log"
  tail --pid=$$ -s 0.5 -n +1 -f "$log" 2>/dev/null 9>&- | sed -u -n '/^\[/p' 9>&- &
  follower=$!
  timeout --kill-after=30 600 kubeadm "$@" --config "$etc/kubeadm.yaml" 2>&1 | mask >"$log" || status=${PIPESTATUS[0]}
  kill "$follower" 2>/dev/null || :
  if ((status != 0)); then
    tail -n 15 "$log" >&2
    fail "kubeadm $1 failed with status $status" "$log and journalctl -u kubelet"
  fi
  cp "$etc/identity" "$finished.new"
  sync "$finished.new" # a power cut must not leave an empty file
  mv "$finished.new" "$finished"
}

# api_answers tells whether this cluster's API, known by its authority, is up.
api_answers() {
  curl --silent --fail --max-time 5 --noproxy '*' --cacert "$etc/pki/ca.crt" --output /dev/null "https://$endpoint/readyz"
}
