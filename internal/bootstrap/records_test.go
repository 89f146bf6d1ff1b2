package bootstrap

import (
	"strings"
	"testing"
)

// records is a kubectl in a cluster with ExternalDNS whose pod takes a moment to
// end; what the Job comes to is in /var/lib/job.
const records = `echo "$*" >>/var/log/calls
if [ -e /var/lib/broken ]; then echo "connection refused" >&2; exit 1; fi
case "$*" in
*"get cronjob"*) [ -e /var/lib/keep ] || echo cronjob.batch/external-dns-release ;;
*"get pods"*) [ -e /var/lib/asked ] || echo pod/external-dns-1; : >/var/lib/asked ;;
*"get job"*) cat /var/lib/job 2>/dev/null ;;
*logs*) echo "quota exceeded"; exit 1 ;;
esac`

func TestReleaseRecords(t *testing.T) {
	s := newControlPlane(t, records)
	s.write("/var/lib/job", "SuccessCriteriaMet Complete")
	out := s.must(ReleaseRecords, "")
	if !strings.Contains(out, "no zone has a record of this cluster any more") {
		t.Error(out)
	}
	var order []string
	for line := range strings.Lines(s.read("/var/log/calls")) {
		for _, verb := range []string{"scale", "delete", "create"} {
			if strings.Contains(line, " "+verb+" ") {
				order = append(order, verb)
			}
		}
	}
	// Whoever writes records is gone before they are taken away.
	if got := strings.Join(order, " "); got != "scale scale delete create" {
		t.Errorf("it was asked to %s", got)
	}
}

func TestReleaseRecordsSaysWhyItFailed(t *testing.T) {
	s := newControlPlane(t, records)
	s.write("/var/lib/job", "FailureTarget Failed")
	if out, err := s.run(Command(ReleaseRecords), ""); err == nil || !strings.Contains(out, "records may be left in the zones; what takes them away has failed: quota exceeded") {
		t.Errorf("%v\n%s", err, out)
	}
	if calls := s.read("/var/log/calls"); !strings.HasSuffix(calls, "scale deployment external-dns --replicas 1\n") {
		t.Errorf("it does not go on as before:\n%s", calls)
	}
}

func TestRecordsThatAreKept(t *testing.T) {
	s := newControlPlane(t, records)
	s.write("/var/lib/keep", "")
	if out := s.must(ReleaseRecords, ""); !strings.Contains(out, "records are kept") || strings.Contains(s.read("/var/log/calls"), "scale") {
		t.Errorf("%s\n%s", out, s.read("/var/log/calls"))
	}
}

// What was stopped and then is wanted after all writes again.
func TestRecordsAreWrittenAgain(t *testing.T) {
	s := newControlPlane(t, records)
	if out, err := s.run(Command(ReleaseRecords)+" back", ""); err != nil || !strings.Contains(s.read("/var/log/calls"), "--replicas 1") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestReleaseRecordsThatDoesNotEnd(t *testing.T) {
	s := newControlPlane(t, records)
	s.shorten("release-records.sh", "wait_until 900 ended", "wait_until 0 ended")
	if out, err := s.run(Command(ReleaseRecords), ""); err == nil || !strings.Contains(out, "records may be left in the zones: quota exceeded") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A broken cluster can be destroyed; that something may be left is said.
func TestReleaseRecordsOfABrokenCluster(t *testing.T) {
	s := newControlPlane(t, records)
	s.write("/var/lib/broken", "")
	s.shorten("release-records.sh", "wait_until 120 answers", "wait_until 0 answers")
	if out, err := s.run(Command(ReleaseRecords), ""); err != nil || !strings.Contains(out, "WARNING: the API does not answer (connection refused)") {
		t.Errorf("%v\n%s", err, out)
	}
}
