package bootstrap

import (
	"os"
	"strings"
	"testing"
)

// A disk is taken when it is blank or Ceph's; all others are named at once.
func TestDisksForCeph(t *testing.T) {
	const other = "/var/lib/other"
	for name, tt := range map[string]struct{ content, want string }{
		"blank":        {"", ""},
		"Ceph's":       {"bluestore block device\n", ""},
		"a filesystem": {strings.Repeat("\x00", 1024+56) + "\x53\xef", disk + " is neither blank nor Ceph's: TYPE=ext2"},
		"raw data":     {strings.Repeat("\x00", 4096) + "a database without a filesystem", disk + " is neither blank nor Ceph's: data without a signature"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newDisk(t, tt.content)
			s.write(other, tt.content)
			if err := os.Truncate(s.path(other), diskSize); err != nil {
				t.Fatal(err)
			}
			out, err := s.run(Command(CheckDisks), disk+"\n"+other+"\n")
			switch {
			case tt.want == "" && (err != nil || !strings.Contains(out, "ready for Ceph: "+disk+" "+other)):
				t.Errorf("%v\n%s", err, out)
			case tt.want != "" && (err == nil || !strings.Contains(out, tt.want) || !strings.Contains(out, other+" is neither")):
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestDisksForCephHaveToBeThere(t *testing.T) {
	s := newDisk(t, "")
	s.shorten("check-disks.sh", "wait_until 120", "wait_until 1")
	out, err := s.run(Command(CheckDisks), disk+"\n/var/lib/none\n")
	if err == nil || !strings.Contains(out, "/var/lib/none did not appear in 2 minutes") {
		t.Errorf("%v\n%s", err, out)
	}
}

const waitsForCeph = ScriptDir + "/wait-ceph.sh rook-ceph 2 cephcluster/rook-ceph cephblockpool/ceph-block"

// newCeph is a control plane whose API shows a Ceph cluster with two disks.
func newCeph(t *testing.T) *sandbox {
	s := newSandbox(t)
	s.install(sampleControlPlane(t))
	s.fake("kubectl", `case "$*" in
*" get ceph"*phase*) all=$*; n=${all#* get }; cat "/var/lib/${n%% *}" ;;
*" get ceph"*message*) echo because of something ;;
*"get deployments"*) cat /var/lib/hosts ;;
*"logs deployment"*) echo "2026-01-02 03:04:05.000000 E | op-osd: what went wrong" ;;
*) echo "$*" ;;
esac`)
	s.write("/var/lib/cephcluster/rook-ceph", "Ready")
	s.write("/var/lib/cephblockpool/ceph-block", "Ready")
	s.write("/var/lib/hosts", "w1\nw2\n")
	return s
}

func TestWaitsForCeph(t *testing.T) {
	s := newCeph(t)
	if out, err := s.run(waitsForCeph, ""); err != nil || !strings.Contains(out, "Ceph is ready with 2 disks") {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, tt := range map[string]struct{ file, content, want string }{
		"a pool":   {"/var/lib/cephblockpool/ceph-block", "Failure", "after 20 minutes, cephblockpool/ceph-block is Failure: because of something"},
		"nobody":   {"/var/lib/cephcluster/rook-ceph", "", "cephcluster/rook-ceph is not seen by the operator yet"},
		"one disk": {"/var/lib/hosts", "w1\n", "daemons run for 1 of 2 disks (w1: 1)"},
		"no disk":  {"/var/lib/hosts", "", "daemons run for 0 of 2 disks ()"},
	} {
		s := newCeph(t)
		s.shorten("wait-ceph.sh", "wait_until 1200", "wait_until 1")
		s.write(tt.file, tt.content)
		out, err := s.run(waitsForCeph, "")
		if err == nil || !strings.Contains(out, tt.want) || !strings.Contains(out, "op-osd: what went wrong") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// Ceph does not go before what is stored in it.
func TestCephIsKeptByWhatItStores(t *testing.T) {
	for name, tt := range map[string]struct{ volumes, buckets, want string }{
		"nothing":   {"", "", ""},
		"a volume":  {"pvc-1 of default/data", "", "the cluster still has volumes of Ceph: pvc-1 of default/data"},
		"a bucket":  {"", "default/photos", "the cluster still has buckets of Ceph: default/photos"},
		"all there": {"pvc-1\npvc-2", "default/photos", "the cluster still has volumes of Ceph: pvc-1; pvc-2, and buckets of Ceph: default/photos"},
	} {
		s := newSandbox(t)
		s.install(sampleControlPlane(t))
		s.shorten("check-ceph.sh", "wait_until 60 gone", "wait_until 1 gone")
		s.fake("kubectl", `case "$*" in *persistentvolumes*) cat /var/lib/volumes ;; *objectbucketclaims*) cat /var/lib/buckets ;; esac`)
		s.write("/var/lib/volumes", tt.volumes)
		s.write("/var/lib/buckets", tt.buckets)
		out, err := s.run(Command(CheckCeph), "")
		if (err == nil) != (tt.want == "") || !strings.Contains(out, tt.want) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// Disks are cleared when all of Rook's jobs have ended well; what never was, or is to
// stay, is not waited for.
func TestDisksAreCleared(t *testing.T) {
	for name, tt := range map[string]struct{ clusters, daemons, jobs, want string }{
		"cleared":       {"", "", "job-w1 1\njob-w2 1\n", "the disks are clear"},
		"one at work":   {"", "", "job-w1 1\njob-w2 \n", "after 15 minutes, Rook has not cleared the disks: job-w2"},
		"not begun":     {"", "pod/mon\npod/osd\n", "", "Rook has not begun to clear the disks: of the daemons there are still 2"},
		"never was":     {"", "", "", "there is nothing of Ceph to clear"},
		"is to stay":    {"cephcluster/rook-ceph", "pod/mon\n", "", ""},
		"without words": {"fails", "", "", "the API does not say what there is of Ceph"},
	} {
		s := newSandbox(t)
		s.install(sampleControlPlane(t))
		s.fake("kubectl", `case "$*" in
*"get cephclusters"*) ! grep fails /var/lib/clusters && cat /var/lib/clusters ;;
*"get pods --selector"*) cat /var/lib/daemons ;;
*"get jobs"*) cat /var/lib/jobs ;;
esac`)
		s.write("/var/lib/clusters", tt.clusters)
		s.write("/var/lib/daemons", tt.daemons)
		s.write("/var/lib/jobs", tt.jobs)
		s.shorten("clear-ceph.sh", "wait_until 60 listed", "wait_until 1 listed")
		s.shorten("clear-ceph.sh", "wait_until 60 begun", "wait_until 1 begun")
		s.shorten("clear-ceph.sh", "wait_until 900", "wait_until 1")
		out, err := s.run(ScriptDir+"/clear-ceph.sh rook-ceph", "")
		if bad := strings.Contains(tt.want, "not say") || strings.Contains(tt.want, "has not"); bad != (err != nil) || !strings.Contains(out, tt.want) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
