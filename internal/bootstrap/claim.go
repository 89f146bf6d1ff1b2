package bootstrap

import "fmt"

// OwnerFile says on a machine that existed before which cluster has claimed it.
// Unlike all else that Slipway keeps there, everybody may read it: a machine
// whose host key is not known yet is asked without sudo.
const OwnerFile = "/var/lib/slipway-owner"

// ClaimCommand returns the command line that marks an existing machine as the
// cluster's. It refuses one that another cluster has.
func ClaimCommand(cluster string) (string, error) {
	if !nodeName.MatchString(cluster) {
		return "", fmt.Errorf("claiming a machine for %q: not the name of a cluster", cluster)
	}
	return `sudo -n bash -c '
set -euo pipefail
owner=` + OwnerFile + ` cluster=` + cluster + `
had=$(cat $owner 2>/dev/null || :)
if [ -n "$had" ] && [ "$had" != $cluster ]; then
  echo "slipway: $(hostname): claim: this machine belongs to cluster $had; look at $owner, and destroy that cluster or take the machine out of it first" >&2
  exit 1
fi
echo $cluster >$owner.new
chmod 0644 $owner.new
sync $owner.new
mv $owner.new $owner
'`, nil
}

// ReleaseCommand makes a machine that was claimed one without a cluster again.
// Of a machine that never received its files there is only the claim to remove.
const ReleaseCommand = `sudo -n bash -c '
set -euo pipefail
if [ -x ` + ScriptDir + `/release.sh ]; then ` + ScriptDir + `/release.sh; fi
rm -rf ` + ConfigDir + ` ` + ConfigDir + `.new /var/lib/slipway ` + OwnerFile + `
'`
