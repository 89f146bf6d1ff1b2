#!/bin/bash
# Saves etcd's data on this member, by slipway-etcd-snapshot.timer. A snapshot
# has its name only when it is complete and was verified.
lib=${0%/*}
# shellcheck source-path=SCRIPTDIR source=step.sh
. "$lib/step.sh" etcd-snapshot
# shellcheck source-path=SCRIPTDIR source=etcd.sh
. "$lib/etcd.sh"
folder=$state/etcd-snapshots
log=$logs/etcd-snapshot.log

install -d -m 0700 "$folder"
rm -f "$folder"/partial*
umask 077
etcd_at "$etcd_here" snapshot save "$folder/partial" >"$log" 2>&1 || fail "etcd could not be saved: $(tail -n 1 "$log")" "$log"
status=$(etcdutl snapshot status "$folder/partial" --write-out json 2>>"$log") || fail "the snapshot is damaged: $(tail -n 1 "$log")" "$log"
[[ $status =~ \"totalKey\":[1-9] ]] || fail "the snapshot is empty: $status" "$log"
name=etcd-$(date --utc +%Y%m%dT%H%M%SZ)-$node.db
sync "$folder/partial"
mv "$folder/partial" "$folder/$name"
sync "$folder"
say "saved $folder/$name: $status"

# Only now, with a new one, may old ones go.
mapfile -t old < <(cd "$folder" && printf '%s\n' etcd-*.db | sort | head -n "-$snapshots_keep")
for name in "${old[@]}"; do rm "$folder/$name"; done
