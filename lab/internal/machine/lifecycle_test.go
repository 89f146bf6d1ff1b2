package machine

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/lab/internal/image"
	"slipway/lab/internal/nspawn"
	"slipway/lab/internal/paths"
)

const testID = "7e577e57-0000-4000-8000-000000000001"

// testHost is this host with folders and a cloud namespace of the test's own.
func testHost(t *testing.T) Host {
	t.Helper()
	p, err := paths.FromEnv()
	if err != nil {
		t.Fatal(err)
	}
	layers := image.Node().Paths(p.Images())
	if _, err := os.Stat(layers[0]); os.Getuid() != 0 || err != nil {
		t.Skip("boots a real machine: needs root and the node image (lab build)")
	}
	dir := t.TempDir()
	h := Host{
		Machines: filepath.Join(dir, "machines"), Volumes: filepath.Join(dir, "volumes"), Logs: filepath.Join(dir, "log"),
		Layers: layers, Netns: "slipway-test",
	}
	if err := nspawn.EnsureNetns(t.Context(), h.Netns); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // the test's own is done by now
		if err := h.Remove(ctx, testID); err != nil {
			t.Error(err)
		}
		if err := nspawn.DeleteNetns(ctx, h.Netns); err != nil {
			t.Error(err)
		}
	})
	return h
}

// inside runs a shell command in the machine until it succeeds.
func inside(t *testing.T, script string) {
	t.Helper()
	m := nspawn.Machine{Name: hostName(testID)}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		cmd, err := m.Command(t.Context(), "/bin/sh", "-ec", script)
		var out []byte
		if err == nil {
			if out, err = cmd.CombinedOutput(); err == nil {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("in the machine: %s: %v: %s", script, err, out)
		}
	}
}

func TestLifecycle(t *testing.T) {
	h, ctx := testHost(t), t.Context()
	boot := func(disks ...Disk) {
		t.Helper()
		spec := Spec{ID: testID, Name: "test/machine", Disks: disks, NICs: []NIC{{
			Port: "0123abcd-0123", Network: "4567abcd-4567", MAC: "fa:16:3e:00:00:01", MTU: 1400,
			Addresses: []netip.Prefix{netip.MustParsePrefix("10.99.0.5/24")}, Gateway: netip.MustParseAddr("10.99.0.1"),
		}}}
		if err := h.Boot(ctx, spec, "req-1"); err != nil {
			t.Fatal(err)
		}
	}
	first, second := Disk{Volume: "aaaabbbb-0000-4000-8000-000000000001", GiB: 1}, Disk{Volume: "ccccdddd-0000-4000-8000-000000000001", GiB: 1}

	boot(first)
	inside(t, `grep -q 10.99.0.5 /proc/net/fib_trie && modprobe br_netfilter && echo kept >/var/kept`)
	inside(t, `mkfs.ext4 -q /dev/disk/by-id/virtio-aaaabbbb-0000-4000-8 && mount /dev/vdb /mnt && echo data >/mnt/x && umount /mnt`)
	if err := h.SetDisks(ctx, testID, []Disk{first, second}); err != nil {
		t.Fatal(err)
	}
	inside(t, `blkid /dev/vdb && test "$(blockdev --getsize64 /dev/disk/by-id/virtio-ccccdddd-0000-4000-8)" = 1073741824`)
	if err := h.SetDisks(ctx, testID, []Disk{second}); err != nil {
		t.Fatal(err)
	}
	inside(t, `test ! -e /dev/vdb && test -b /dev/vdc`)

	faults(t, h)
	reboot(t, h)
	if err := h.Settle(ctx, testID); err != nil {
		t.Fatal(err)
	}
	boot(first)
	inside(t, `grep -q kept /var/kept && mount /dev/vdb /mnt && grep -q data /mnt/x`)

	if err := h.Suspend(ctx, testID); err != nil {
		t.Fatal(err)
	}
	if r, err := h.Load(testID); err != nil || r.On || !r.Resume {
		t.Errorf("record %+v (%v) does not ask to resume", r, err)
	}
	boot(first)
	if err := h.Freeze(ctx, testID); err != nil {
		t.Fatal(err)
	}
	if err := h.Kill(ctx, testID); err != nil {
		t.Fatal(err)
	}
	if h.Leader(testID) != 0 || h.WantsReboot(testID) {
		t.Error("a power cut leaves the machine running, or looks like a reboot")
	}
	if err := h.Remove(ctx, testID); err != nil {
		t.Fatal(err)
	}
	nothingLeft(t, h)
}

// faults cuts and freezes the machine, seen from its gateway.
func faults(t *testing.T, h Host) {
	t.Helper()
	ctx, bridge := t.Context(), NIC{Network: "4567abcd-4567"}.Bridge()
	if err := nspawn.IP(ctx, "-n", h.Netns, "address", "replace", "10.99.0.1/24", "dev", bridge); err != nil {
		t.Fatal(err)
	}
	const answers = `ping -c 1 -W 1 10.99.0.1 >/dev/null`
	inside(t, answers)
	if err := h.Cut(ctx, testID); err != nil {
		t.Fatal(err)
	}
	inside(t, `! `+answers+` && test "$(cat /sys/class/net/eth0/carrier)" = 1`)
	if err := errors.Join(h.Mend(ctx, testID), h.Mend(ctx, testID)); err != nil {
		t.Fatal(err)
	}
	inside(t, answers)
	if err := errors.Join(h.Freeze(ctx, testID), h.Thaw(ctx, testID)); err != nil {
		t.Fatal(err)
	}
	inside(t, answers)
}

// reboot reboots the machine from inside and waits for its end.
func reboot(t *testing.T, h Host) {
	t.Helper()
	const sigRTMin5 = syscall.Signal(39) // systemd's signal for a reboot
	leader := h.Leader(testID)
	inside(t, `systemctl is-active -q systemd-journald`) // before it starts units, systemd may miss the signal
	if err := syscall.Kill(leader, sigRTMin5); err != nil {
		t.Fatal(err)
	}
	WaitExit(t.Context(), leader)
	if err := h.End(t.Context(), testID); err != nil {
		t.Fatal(err)
	}
	if !h.WantsReboot(testID) {
		t.Error("a reboot from inside is not recognised")
	}
}

func nothingLeft(t *testing.T, h Host) {
	t.Helper()
	if records, err := h.List(); err != nil || len(records) > 0 {
		t.Errorf("records %v (%v) are left", records, err)
	}
	if mounts, err := nspawn.MountsBelow(h.Machines); err != nil || len(mounts) > 0 {
		t.Errorf("mounts %v (%v) are left", mounts, err)
	}
	if pids := nspawn.Processes(hostName(testID)); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
	if len(nspawn.Netnses(hostName(testID))) > 0 {
		t.Error("the network namespace is left")
	}
	if out, err := losetup(t.Context(), "--list", "--noheadings", "--output", "BACK-FILE"); err != nil || strings.Contains(out, h.Volumes) {
		t.Errorf("loop devices are left: %s (%v)", out, err)
	}
}
