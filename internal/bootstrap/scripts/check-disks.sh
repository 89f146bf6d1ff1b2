#!/bin/bash
# Fails unless each of the node's disks is blank, or is Ceph's already: nobody
# else's data is to be lost. Input: the paths of the disks, one per line.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" check-disks
# shellcheck source-path=SCRIPTDIR source=disks.sh
. "$lib/disks.sh"
mapfile -t disks
((${#disks[@]} > 0)) || fail "disks are needed as input" "the step that calls this one"

# of_ceph: whose cluster it is, Rook asks itself, and leaves others' alone.
of_ceph() { [ "$(blkid --probe -s TYPE -o value "$1" 2>/dev/null)" = ceph_bluestore ]; }

problems=''
for disk in "${disks[@]}"; do
  if ! wait_until 120 present "$disk"; then
    problems+="${problems:+; }$disk did not appear in 2 minutes"
  elif ! blank "$disk" && ! of_ceph "$disk"; then
    found=$(blkid --probe -o export "$disk" 2>/dev/null | grep -E '^(TYPE|PTTYPE|LABEL)=' | paste -sd ' ' || :)
    problems+="${problems:+; }$disk is neither blank nor Ceph's: ${found:-data without a signature}"
  fi
done
[ -z "$problems" ] || fail "$problems" "lsblk --fs; if nothing on a disk is needed: wipefs --all, then dd if=/dev/zero bs=1M count=1 of=the disk"
say "ready for Ceph: ${disks[*]}"
