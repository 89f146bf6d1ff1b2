#!/bin/bash
# proxy-health.sh ADDRESS PORT: tells Keepalived whether this node could serve
# the virtual address: HAProxy here has to bring a ready API server to the line,
# with a certificate for the virtual address. That address need not be here.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec curl --silent --fail --max-time 2 --noproxy '*' --output /dev/null --cacert /etc/slipway/pki/ca.crt \
  --connect-to "$1:$2:127.0.0.1:$2" "https://$1:$2/readyz"
