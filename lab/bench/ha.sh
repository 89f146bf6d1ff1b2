#!/usr/bin/env bash
# A highly available cluster as a plain shell script makes it, for comparison:
# the same kind of machines by plain calls of the cloud, the same files and
# images from the same mirror, kubeadm over SSH. What can run side by side does:
# the machines prepare at once, control planes join one after the other, workers beside them.
#
#   ha.sh up FILES IMAGES    FILES and IMAGES list what the nodes need, one a line
#   ha.sh down
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab=$bench/../../bin/lab
work=/run/slipway-bench # short: sockets of ssh are in it
endpoint=10.20.0.100:8443

say() { printf 'ha.sh [%3ds] %s\n' "$SECONDS" "$*"; }

# machines ARGUMENT...: runs machines.py where the cloud's own client library is.
machines() {
  # shellcheck disable=SC2016
  "$lab" ssh cloud -- bash -c '. /etc/slipway/openrc && OS_PROJECT_NAME=slipway exec python3 - "$@"' bash "$@" <"$bench/machines.py"
}

# on NODE COMMAND...: as root on a node.
on() {
  local node=$1
  shift
  ssh -i "$work/key" -o BatchMode=yes -o ConnectTimeout=3 -o LogLevel=ERROR \
    -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$work/known_hosts" \
    -o ControlMaster=auto -o ControlPersist=600 -o ControlPath="$work/%h" \
    "debian@${address[$node]}" sudo "$@"
}

prepare() {
  local node=$1 role=worker deadline=$((SECONDS + 300))
  case $node in cp*) role=control-plane ;; esac
  until on "$node" true 2>/dev/null; do
    ((SECONDS < deadline)) || { say "$node does not answer"; return 1; }
    sleep 0.5
  done
  on "$node" mkdir -p /root/bench
  tar -C "$work" -c files images -C "$bench" node.sh | on "$node" tar -x -C /root/bench
  on "$node" bash /root/bench/node.sh "$role" "${node: -1}"
  say "$node is prepared"
}

kubeadm_config() {
  cat <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens: [{token: $token}]
certificateKey: $certificate_key
nodeRegistration: {ignorePreflightErrors: [SystemVerification]}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $(tagged kube-apiserver)
controlPlaneEndpoint: $endpoint
networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/16}
dns: {imageTag: $(tagged coredns)}
etcd: {local: {imageTag: $(tagged etcd)}}
encryptionAlgorithm: ECDSA-P256
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
failCgroupV1: false
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
}

# tagged IMAGE: the tag that the list has for it.
tagged() { sed -n "s@^.*/$1:@@p" "$work/images"; }

join() {
  local node=$1 how=()
  case $node in cp*) how=(--control-plane --certificate-key "$certificate_key") ;; esac
  on "$node" kubeadm join "$endpoint" --token "$token" --discovery-token-unsafe-skip-ca-verification \
    --ignore-preflight-errors SystemVerification "${how[@]}" >"$work/join-$node.log" 2>&1 || { cat "$work/join-$node.log"; return 1; }
  say "$node has joined"
}

kubectl() { on cp1 env KUBECONFIG=/etc/kubernetes/admin.conf kubectl "$@"; }

# all PID...: waits for each; `wait` with several would tell of the last only.
all() {
  local pid
  for pid in "$@"; do wait "$pid"; done
}

up() {
  rm -rf "$work"
  (umask 077 && mkdir -p "$work")
  cp "$1" "$work/files"
  cp "$2" "$work/images"
  ssh-keygen -q -t ed25519 -N '' -C bench -f "$work/key"
  say "machines"
  machines up "$(<"$work/key.pub")" >"$work/machines"
  declare -gA address=()
  trap hang_up EXIT
  local node ip pids=()
  while read -r node ip; do address[$node]=$ip; done <"$work/machines"

  say "preparing"
  for node in "${!address[@]}"; do
    prepare "$node" &
    pids+=($!)
  done
  all "${pids[@]}"

  say "kubeadm init"
  token=$(random 3).$(random 8)
  certificate_key=$(random 32)
  kubeadm_config | on cp1 tee /root/bench/kubeadm.yaml >/dev/null
  on cp1 kubeadm init --config /root/bench/kubeadm.yaml --upload-certs >"$work/init.log" 2>&1 || { cat "$work/init.log"; return 1; }

  say "joins and pod network"
  pids=()
  for node in w1 w2; do
    join "$node" &
    pids+=($!)
  done
  sed "s@FLANNEL_TAG@$(tagged flannel)@; s@PLUGIN_TAG@$(tagged flannel-cni-plugin)@" "$bench/flannel.yaml" | kubectl apply -f - >/dev/null &
  pids+=($!)
  join cp2
  join cp3
  all "${pids[@]}"

  say "waiting until all is ready"
  kubectl wait node --all --for=condition=Ready --timeout=300s >/dev/null
  kubectl --namespace kube-system rollout status deployment/coredns --timeout=300s >/dev/null
  [ "$(kubectl get nodes --no-headers | wc -l)" = "${#address[@]}" ] || { say "nodes are missing"; return 1; }
  say "done"
}

# hang_up ends the connections that ssh keeps open.
hang_up() {
  local ip
  for ip in "${address[@]}"; do
    ssh -o ControlPath="$work/%h" -O exit "debian@$ip" 2>/dev/null || :
  done
}

random() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

down() {
  machines down
  rm -rf "$work"
}

case ${1:-} in
up) up "$2" "$3" ;;
down) down ;;
*) echo "usage: ha.sh up FILES IMAGES | down" >&2; exit 2 ;;
esac
