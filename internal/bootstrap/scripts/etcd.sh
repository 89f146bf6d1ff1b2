# shellcheck shell=bash disable=SC2154
# Sourced after step.sh, whose names it uses: talking to etcd.

# shellcheck disable=SC2034 # the scripts that source this one use it
etcd_here=https://127.0.0.1:2379
etcd_pki=/etc/kubernetes/pki/etcd

# etcd_at ENDPOINTS COMMAND...
etcd_at() {
  timeout 600 etcdctl --endpoints "$1" --cacert "$etcd_pki/ca.crt" \
    --cert "$etcd_pki/healthcheck-client.crt" --key "$etcd_pki/healthcheck-client.key" "${@:2}"
}

# etcd_healthy ENDPOINT tells whether a member answers and has a leader.
etcd_healthy() { etcd_at "$1" endpoint health >/dev/null 2>&1; }
