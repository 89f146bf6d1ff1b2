#!/bin/bash
# Brings a booted machine to where kubeadm takes over. Run again it changes
# nothing; cut at any line it continues.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" prepare
# shellcheck source-path=SCRIPTDIR source=cloudinit.sh
. "$lib/cloudinit.sh"
# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$lib/packages.sh"
# shellcheck source-path=SCRIPTDIR source=kernel.sh
. "$lib/kernel.sh"
# shellcheck source-path=SCRIPTDIR source=downloads.sh
. "$lib/downloads.sh"
# shellcheck source-path=SCRIPTDIR source=runtime.sh
. "$lib/runtime.sh"
# shellcheck source-path=SCRIPTDIR source=images.sh
. "$lib/images.sh"

lock
wait_for_cloud_init
if [ "$role" = proxy ]; then # no Kubernetes node; proxy.sh does the rest
  say "done in $SECONDS s"
  exit 0
fi
install_packages "${needed[@]}"
"$lib/volumes.sh"
configure_kernel
[ "$role" = etcd ] || "$lib/metadata.sh" # dedicated members run no pods of others
install_downloads
start_containerd
pull_images
install_etcd_tools
case $role in control-plane | etcd) [ -e "$etc/etcd-client.yaml" ] || "$lib/disk-latency.sh" ;; esac
say "done in $SECONDS s"
