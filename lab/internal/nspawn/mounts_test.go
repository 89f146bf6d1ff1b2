package nspawn

import (
	"slices"
	"testing"
)

func TestParseMounts(t *testing.T) {
	got := parseMounts(`24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
25 24 0:22 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
99 24 0:50 / /lab/with\040space/root rw,relatime - overlay overlay rw,lowerdir=/a:/b,upperdir=/u,workdir=/w
garbage
`)
	want := []mount{
		{"/", "ext4", "rw"},
		{"/sys/fs/cgroup/cpu", "cgroup", "rw,cpu"},
		{"/lab/with space/root", "overlay", "rw,lowerdir=/a:/b,upperdir=/u,workdir=/w"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestOverlayLayers(t *testing.T) {
	got := overlayLayers(mount{"/m", "overlay", "rw,lowerdir=/a:/b,upperdir=/u"})
	if !slices.Equal(got, []string{"/a", "/b"}) {
		t.Errorf("got %q", got)
	}
	if got := overlayLayers(mount{"/", "ext4", "rw,lowerdir=/a"}); got != nil {
		t.Errorf("an ext4 mount has layers %q", got)
	}
}
