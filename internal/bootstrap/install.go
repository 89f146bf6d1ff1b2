package bootstrap

// InstallCommand unpacks an Archive from its standard input. It is the same
// for every node, so nothing secret is in a command line, and it needs nothing
// but what every supported system has.
//
// The archive is complete before anything is replaced (gzip carries a
// checksum) and on disk, and each folder is replaced as a whole, so that no
// file of an earlier configuration stays behind. The lock is the steps' own: a step whose
// caller went away may still be running.
const InstallCommand = `sudo -n bash -c '
set -euo pipefail
umask 077
exec 9>/run/slipway.lock
flock -w 900 9 || { echo "slipway: $(hostname): install: another step has held /run/slipway.lock for 15 minutes; look at: fuser -v /run/slipway.lock" >&2; exit 1; }
stage=/etc/slipway.new
trap "rm -rf $stage" EXIT
rm -rf $stage
mkdir $stage
base64 -d | tar -xzp --no-same-owner -C $stage
find $stage -type f -exec sync {} +
mkdir -p -m 0755 /opt
rm -rf /opt/slipway
mv $stage/lib /opt/slipway
rm -rf /etc/slipway
mv $stage/etc /etc/slipway
'`
