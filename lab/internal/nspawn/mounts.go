package nspawn

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

type mount struct{ target, fsType, options string }

// mounts lists the mounts of this mount namespace, oldest first.
func mounts() ([]mount, error) {
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	return parseMounts(string(text)), nil
}

// parseMounts reads the format of /proc/self/mountinfo, see proc(5).
func parseMounts(text string) []mount {
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	var all []mount
	for line := range strings.Lines(text) {
		head, tail, _ := strings.Cut(line, " - ")
		fields, rest := strings.Fields(head), strings.Fields(tail)
		if len(fields) < 5 || len(rest) < 3 {
			continue
		}
		all = append(all, mount{target: unescape.Replace(fields[4]), fsType: rest[0], options: unescape.Replace(rest[2])})
	}
	return all
}

func isMountpoint(path string) (bool, error) {
	all, err := mounts()
	return slices.ContainsFunc(all, func(m mount) bool { return m.target == path }), err
}

// MountsBelow lists the mount points in dir, innermost first.
func MountsBelow(dir string) ([]string, error) {
	all, err := mounts()
	if err != nil {
		return nil, err
	}
	var below []string
	for _, m := range all {
		if m.target == dir || strings.HasPrefix(m.target, dir+"/") {
			below = append(below, m.target)
		}
	}
	slices.Reverse(below)
	return below, nil
}

// UnmountBelow unmounts everything at dir and below it, and checks that
// nothing is left.
func UnmountBelow(dir string) error {
	below, err := MountsBelow(dir)
	if err != nil {
		return err
	}
	for _, target := range below {
		if err := unix.Unmount(target, 0); err == unix.EBUSY {
			// Some process of the host still looks into it; it loses nothing
			// but must not block the clean-up.
			err = unix.Unmount(target, unix.MNT_DETACH)
			if err != nil {
				return fmt.Errorf("unmounting %s: %w", target, err)
			}
		} else if err != nil && err != unix.EINVAL && err != unix.ENOENT {
			return fmt.Errorf("unmounting %s: %w", target, err)
		}
	}
	left, err := MountsBelow(dir)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("still mounted: %s", strings.Join(left, ", "))
	}
	return err
}

// LayersInUse lists the folders that a mounted overlay stands on.
func LayersInUse() (map[string]bool, error) {
	all, err := mounts()
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, m := range all {
		for _, layer := range overlayLayers(m) {
			used[layer] = true
		}
	}
	return used, nil
}

func overlayLayers(m mount) []string {
	if m.fsType != "overlay" {
		return nil
	}
	for option := range strings.SplitSeq(m.options, ",") {
		if layers, found := strings.CutPrefix(option, "lowerdir="); found {
			return strings.Split(layers, ":")
		}
	}
	return nil
}
