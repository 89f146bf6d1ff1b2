#!/bin/bash
# proxy-rank.sh HOST:PORT...: tells Keepalived whether this node outranks the
# others, given where their HAProxies answer. It does while some member is
# missing and at least half of them, this one included, are here. All are asked
# at once: a node that is cut off would miss one after the other else. No program
# is started for that, since it happens every second.
ask() {
  exec 3<>"/dev/tcp/${1%:*}/${1##*:}" || return
  printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
  read -r _ status _ <&3
}

exec 2>/dev/null 4<> <(:) # a pipe
pids=()
for peer; do
  (
    ask "$peer"
    echo "${status:-silent}" >&4
  ) &
  pids+=($!)
done
here=1
for peer; do
  read -r -t 0.8 -u 4 status || break
  if [ "$status" = 200 ]; then here=$((here + 1)); fi
done
kill "${pids[@]}"
members=$(($# + 1))
# Who took much longer than that was frozen itself and knows nothing.
((SECONDS <= 2 && here < members && 2 * here >= members))
