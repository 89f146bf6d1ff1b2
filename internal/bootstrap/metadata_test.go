package bootstrap

import (
	"os/exec"
	"strings"
	"testing"
)

// The real tool takes the rules, again and again, and has them once.
func TestMetadataIsKeptFromPods(t *testing.T) {
	nft, err := exec.LookPath("nft")
	if err != nil {
		t.Skip("nft is not installed (apt-get install nftables)")
	}
	s := newSandbox(t)
	s.install(sampleWorker(t))
	s.fake("nft", `exec `+nft+` "$@"`)
	out, err := s.run("unshare --net bash -c '"+ScriptDir+"/metadata.sh && "+ScriptDir+"/metadata.sh && nft list ruleset'", "")
	const rule = "ip daddr 169.254.169.254 reject with icmp admin-prohibited"
	if err != nil || strings.Count(out, rule) != 1 {
		t.Errorf("%v\n%s\nwant once: %s", err, out, rule)
	}
}

func TestNoPacketFilter(t *testing.T) {
	s := newSandbox(t)
	s.install(sampleWorker(t))
	s.fake("nft", "exit 1")
	out, err := s.run(ScriptDir+"/metadata.sh", "")
	if err == nil || !strings.Contains(out, "the packet filter refuses the rule") {
		t.Errorf("%v\n%s", err, out)
	}
}
