package nspawn

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Freeze stops every process of the machine where it is, until Thaw. Frozen
// processes can still be killed. A command that is started in a frozen machine
// freezes with it.
func (m Machine) Freeze() error { return setFrozen(m.Name, "1") }

// Thaw lets the processes of a frozen machine go on. One that is not frozen, or
// does not run, is left as it is.
func (m Machine) Thaw() error {
	err := setFrozen(m.Name, "0")
	if errors.Is(err, errNoGroup) {
		return nil
	}
	return err
}

var errNoGroup = errors.New("there is no such group in a cgroup v2 hierarchy")

// setFrozen uses the freezer of cgroup v2, which every host has that mounts the
// hierarchy at all, with or without controllers. That of v1 would not let
// frozen processes be killed.
func setFrozen(group, state string) error {
	hierarchies, err := hierarchies()
	if err != nil {
		return err
	}
	for _, h := range hierarchies {
		dir := filepath.Join(h, parentGroup, group)
		if !exists(filepath.Join(dir, "cgroup.freeze")) {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, "cgroup.freeze"), []byte(state), 0o644); err != nil {
			return fmt.Errorf("freezing %q: %w", group, err)
		}
		return awaitFrozen(dir, state)
	}
	return fmt.Errorf("freezing %q: %w", group, errNoGroup)
}

// awaitFrozen waits until all processes have stopped, or gone on.
func awaitFrozen(dir, state string) error {
	const patience = 10 * time.Second // a process may be in the middle of writing to a disk
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		events, err := os.ReadFile(filepath.Join(dir, "cgroup.events"))
		if err != nil {
			return err
		}
		if strings.Contains(string(events), "frozen "+state+"\n") {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is not at %s after %s: %s", filepath.Join(dir, "cgroup.freeze"), state, patience, events)
		}
	}
}
