#!/usr/bin/env bash
# Installs Debian packages whose command is missing: tools/packages.sh COMMAND:PACKAGE...
set -euo pipefail

missing=()
for pair in "$@"; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "missing on this machine: ${missing[*]}; as root on Debian: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}"
# Of cloud-init only the validator is wanted: at the next boot it would set this machine up anew.
if [[ " ${missing[*]} " == *" cloud-init "* ]]; then
  mkdir -p /etc/cloud
  touch /etc/cloud/cloud-init.disabled
fi
# Of packages with services only the programs are wanted: Debian starts services
# at once, unless this says that it must not, and again at the next boot.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
for service in haproxy keepalived; do
  if [[ " ${missing[*]} " == *" $service "* ]]; then
    mkdir -p /etc/systemd/system
    ln -sf /dev/null "/etc/systemd/system/$service.service"
  fi
done
export DEBIAN_FRONTEND=noninteractive
# A new machine has no package lists, and may be updating itself.
apt-get -q -o DPkg::Lock::Timeout=300 update >/dev/null
apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}" >/dev/null
