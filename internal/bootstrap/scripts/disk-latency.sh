#!/bin/bash
# Warns when the disk below etcd is slow: etcd answers no write before it is on
# disk, and a leader that waits too long loses its office. Never fails.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" disk-latency
folder=/var/lib/etcd
limit=10 # ms, what etcd's own documentation asks of 99 % of the writes

# A member that runs already shows it in its metrics, and needs its disk itself.
if [ -e "$folder/member" ]; then exit 0; fi
install -d -m 0700 "$folder"
file=$folder/.latency
trap 'rm -f "$file"' EXIT

# etcd's log is written in small pieces, each followed by fdatasync. Ten at a
# time, for at most ten seconds.
batches=0 total=0 slowest=0
while ((batches < 30 && total < 10000000)); do
  start=${EPOCHREALTIME/./}
  dd if=/dev/zero of="$file" bs=2300 count=10 oflag=dsync conv=notrunc status=none || { say "the disk of $folder could not be measured"; exit 0; }
  took=$((${EPOCHREALTIME/./} - start))
  batches=$((batches + 1)) total=$((total + took)) slowest=$((took > slowest ? took : slowest))
done
# Microseconds for ten writes are tenths of microseconds for one.
ms() { printf '%d.%d' $(($1 / 10000)) $(($1 / 1000 % 10)); }
mean=$((total / batches))
say "a write to the disk of $folder takes $(ms $mean) ms, $(ms $slowest) ms in the slowest of $batches batches"
if ((mean > limit * 10000)); then
  say "WARNING: that is more than $limit ms; etcd needs a faster disk, or the cluster loses its leader under load" >&2
fi
