#!/bin/bash
# Makes the bootstrap token valid for the next two hours; runs on a control
# plane before nodes join.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" admit
export KUBECONFIG=/etc/kubernetes/admin.conf

IFS=. read -r id secret <"$etc/bootstrap-token"

# The manifest goes through a pipe: a command line or a file would show the secret.
manifest() {
  cat <<YAML
apiVersion: v1
kind: Secret
metadata: {name: bootstrap-token-$id, namespace: kube-system}
type: bootstrap.kubernetes.io/token
stringData:
  token-id: "$id"
  token-secret: "$secret"
  expiration: "$(date --utc --date '2 hours' +%Y-%m-%dT%H:%M:%SZ)"
  usage-bootstrap-authentication: "true"
  usage-bootstrap-signing: "true"
  auth-extra-groups: system:bootstrappers:kubeadm:default-node-token
YAML
}

apply() { manifest | kubectl apply --server-side --force-conflicts --field-manager slipway --request-timeout 10s -f - >"$logs/admit.log" 2>&1; }

wait_until 120 apply || fail "the API did not take the bootstrap token: $(tail -n 1 "$logs/admit.log")" "kubectl -n kube-system get secrets"
say "done"
