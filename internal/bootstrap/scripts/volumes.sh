#!/bin/bash
# Formats blank disks and mounts them all, at first and after each reboot.
# A disk with anything on it that Slipway did not put there is never touched.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" volumes
# shellcheck source-path=SCRIPTDIR source=disks.sh
. "$lib/disks.sh"

label=slipway

# format makes the filesystem. The marker says that a disk that is no longer
# blank was being formatted when a former attempt was cut short.
format() {
  local device=$1 marker
  marker=$state/formatting-${device##*/}
  if [ ! -e "$marker" ]; then
    [ "$(blkid --probe -s LABEL -o value "$device" 2>/dev/null || :)" != "$label" ] || return 0
    blank "$device" || fail "$device is not blank and not Slipway's" "blkid --probe $device; if nothing on it is needed: wipefs --all"
  fi
  say "formatting $device"
  touch "$marker"
  mkfs.ext4 -q -F -L "$label" -E nodiscard "$device"
  rm "$marker"
}

mounted() { [ "$(findmnt -n -o SOURCE --mountpoint "$2" | tail -n 1)" = "$(readlink -f "$1")" ]; }

while IFS=$'\t' read -r device mount; do
  wait_until 120 present "$device" || fail "$device did not appear in 2 minutes" "ls -l /dev/disk/by-id"
  mounted "$device" "$mount" && continue
  format "$device"
  mkdir -p "$mount"
  mount -t ext4 "$device" "$mount" || fail "$device could not be mounted at $mount" "dmesg"
  # kubeadm wants etcd's folder to be empty; fsck makes another one when it needs it.
  rmdir "$mount/lost+found" 2>/dev/null || :
  say "mounted $device at $mount"
done <"$etc/volumes"
