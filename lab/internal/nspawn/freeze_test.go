package nspawn

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFrozenMachinesStandStillAndCanBeKilled(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("makes control groups: needs root")
	}
	// A lab that is brought up meanwhile leaves groups of this prefix alone.
	m := Machine{Name: "build-freeze-test"}
	ticks := filepath.Join(t.TempDir(), "ticks")
	cmd, err := CommandInGroup(t.Context(), m.Name, "sh", "-c", `while :; do echo tick >>"$1"; sleep 0.01; done`, "sh", ticks)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := KillGroup(m.Name); err != nil {
			t.Error(err)
		}
	})
	size := func() int64 {
		info, err := os.Stat(ticks)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	moves := func(within time.Duration) bool {
		for before, deadline := size(), time.Now().Add(within); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if size() != before {
				return true
			}
		}
		return false
	}
	if !moves(10 * time.Second) {
		t.Fatal("it does not run")
	}
	if err := m.Freeze(); errors.Is(err, errNoGroup) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	if moves(300 * time.Millisecond) {
		t.Error("a frozen machine moves")
	}
	if err := m.Thaw(); err != nil || !moves(10*time.Second) {
		t.Errorf("it does not go on after the thaw (%v)", err)
	}
	if err := m.Freeze(); err != nil {
		t.Fatal(err)
	}
	if err := m.Kill(); err != nil {
		t.Errorf("killing a frozen machine: %v", err)
	}
	_ = cmd.Wait()
	if err := m.Thaw(); err != nil {
		t.Errorf("thawing what does not run: %v", err)
	}
}
