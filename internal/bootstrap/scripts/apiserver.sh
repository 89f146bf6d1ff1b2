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

# read_at_start are files that the API server reads only when it starts, unlike the
# encryption keys. The second one is there if it is to ask about foreign tokens.
read_at_start=(audit-policy token-webhook)

# remember_settings remembers the files that the API server started with.
remember_settings() {
  local file
  for file in "${read_at_start[@]}"; do
    if [ -e "$settings/$file.yaml" ]; then
      cp "$settings/$file.yaml" "$state/$file.new"
      mv "$state/$file.new" "$state/$file"
    else
      rm -f "$state/$file"
    fi
  done
}

# in_force tells whether the API server started with the files that are there.
in_force() {
  local file
  for file in "${read_at_start[@]}"; do
    [ -e "$settings/$file.yaml" ] || [ -e "$state/$file" ] || continue
    cmp -s "$settings/$file.yaml" "$state/$file" || return 1
  done
}

# advertised prints the host:port of this node's API server, as kubeadm noted it.
advertised() { sed -n 's/^ *kubeadm.kubernetes.io\/kube-apiserver.advertise-address.endpoint: //p' /etc/kubernetes/manifests/kube-apiserver.yaml; }

# healthy_here tells whether this node's own API server is ready, whichever one
# answers at the cluster's endpoint.
healthy_here() {
  curl --silent --fail --max-time 5 --noproxy '*' --cacert "$etc/pki/ca.crt" --output /dev/null "https://$(advertised)/readyz"
}
