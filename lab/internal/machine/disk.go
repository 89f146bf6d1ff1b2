package machine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// VolumeFile is the sparse file that holds a volume's data.
func (h Host) VolumeFile(volume string) string { return filepath.Join(h.Volumes, volume+".img") }

// byID holds the links that a machine sees as /dev/disk/by-id.
func (h Host) byID(id string) string { return filepath.Join(h.dir(id), "by-id") }

// udevData holds what a machine's programs take for the data of udev, which does
// not run in it.
func (h Host) udevData(id string) string { return filepath.Join(h.dir(id), "udev") }

// connect makes the disk's data available as a loop device of this host.
func (h Host) connect(ctx context.Context, disk *Disk) error {
	file := h.VolumeFile(disk.Volume)
	if err := os.MkdirAll(h.Volumes, 0o700); err != nil {
		return err
	}
	if err := growFile(file, int64(disk.GiB)<<30); err != nil {
		return fmt.Errorf("creating the file of volume %s: %w", disk.Volume, err)
	}
	// --nooverlap finds the device again that an earlier run has left.
	out, err := losetup(ctx, "--find", "--show", "--nooverlap", file)
	if err != nil {
		return err
	}
	disk.Loop = strings.TrimSpace(out)
	return nil
}

// growFile creates the file, or extends it; data is never cut off.
func growFile(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size() < size {
		err = f.Truncate(size)
	}
	return errors.Join(err, f.Close())
}

// Disconnect frees the loop devices of a volume. The kernel delays that while
// somebody still has the device mounted.
func (h Host) Disconnect(ctx context.Context, volume string) error {
	out, err := losetup(ctx, "--list", "--noheadings", "--output", "NAME", "--associated", h.VolumeFile(volume))
	if err != nil {
		return err
	}
	for device := range strings.FieldsSeq(out) {
		if _, err := losetup(ctx, "--detach", device); err != nil {
			return err
		}
	}
	return nil
}

// DeleteVolume frees the space of a volume that no longer exists.
func (h Host) DeleteVolume(ctx context.Context, volume string) error {
	if err := h.Disconnect(ctx, volume); err != nil {
		return err
	}
	return removeIfPresent(h.VolumeFile(volume))
}

// ListVolumes lists the volumes that have a file here.
func (h Host) ListVolumes() ([]string, error) {
	files, err := filepath.Glob(h.VolumeFile("*"))
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".img")
	}
	return files, err
}

// ResizeVolume follows an extension of a volume, also while it is in use.
func (h Host) ResizeVolume(ctx context.Context, volume string, gib int) error {
	file, size := h.VolumeFile(volume), int64(gib)<<30
	info, err := os.Stat(file)
	if err != nil || info.Size() >= size {
		return err
	}
	if err := growFile(file, size); err != nil {
		return err
	}
	out, err := losetup(ctx, "--list", "--noheadings", "--output", "NAME", "--associated", file)
	if err != nil {
		return err
	}
	for device := range strings.FieldsSeq(out) {
		if _, err := losetup(ctx, "--set-capacity", device); err != nil {
			return err
		}
	}
	return nil
}

// nameDisks gives each new disk the lowest free device name; vda is the root
// disk of a real server.
func nameDisks(disks []Disk) {
	for i := range disks {
		for letter := 'b'; disks[i].Device == "" && letter <= 'z'; letter++ {
			name := "vd" + string(letter)
			if !slices.ContainsFunc(disks, func(other Disk) bool { return other.Device == name }) {
				disks[i].Device = name
			}
		}
	}
}

// linkDisks makes the machine's /dev/disk/by-id show exactly these disks, and has
// udevadm know of the links.
func (h Host) linkDisks(id string, disks []Disk) error {
	for _, folder := range []string{h.byID(id), h.udevData(id)} {
		old, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			return err
		}
		for _, link := range old {
			if err := removeIfPresent(link); err != nil {
				return err
			}
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	for _, disk := range disks {
		number, err := disk.number()
		if err != nil {
			return err
		}
		name := fmt.Sprintf("b%d:%d", unix.Major(number), unix.Minor(number))
		if err := os.WriteFile(filepath.Join(h.udevData(id), name), []byte("S:disk/by-id/"+disk.link()+"\nI:1\n"), 0o644); err != nil {
			return err
		}
		if err := os.Symlink("../../"+disk.Device, filepath.Join(h.byID(id), disk.link())); err != nil {
			return err
		}
	}
	return nil
}

// number is that of the loop device.
func (d Disk) number() (uint64, error) {
	var loop unix.Stat_t
	if err := unix.Stat(d.Loop, &loop); err != nil {
		return 0, fmt.Errorf("looking up %s: %w", d.Loop, err)
	}
	return loop.Rdev, nil
}

// nodes are the disk's paths in a machine: as a server would name it, and as the
// kernel does, which lsblk goes by.
func (d Disk) nodes() []string { return []string{"/dev/" + d.Device, d.Loop} }

// insertDevice creates the device nodes in a running machine, as udev would.
func insertDevice(root string, disk Disk) error {
	number, err := disk.number()
	if err != nil {
		return err
	}
	for _, path := range disk.nodes() {
		node := filepath.Join(root, path)
		if err := removeIfPresent(node); err != nil {
			return err
		}
		if err := unix.Mknod(node, unix.S_IFBLK|0o660, int(number)); err != nil {
			return fmt.Errorf("creating %s: %w", node, err)
		}
	}
	return nil
}

// removeDevice takes the device nodes away.
func removeDevice(root string, disk Disk) error {
	var errs []error
	for _, path := range disk.nodes() {
		errs = append(errs, removeIfPresent(filepath.Join(root, path)))
	}
	return errors.Join(errs...)
}

func removeIfPresent(path string) error {
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func losetup(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "losetup", args...).Output()
	if err != nil {
		detail := ""
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			detail = ": " + strings.TrimSpace(string(exit.Stderr))
		}
		return "", fmt.Errorf("losetup %s: %w%s", strings.Join(args, " "), err, detail)
	}
	return string(out), nil
}
