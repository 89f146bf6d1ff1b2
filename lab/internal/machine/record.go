package machine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Record is what is remembered of a machine on disk, so that a new agent takes
// over what an earlier one, however it ended, has left.
type Record struct {
	Spec Spec `json:"spec"`
	// Request is the Nova request that this machine last followed by booting.
	Request string `json:"request"`
	// On is set before the machine starts and cleared after everything that
	// a running machine holds (network, loop devices, mounts) is given back.
	On bool `json:"on"`
	// Resume marks a machine that the lab stopped although its server is on.
	Resume bool `json:"resume"`
	// BootID is the host's boot during which the machine was started.
	BootID string `json:"bootID"`
	// Started is when the machine was last started.
	Started time.Time `json:"started"`
	// Boots counts the starts.
	Boots int `json:"boots"`
}

func (h Host) dir(id string) string        { return filepath.Join(h.Machines, id) }
func (h Host) recordFile(id string) string { return filepath.Join(h.dir(id), "machine.json") }

// Load reads the record of a machine; fs.ErrNotExist when there is none.
func (h Host) Load(id string) (Record, error) {
	var r Record
	text, err := os.ReadFile(h.recordFile(id))
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("reading %s: %w", h.recordFile(id), err)
	}
	return r, nil
}

func (h Host) save(r Record) error {
	if err := os.MkdirAll(h.dir(r.Spec.ID), 0o755); err != nil {
		return err
	}
	return WriteJSON(h.recordFile(r.Spec.ID), r)
}

// WriteJSON replaces a file in one step: readers see the old or the new one.
func WriteJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// List loads the records of all machines. A folder without a readable record
// was cut off while it was created: it comes back with nothing but its id.
func (h Host) List() ([]Record, error) {
	entries, err := os.ReadDir(h.Machines)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var records []Record
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		r, err := h.Load(e.Name())
		if err != nil || r.Spec.ID != e.Name() {
			r = Record{Spec: Spec{ID: e.Name(), Name: e.Name()}}
		}
		records = append(records, r)
	}
	return records, nil
}

// BootID identifies the host's current boot.
func BootID() string {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
