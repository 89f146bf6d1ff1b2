#!/bin/bash
# Brings changed settings of the API server to a control plane that is a member
# already. Run on one control plane after the other.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" settings
lock
# shellcheck source-path=SCRIPTDIR source=apiserver.sh
. "$lib/apiserver.sh"
# shellcheck source-path=SCRIPTDIR source=etcd.sh
. "$lib/etcd.sh"
# shellcheck source-path=SCRIPTDIR source=restart.sh
. "$lib/restart.sh"
export KUBECONFIG=/etc/kubernetes/admin.conf

# generation prints that of the key that encrypts.
generation() { sed -n '0,/name: generation-/s/.*name: generation-//p' "$1"; }

# same_keys tells whether the keys that both files have are equal.
same_keys() { awk '/name:/ {name = $NF} /secret:/ {if (name in key && key[name] != $NF) exit 1; key[name] = $NF}' "$@"; }

# check_keys refuses keys with which stored Secrets could not be read any more.
check_keys() {
  local now=$settings/encryption.yaml wanted=$etc/apiserver/encryption.yaml have want everything
  cmp -s "$now" "$wanted" && return
  have=$(generation "$now") want=$(generation "$wanted")
  same_keys "$now" "$wanted" ||
    fail "the keys of the encryption at rest were derived from another seed: stored Secrets could not be read any more" "whether the stack's state lost its seed key"
  # The oldest key that stored Secrets may need; a cluster starts with the first.
  everything=$(kubectl get configmap slipway-encryption --namespace kube-system --ignore-not-found \
    --request-timeout 30s --output 'go-template={{.data.generation}}')
  if ((want > have + 1 || want < have - 1 || want > ${everything:-1} + 1)); then
    fail "Secrets may still need the key of generation ${everything:-1}, and generation $want does not know it: go on by one generation at a time, and only when all Secrets were encrypted anew" "reencrypt.sh on one control plane"
  fi
}

# keys_loaded: the API server tells by a hash which file it works with.
keys_loaded() {
  local sum
  sum=$(sha256sum <"$settings/encryption.yaml")
  kubectl get --raw /metrics --server "https://$(advertised)" --request-timeout 30s 2>/dev/null |
    grep '^apiserver_encryption_config_controller_last_config_info' | grep -F "sha256:${sum%% *}" >/dev/null
}

# webhook_wanted and webhook_told tell whether the API server is to ask about
# tokens that are not the cluster's, and whether it was started to.
webhook_wanted() { [ -e "$etc/apiserver/token-webhook.yaml" ]; }
webhook_told() { grep -q -e --authentication-token-webhook-config-file= "$manifest"; }
webhook_right() { [ "$(webhook_wanted && echo on)" = "$(webhook_told && echo on)" ]; }

# tell_webhook has kubeadm write the API server's command line anew, here and for
# control planes that join later. That would be an upgrade, too, if the release
# were another one.
tell_webhook() {
  local old log=$logs/webhook.log
  grep -q "image: .*:$(sed -n 's/^kubernetesVersion: //p' "$etc/kubeadm.yaml")\$" "$manifest" ||
    fail "the webhook for tokens cannot change together with the release of Kubernetes" "$manifest"
  old=$(running kube-apiserver)
  say "having the API server start with another command line"
  {
    kubeadm init phase upload-config kubeadm --config "$etc/kubeadm.yaml" &&
      kubeadm init phase control-plane apiserver --config "$etc/kubeadm.yaml"
  } >"$log" 2>&1 || fail "kubeadm could not change the API server's command line" "$log"
  wait_until 300 restarted kube-apiserver "$old" ||
    fail "the API server is not healthy 5 minutes after its command line changed" "/var/log/pods/kube-system_kube-apiserver-$node* and journalctl -u kubelet"
}

manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
wait_until 300 healthy_here || fail "the API server of this node is not ready" "/var/log/pods/kube-system_kube-apiserver* and journalctl -u kubelet"
check_keys
place_settings
if ! webhook_right; then
  tell_webhook
elif ! in_force; then
  restart kube-apiserver
fi
webhook_wanted || rm -f "$settings/token-webhook.yaml" # nobody reads it any more
remember_settings
# It looks once a minute.
wait_until 180 keys_loaded || fail "the API server did not take the encryption keys in 3 minutes" "$settings/encryption.yaml and /var/log/pods/kube-system_kube-apiserver*"
say "the API server works with these settings"
