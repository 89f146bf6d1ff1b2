#!/bin/bash
# Makes this node one that takes turns in holding the API's virtual address.
# A configuration replaces the running one only after its program accepted it,
# and is then reloaded, which keeps connections and the address.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" proxy
# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$lib/packages.sh"

haproxy=$etc/proxy/haproxy.cfg
keepalived=$state/keepalived.conf

# interface prints the name of the one that has this node's own address.
interface() { ip -o -4 address show to "$(cat "$etc/proxy/address")/32" | awk 'NR == 1 {print $2}'; }

# complete fills in what only the node knows.
complete() {
  local name
  name=$(interface)
  [ -n "$name" ] || fail "no interface has this node's address $(cat "$etc/proxy/address")" "ip address"
  sed "s/@INTERFACE@/$name/" "$etc/proxy/keepalived.conf" >"$keepalived"
}

# check FILE COMMAND...: the command judges the file.
check() {
  local file=$1 log=$logs/proxy-check.log
  shift
  "$@" >"$log" 2>&1 || {
    tail -n 15 "$log" >&2
    fail "$1 refuses $file" "the lines above; what ran before runs on"
  }
}

# apply SERVICE FILE DESTINATION: what the service has taken in is remembered
# after it did, so a cut in between is made up for.
apply() {
  local service=$1 file=$2 destination=$3 wanted
  wanted=$(cat "$file" "$etc/pki/ca.crt" | sha256sum)
  if systemctl is-active --quiet "$service" && cmp -s "$file" "$destination" && [ "$(cat "$state/$service" 2>/dev/null)" = "$wanted" ]; then
    return
  fi
  install -m 0644 "$file" "$destination.new"
  mv "$destination.new" "$destination"
  # Debian's scripts take seconds to find that it is.
  systemctl --quiet is-enabled "$service" || systemctl --quiet enable "$service"
  systemctl reload-or-restart "$service" || fail "$service does not start" "journalctl -u $service"
  printf '%s\n' "$wanted" >"$state/$service"
  say "$service has its configuration"
}

lock
install_packages ip:iproute2 haproxy:haproxy keepalived:keepalived
# Keepalived refuses scripts that anyone but root could have written; above
# /usr/local that depends on the image.
install -m 0755 "$lib"/proxy-{ask,notify}.sh /etc/keepalived/
complete
check "$haproxy" haproxy -c -f "$haproxy"
check "$keepalived" keepalived -t -f "$keepalived"
apply haproxy "$haproxy" /etc/haproxy/haproxy.cfg
apply keepalived "$keepalived" /etc/keepalived/keepalived.conf
say "done in $SECONDS s"
