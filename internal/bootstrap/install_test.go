package bootstrap

import (
	"os"
	"testing"
)

func TestInstall(t *testing.T) {
	s := newSandbox(t)
	p := sampleControlPlane(t)
	s.install(p)
	for _, f := range files(t, p) {
		info, err := os.Stat(s.path(f.Path))
		if err != nil {
			t.Fatal(err)
		}
		if got := int64(info.Mode().Perm()); got != f.Mode {
			t.Errorf("%s has mode %o, want %o", f.Path, got, f.Mode)
		}
		if s.read(f.Path) != f.Content {
			t.Errorf("%s has other content", f.Path)
		}
	}
	for _, dir := range []string{"/etc/slipway", "/etc/slipway/pki", "/etc/slipway/pki/etcd"} {
		if info, err := os.Stat(s.path(dir)); err != nil || info.Mode().Perm() != secretDirMode {
			t.Errorf("%s: %v, %v", dir, info.Mode(), err)
		}
	}
}

func TestInstallReplacesAllOfAnEarlierConfiguration(t *testing.T) {
	s := newSandbox(t)
	p := sampleControlPlane(t)
	s.install(p)
	p.Source.Images = ""
	s.install(p)
	if s.exists("/etc/slipway/containerd/certs.d") {
		t.Error("the mirror that is no longer configured is still there")
	}
}

func TestInstallOfACutArchiveChangesNothing(t *testing.T) {
	s := newSandbox(t)
	p := sampleControlPlane(t)
	s.install(p)
	p.Kubeadm = "other"
	whole := archive(t, p)
	for _, cut := range []int{0, 400, len(whole) / 2, len(whole) - 4} {
		if out, err := s.run(InstallCommand, whole[:cut]); err == nil {
			t.Fatalf("%d of %d bytes were accepted\n%s", cut, len(whole), out)
		}
		if s.read("/etc/slipway/kubeadm.yaml") == "other" || !s.exists("/opt/slipway/init.sh") {
			t.Errorf("%d of %d bytes changed the machine", cut, len(whole))
		}
		if s.exists("/etc/slipway.new") {
			t.Errorf("secrets were left in /etc/slipway.new after %d bytes", cut)
		}
	}
}

func TestArchiveIsDeterministic(t *testing.T) {
	first, second := archive(t, sampleControlPlane(t)), archive(t, sampleControlPlane(t))
	if first != second {
		t.Error("equal files give different archives")
	}
}

func TestArchiveRefusesOtherFolders(t *testing.T) {
	_, err := Archive([]File{{Path: "/etc/passwd", Mode: 0o644}})
	const want = "packing /etc/passwd: it is neither below /etc/slipway nor below /opt/slipway"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
