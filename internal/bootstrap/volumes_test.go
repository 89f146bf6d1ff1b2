package bootstrap

import (
	"os"
	"strings"
	"testing"

	"slipway/internal/artifacts"
)

const (
	disk     = "/var/lib/disk"
	diskSize = 8 << 20
)

// newDisk is a sandbox with one volume, for which a file stands in; mounts are
// only noted.
func newDisk(t *testing.T, content string) *sandbox {
	s := newSandbox(t)
	s.install(sampleControlPlane(t))
	s.shorten("disks.sh", `[ -b "$1" ]`, `[ -e "$1" ]`)
	s.write("/etc/slipway/volumes", disk+"\t/var/lib/containerd\n")
	s.fake("findmnt", "exit 1")
	s.fake("mount", `echo "$*" >>/var/log/mounts`)
	s.write(disk, content)
	if err := os.Truncate(s.path(disk), diskSize); err != nil {
		t.Fatal(err)
	}
	return s
}

const volumesStep = Step("volumes")

func TestVolumesFormatABlankDiskOnce(t *testing.T) {
	s := newDisk(t, "")
	if out := s.must(volumesStep, ""); !strings.Contains(out, "formatting "+disk) {
		t.Errorf("not formatted:\n%s", out)
	}
	before := s.read(disk)
	if out := s.must(volumesStep, ""); strings.Contains(out, "formatting") || s.read(disk) != before {
		t.Errorf("formatted again:\n%s", out)
	}
	if got, want := s.read("/var/log/mounts"), strings.Repeat("-t ext4 "+disk+" /var/lib/containerd\n", 2); got != want {
		t.Errorf("mounts:\n%s", got)
	}
}

func TestVolumesNeverTouchADiskWithData(t *testing.T) {
	for name, content := range map[string]string{
		"raw data":           strings.Repeat("\x00", 4096) + "a database without a filesystem",
		"another filesystem": strings.Repeat("\x00", 1024+56) + "\x53\xef", // ext2's magic number, no label
	} {
		t.Run(name, func(t *testing.T) {
			s := newDisk(t, content)
			before := s.read(disk)
			out, err := s.run(Command(volumesStep), "")
			if err == nil || !strings.Contains(out, disk+" is not blank and not Slipway's") {
				t.Errorf("%v\n%s", err, out)
			}
			if s.read(disk) != before {
				t.Error("the disk was changed")
			}
		})
	}
}

func TestVolumesContinueACutFormat(t *testing.T) {
	s := newDisk(t, "")
	s.fake("mkfs.ext4", `echo garbage >"${!#}"; kill -9 $PPID`)
	if out, err := s.run(Command(volumesStep), ""); err == nil {
		t.Fatalf("the cut did not happen\n%s", out)
	}
	if err := os.Remove(s.path(artifacts.BinDir + "/mkfs.ext4")); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(s.path(disk), diskSize); err != nil {
		t.Fatal(err)
	}
	if out := s.must(volumesStep, ""); !strings.Contains(out, "formatting") {
		t.Errorf("not formatted:\n%s", out)
	}
}

func TestVolumesLeaveAMountedDiskAlone(t *testing.T) {
	s := newDisk(t, "in use")
	s.fake("findmnt", "readlink -f "+disk)
	if out := s.must(volumesStep, ""); s.exists("/var/log/mounts") {
		t.Errorf("mounted again:\n%s", out)
	}
}
