#!/bin/bash
# Waits until the nodes named on standard input are Ready, none of them short of
# memory, disk or process ids, and the cluster's own deployments are available; runs
# on a control plane.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" wait-nodes
export KUBECONFIG=/etc/kubernetes/admin.conf
limit=600

mapfile -t expected < <(grep -v '^$')
((${#expected[@]})) || fail "no node was named on standard input" "the step that calls this one"

# get prints one line per object, with fields separated by tabs.
get() { kubectl get "$1" --namespace kube-system --request-timeout 10s --output "go-template=$2" 2>&1; }

# waiting_for prints one line per thing that is not there yet, and "all is ready"
# when everything is.
waiting_for() {
  local text name type available wanted message count=0
  local -A status=() reason=() pressure=()
  # A node without conditions was not seen by its kubelet yet.
  # shellcheck disable=SC2016 # $name is the template's
  text=$(get nodes '{{range .items}}{{$name := .metadata.name}}{{range .status.conditions}}{{$name}}{{"\t"}}{{.type}}{{"\t"}}{{.status}}{{"\t"}}{{.message}}{{"\n"}}{{end}}{{end}}') ||
    { echo "API: ${text##*$'\n'}"; return; }
  while IFS=$'\t' read -r name type available message; do
    case $type in
      Ready) status[$name]=$available reason[$name]=$message ;;
      # Ready as it is, its kubelet evicts pods and takes no new ones.
      *Pressure) [ "$available" != True ] || pressure[$name]="$type: $message" ;;
    esac
  done <<<"$text"
  for name in "${expected[@]}"; do
    if [ "${status[$name]:-}" != True ]; then echo "node $name: ${reason[$name]:-not registered}"
    elif [ -n "${pressure[$name]:-}" ]; then echo "node $name: ${pressure[$name]}"
    else continue; fi
    count=$((count + 1))
  done
  text=$(get deployments '{{range .items}}{{.metadata.name}}{{"\t"}}{{.spec.replicas}}{{"\t"}}{{or .status.availableReplicas 0}}{{"\n"}}{{end}}') ||
    { echo "API: ${text##*$'\n'}"; return; }
  while IFS=$'\t' read -r name wanted available; do
    if [ -z "$name" ] || ((available >= wanted)); then continue; fi
    echo "deployment kube-system/$name: $available of $wanted available"
    count=$((count + 1))
  done <<<"$text"
  ((count)) || echo "all is ready"
}

# all_ready shows only changes, which keeps the log short.
shown='' rest=''
all_ready() {
  rest=$(waiting_for)
  [ "$rest" != "all is ready" ] || return 0
  local count
  count=$(wc -l <<<"$rest")
  [ "$count" = "$shown" ] || say "waiting for $count: $(head -n 1 <<<"$rest")"
  shown=$count
  return 1
}

if ! wait_until $limit all_ready; then
  printf '%s\n' "$rest" >&2
  kubectl get pods --all-namespaces --field-selector 'status.phase!=Running,status.phase!=Succeeded' -o wide >&2 || :
  fail "not everything is ready after $((limit / 60)) minutes: $(tr '\n' ';' <<<"$rest")" "the lines above"
fi
# Without serving certificates there are no logs of pods; the timer may take a moment.
"$lib/approve-kubelets.sh" || :
say "${#expected[@]} nodes are Ready after $SECONDS s"
