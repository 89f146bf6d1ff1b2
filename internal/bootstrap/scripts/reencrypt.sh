#!/bin/bash
# Has all Secrets stored anew, which encrypts them with the newest key; runs on
# one control plane, when settings.sh has run on all of them.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" reencrypt
export KUBECONFIG=/etc/kubernetes/admin.conf
log=$logs/reencrypt.log
generation=$(sed -n '0,/name: generation-/s/.*name: generation-//p' "$etc/apiserver/encryption.yaml")

# rewrite stores the Secrets of a namespace as they are. Whatever somebody
# changed or deleted meanwhile needs it no more.
rewrite() {
  : >"$log"
  kubectl get secrets --namespace "$1" --output json --request-timeout 120s 2>>"$log" |
    kubectl replace --request-timeout 120s -f - >/dev/null 2>>"$log" && return
  ! grep -vE '\((Conflict|NotFound)\)|no objects passed to replace' "$log"
}

stored=$(kubectl get configmap slipway-encryption --namespace kube-system --ignore-not-found \
  --request-timeout 30s --output 'go-template={{.data.generation}}')
# A cluster starts with the first, so nothing in it is older.
if [ "${stored:-1}" = "$generation" ]; then
  say "all Secrets are encrypted with the key of generation $generation"
  exit 0
fi
say "encrypting all Secrets with the key of generation $generation"
namespaces=$(kubectl get namespaces --output name --request-timeout 30s)
for namespace in $namespaces; do
  rewrite "${namespace#*/}" || fail "not all Secrets of ${namespace#*/} could be stored: $(tail -n 1 "$log")" "$log"
done
kubectl create configmap slipway-encryption --namespace kube-system --from-literal generation="$generation" --dry-run=client --output yaml |
  kubectl apply --server-side --force-conflicts --field-manager slipway --request-timeout 30s -f - >"$log" 2>&1 ||
  fail "the generation could not be noted in the cluster: $(tail -n 1 "$log")" "$log"
say "done in $SECONDS s"
