#!/bin/bash
# Approves the certificates that kubelets ask for to serve with, on a control
# plane, by slipway-approve-kubelets.timer: those of a node for its own name and
# addresses, and no others. Kubernetes itself approves none of them.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" approve-kubelets
export KUBECONFIG=/etc/kubernetes/admin.conf
told=/run/slipway-requests-left # what the journal knows already

# Quoted, so that no name can look like several fields.
requests=$(kubectl get certificatesigningrequests --request-timeout 30s \
  --field-selector spec.signerName=kubernetes.io/kubelet-serving --output 'go-template={{range .items}}{{if not .status.conditions}}{{.metadata.name}}{{"\t"}}{{printf "%q" .spec.username}}{{"\t"}}{{printf "%q" .spec.groups}}{{"\t"}}{{printf "%q" .spec.usages}}{{"\t"}}{{.spec.request}}{{"\n"}}{{end}}{{end}}')
[ -n "$requests" ] || exit 0
nodes=$(kubectl get nodes --request-timeout 30s --output 'go-template={{range .items}}{{.metadata.name}}{{range .status.addresses}} {{.address}}{{end}}{{"\n"}}{{end}}')

# addresses prints the names and addresses of a node, one per line.
addresses() { awk -v node="$1" '$1 == node {for (i = 2; i <= NF; i++) print $i}' <<<"$nodes" | sort -u; }

# shared prints what more than one node claims to be.
shared() { awk '{split("", mine); for (i = 2; i <= NF; i++) if (!mine[$i]++ && seen[$i]++) print $i}' <<<"$nodes"; }

# names prints what a request wants to be called, one per line; kinds other than
# DNS names and IP addresses keep their prefix, and so match no node.
names() {
  openssl req -config /dev/null -noout -text <<<"$1" | awk '/X509v3 Subject Alternative Name/ {getline; print}' |
    sed -E 's/^ +//; s/, /\n/g' | sed -E 's/^(DNS|IP Address)://' | sort -u
}

# objection prints why a request is left alone.
objection() {
  local user=$1 groups=$2 usages=$3 request node wanted subject
  [[ $user =~ ^\"system:node:([a-z0-9.-]+)\"$ ]] || { echo "$user is no node"; return; }
  node=${BASH_REMATCH[1]}
  [[ $groups =~ (^\[| )\"system:nodes\"( |\]$) ]] || { echo "$user is not in the group system:nodes"; return; }
  case $usages in
  '["digital signature" "server auth"]' | '["digital signature" "key encipherment" "server auth"]' | '["key encipherment" "digital signature" "server auth"]') ;;
  *) echo "it is for $usages"; return ;;
  esac
  request=$(base64 -d <<<"$4")
  subject=$(openssl req -config /dev/null -noout -subject -nameopt RFC2253 <<<"$request" 2>/dev/null) || { echo "it cannot be read"; return; }
  [ "$subject" = "subject=CN=system:node:$node,O=system:nodes" ] || { echo "its $subject is not that of $node"; return; }
  wanted=$(addresses "$node")
  [ -n "$wanted" ] || { echo "there is no node $node with an address"; return; }
  [ "$(names "$request")" = "$wanted" ] || { echo "it is for $(names "$request" | xargs), but $node is $(xargs <<<"$wanted")"; return; }
  if grep -qxF -f <(shared) <<<"$wanted"; then echo "another node claims the same name or address as $node"; fi
}

touch "$told"
while IFS=$'\t' read -r name user groups usages request; do
  reason=$(objection "$user" "$groups" "$usages" "$request")
  if [ -z "$reason" ]; then
    kubectl certificate approve "$name" --request-timeout 30s >/dev/null
    say "approved $name of $user"
  elif ! grep -qxF "$name $reason" "$told"; then
    say "left $name alone: $reason"
    echo "$name $reason" >>"$told"
  fi
done <<<"$requests"
