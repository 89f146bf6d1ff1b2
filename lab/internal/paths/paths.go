// Package paths says where the lab keeps its files. It creates nothing.
package paths

import (
	"os"
	"path/filepath"
)

// Paths are the folders of one lab.
type Paths struct {
	// Lab is the state of the running lab ($SLIPWAY_LAB).
	Lab string
	// Cache holds what is built once and survives `make clean` ($SLIPWAY_CACHE).
	Cache string
}

// FromEnv reads $SLIPWAY_LAB and $SLIPWAY_CACHE, with their defaults.
func FromEnv() (Paths, error) {
	p := Paths{Lab: os.Getenv("SLIPWAY_LAB"), Cache: os.Getenv("SLIPWAY_CACHE")}
	if p.Lab == "" {
		p.Lab = "/var/lib/slipway-lab"
	}
	if p.Cache == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return p, err
		}
		p.Cache = filepath.Join(cache, "slipway")
	}
	for _, dir := range []*string{&p.Lab, &p.Cache} {
		abs, err := filepath.Abs(*dir)
		if err != nil {
			return p, err
		}
		*dir = abs
	}
	return p, nil
}

// Images is where root filesystems are kept.
func (p Paths) Images() string { return filepath.Join(p.Cache, "lab") }

// Artifacts is what the mirror serves.
func (p Paths) Artifacts() string { return filepath.Join(p.Cache, "artifacts") }

// Cloud is the state of the machine that runs OpenStack.
func (p Paths) Cloud() string { return filepath.Join(p.Lab, "cloud") }

// Machines holds one folder per server, named by its id.
func (p Paths) Machines() string { return filepath.Join(p.Lab, "machines") }

// Hosts holds the existing hosts: their keys, and one folder per machine.
func (p Paths) Hosts() string { return filepath.Join(p.Lab, "hosts") }

// Volumes holds the files behind Cinder volumes.
func (p Paths) Volumes() string { return filepath.Join(p.Lab, "volumes") }

// Log holds the logs of the lab's own processes.
func (p Paths) Log() string { return filepath.Join(p.Lab, "log") }

// Run holds what only means something while the lab is up.
func (p Paths) Run() string { return filepath.Join(p.Lab, "run") }

// CloudsYAML is the OpenStack client configuration of the lab.
func (p Paths) CloudsYAML() string { return filepath.Join(p.Lab, "clouds.yaml") }
