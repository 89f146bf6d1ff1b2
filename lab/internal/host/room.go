package host

import (
	"fmt"
	"syscall"
)

// evictionShare is the part of a disk, in percent, below which a kubelet evicts
// pods and takes no new ones (imagefs.available of its default thresholds).
const evictionShare = 15

// Room says what is wrong with the disk below a folder, if anything: machines of
// the lab share it with everything else, and their kubelets go by its size.
func Room(dir string) (string, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return "", fmt.Errorf("looking at the disk of %s: %w", dir, err)
	}
	return room(dir, s.Blocks*uint64(s.Bsize), s.Bavail*uint64(s.Bsize)), nil
}

func room(dir string, size, free uint64) string {
	const gb = 1e9
	if free*100 >= size*evictionShare {
		return ""
	}
	return fmt.Sprintf("warning: the disk of %s has %.0f of %.0f GB free: below %.0f GB nodes evict their pods (DiskPressure), so make room first",
		dir, float64(free)/gb, float64(size)/gb, float64(size)*evictionShare/100/gb)
}
