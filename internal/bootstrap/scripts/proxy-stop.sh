#!/bin/bash
# Ends what proxy.sh began, on a node that is no proxy any more. A node that
# still has a proxy's files is left alone: its step was only replaced by a newer one.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" proxy-stop
lock
if [ -e "$etc/proxy" ]; then exit 0; fi
for service in keepalived haproxy; do # the address goes first
  [ -e "$state/$service" ] || continue
  systemctl --quiet disable --now "$service" || fail "$service does not stop" "journalctl -u $service"
  rm "$state/$service"
  say "$service is stopped"
done
