# shellcheck shell=bash
# What steps ask about disks. Sourced after step.sh.

# present: udev may still be busy; the test follows the link to a block device.
present() { [ -b "$1" ]; }

# blank tells whether a disk holds nothing: no signature, no partitions, and
# zeros where any filesystem has its head.
blank() {
  local status=0
  blkid --probe "$1" >/dev/null 2>&1 || status=$?
  ((status == 2)) && cmp -s -n $((1 << 20)) "$1" /dev/zero
}
