package host

import (
	"fmt"
	"syscall"
)

// minFree is, in bytes, what clusters of the size of the scenarios' need: that of ha took 7 GB. Nodes
// evict their pods when 1 GiB is left (etc/default/kubelet of the node image).
const minFree = 10e9

// Room says what is wrong with the disk below a folder, if anything: machines of
// the lab share it with everything else.
func Room(dir string) (string, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return "", fmt.Errorf("looking at the disk of %s: %w", dir, err)
	}
	return room(dir, s.Bavail*uint64(s.Bsize)), nil
}

func room(dir string, free uint64) string {
	const gb = 1e9
	if free >= minFree {
		return ""
	}
	return fmt.Sprintf("warning: the disk of %s has %.0f GB free: clusters need %.0f GB, and with the last of it nodes evict their pods (DiskPressure), so make room first",
		dir, float64(free)/gb, minFree/gb)
}
