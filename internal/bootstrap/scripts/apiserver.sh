# shellcheck shell=bash disable=SC2154
# Sourced after step.sh, whose names it uses: the API server of this node.

settings=/etc/kubernetes/apiserver

# place_settings puts the API server's own files where it reads them, each as a
# whole: it may be reading.
place_settings() {
  local file
  install -d -m 0700 "$settings" /var/log/kubernetes/audit
  for file in "$etc"/apiserver/*; do
    install -m 0600 "$file" "$settings/.new"
    sync "$settings/.new"
    mv "$settings/.new" "$settings/${file##*/}"
  done
}

# audit_in_force remembers the audit policy that the API server started with:
# unlike the encryption keys it is read only then.
audit_in_force() {
  cp "$settings/audit-policy.yaml" "$state/audit-policy.new"
  mv "$state/audit-policy.new" "$state/audit-policy"
}

# advertised prints the host:port of this node's API server, as kubeadm noted it.
advertised() { sed -n 's/^ *kubeadm.kubernetes.io\/kube-apiserver.advertise-address.endpoint: //p' /etc/kubernetes/manifests/kube-apiserver.yaml; }

# healthy_here tells whether this node's own API server is ready, whichever one
# answers at the cluster's endpoint.
healthy_here() {
  curl --silent --fail --max-time 5 --noproxy '*' --cacert "$etc/pki/ca.crt" --output /dev/null "https://$(advertised)/readyz"
}
