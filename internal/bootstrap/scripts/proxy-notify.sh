#!/bin/bash
# proxy-notify.sh ADDRESS TYPE NAME STATE PRIORITY: Keepalived runs it when its
# state changes. A node that lost the virtual address has connections to it that
# can transfer nothing any more, and those of its own programs would not even
# notice: they are ended. For kernels that cannot, a reload of HAProxy ends what
# it has within hard-stop-after.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
address=$1 state=$4
holder=/run/slipway-vip # there while this node holds the address

gone() { [ -z "$(ip -o address show to "$address")" ]; }

if [ "$state" = MASTER ]; then
  touch "$holder"
elif rm "$holder" 2>/dev/null; then
  for ((tries = 0; tries < 50; tries++)); do # it goes a moment after the state
    if gone; then break; fi
    sleep 0.1
  done
  ss --no-header --tcp --kill src "$address"
  systemctl --no-block reload haproxy
fi
