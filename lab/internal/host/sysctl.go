package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// raised are kernel settings that every machine on the host shares, with the
// least value the lab needs.
var raised = map[string]int{
	// Each systemd and each kubelet holds dozens; Debian's 128 is used up by two machines.
	"fs/inotify/max_user_instances": 8192,
}

// RaiseSysctls raises what is too low, after saving what was there.
func RaiseSysctls(saved string) error { return raiseSysctls("/proc/sys", saved) }

func raiseSysctls(root, saved string) error {
	before, err := readSaved(saved)
	if err != nil {
		return err
	}
	for name, want := range raised {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		now, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			return fmt.Errorf("reading sysctl %s: %w", name, err)
		}
		if now >= want {
			continue
		}
		if _, known := before[name]; !known {
			before[name] = now
		}
		if err := writeSaved(saved, before); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(strconv.Itoa(want)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// RestoreSysctls puts back what RaiseSysctls has changed, unless somebody else
// has changed it since.
func RestoreSysctls(saved string) error { return restoreSysctls("/proc/sys", saved) }

func restoreSysctls(root, saved string) error {
	before, err := readSaved(saved)
	if err != nil {
		return err
	}
	for name, value := range before {
		file := filepath.Join(root, name)
		now, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if strings.TrimSpace(string(now)) != strconv.Itoa(raised[name]) {
			continue
		}
		if err := os.WriteFile(file, []byte(strconv.Itoa(value)), 0o644); err != nil {
			return err
		}
	}
	if err := os.Remove(saved); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func readSaved(file string) (map[string]int, error) {
	before := map[string]int{}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return before, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &before); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return before, nil
}

func writeSaved(file string, before map[string]int) error {
	text, err := json.Marshal(before)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}
