# shellcheck shell=bash disable=SC2154
# Sourced after step.sh, apiserver.sh and etcd.sh, whose names it uses.

# restart COMPONENT ends a static pod's process, which the kubelet starts again
# at once, and returns when the new one is healthy. The manifest stays where it
# is, so a cut at any moment leaves a node that mends itself.
restart() {
  local component=$1 old
  [ -e "/etc/kubernetes/manifests/$component.yaml" ] || return 0
  old=$(running "$component")
  say "restarting $component"
  [ -z "$old" ] || end "$component" "$old"
  wait_until 300 restarted "$component" "$old" ||
    fail "$component is not healthy 5 minutes after its restart" "/var/log/pods/kube-system_$component-$node* and journalctl -u kubelet"
}

# end has a container's process end, by force when it has not after 30 seconds,
# as the kubelet does it: an API server that lost its etcd can hang for long.
end() {
  ctr --namespace k8s.io tasks kill --signal SIGTERM "$2" || : # it may have ended just now
  wait_until 30 ended "$@" || ctr --namespace k8s.io tasks kill --signal SIGKILL "$2" || :
}

ended() { [ "$(running "$1")" != "$2" ]; }

# running prints the container in which a static pod of this node runs now.
running() {
  local pod='labels."io.kubernetes.pod.name"' container='labels."io.kubernetes.container.name"'
  ctr --namespace k8s.io tasks list | awk '$3 == "RUNNING" {print $1}' |
    grep -xF -f <(ctr --namespace k8s.io containers list --quiet "$pod==$1-$node,$container==$1") || :
}

restarted() {
  local now
  now=$(running "$1")
  [ -n "$now" ] && [ "$now" != "$2" ] && healthy "$1"
}

healthy() {
  case $1 in
  etcd) etcd_healthy "$etcd_here" ;;
  kube-apiserver) healthy_here ;;
  kube-controller-manager) healthz 10257 ;;
  kube-scheduler) healthz 10259 ;;
  esac
}

# healthz asks a component that listens with a certificate of its own making.
healthz() { curl --silent --fail --insecure --max-time 5 --noproxy '*' --output /dev/null "https://127.0.0.1:$1/healthz"; }
