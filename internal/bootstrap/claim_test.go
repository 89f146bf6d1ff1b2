package bootstrap

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// claim runs the claim on a machine whose owner's file is in dir.
func claim(t *testing.T, dir, cluster string) (string, error) {
	t.Helper()
	command, err := ClaimCommand(cluster)
	if err != nil {
		t.Fatal(err)
	}
	command = strings.ReplaceAll(strings.TrimPrefix(command, "sudo -n "), OwnerFile, filepath.Join(dir, "owner"))
	out, err := exec.Command("sh", "-c", command).CombinedOutput()
	return string(out), err
}

func TestClaim(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // again changes nothing
		if out, err := claim(t, dir, "rack"); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if text, _ := os.ReadFile(filepath.Join(dir, "owner")); string(text) != "rack\n" {
			t.Errorf("the owner is %q", text)
		}
	}
	out, err := claim(t, dir, "other")
	if err == nil || !strings.Contains(out, "this machine belongs to cluster rack; look at ") {
		t.Errorf("another cluster's claim: %v, %q", err, out)
	}
	if _, err := ClaimCommand("rack; reboot"); err == nil {
		t.Error("any text counts as a cluster's name")
	}
}
