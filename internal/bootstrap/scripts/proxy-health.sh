#!/bin/bash
# proxy-health.sh ADDRESS PORT: tells Keepalived whether this node could serve
# the virtual address: HAProxy here has to bring a ready API server to the line,
# with a certificate for the virtual address. That address need not be here.
# Where nobody listens the answer is certain. Anything else may pass, and no other
# node would do better: HAProxy has not yet found out which API server
# hangs, etcd elects a leader, the machines are busy. So it gets a few seconds.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
readonly patience=4 refused=7 # seconds; curl's exit status

while :; do
  curl --silent --fail --max-time 2 --noproxy '*' --output /dev/null --cacert /etc/slipway/pki/ca.crt \
    --connect-to "$1:$2:127.0.0.1:$2" "https://$1:$2/readyz"
  result=$?
  if ((result == 0 || result == refused || SECONDS >= patience)); then exit "$result"; fi
  sleep 0.5
done
