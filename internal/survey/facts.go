package survey

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Facts is what a machine said of itself.
type Facts struct {
	// OS and OSVersion are those of os-release, e.g. debian and 12; OSName is its full name.
	OS, OSVersion, OSName string
	// Arch as uname calls it, e.g. x86_64.
	Arch string
	// Init is the first process, e.g. systemd.
	Init string
	// CPUs is how many there are.
	CPUs int
	// MemoryMB and FreeDiskMB, the latter of the filesystem of /var/lib, in MiB.
	MemoryMB, FreeDiskMB int
	// Container says that the machine is one: kernel and hardware are its host's.
	Container bool
	// Swap lists the devices in use.
	Swap []string
	// MachineID and ProductUUID tell machines apart. Empty when the machine has
	// none, or may not read it.
	MachineID, ProductUUID string
	// Synchronised says whether the clock follows others.
	Synchronised bool
	// ClockOffset is how far its clock is ahead of the one here.
	ClockOffset time.Duration
	// Interface has the machine's address, and this MTU in bytes.
	Interface string
	MTU       int
	// Owner is the cluster that claimed it, or empty.
	Owner string
	// Foreign is a file of a Kubernetes node that Slipway did not make, or empty.
	Foreign string
	// Taken maps ports of interest that something listens on to its name, if known.
	Taken map[int]string
}

// parse reads what the script printed between two moments.
func parse(text string, before, after time.Time) (Facts, error) {
	f := Facts{Taken: map[int]string{}}
	values := map[string]string{}
	var errs []error
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\n"), "=")
		value = strings.TrimSpace(value)
		switch {
		case !ok:
			return f, fmt.Errorf("it says %q", line)
		case key == "taken":
			port, process, _ := strings.Cut(value, " ")
			f.Taken[number(&errs, key, port)] = process
		default:
			values[key] = value
		}
	}
	if values["end"] != "yes" {
		return f, errors.New("its answer was cut off")
	}
	const kbPerMB = 1024
	f.OS, f.OSVersion, f.OSName = values["os"], values["os_version"], values["os_name"]
	f.Arch, f.Init, f.Interface = values["arch"], values["init"], values["interface"]
	f.CPUs = number(&errs, "cpus", values["cpus"])
	f.MemoryMB = number(&errs, "memory_kb", values["memory_kb"]) / kbPerMB
	f.FreeDiskMB = number(&errs, "disk_kb", values["disk_kb"]) / kbPerMB
	f.MTU = number(&errs, "mtu", values["mtu"])
	f.Container, f.Synchronised = values["container"] == "yes", values["synchronised"] == "yes"
	f.Swap = strings.Fields(values["swap"])
	f.MachineID, f.Owner, f.Foreign = values["machine_id"], values["owner"], values["foreign"]
	if !f.Container { // else it is the one of the machine around it
		f.ProductUUID = strings.ToLower(values["product_uuid"])
	}
	f.ClockOffset = offset(&errs, values["clock"], before, after)
	return f, errors.Join(errs...)
}

func number(errs *[]error, key, value string) int {
	n, err := strconv.Atoi(value)
	if err != nil {
		*errs = append(*errs, fmt.Errorf("%s is %q", key, value))
	}
	return n
}

// offset compares a clock that was read some time between before and after. What
// may be due to the way there and back is none.
func offset(errs *[]error, clock string, before, after time.Time) time.Duration {
	seconds, fraction, _ := strings.Cut(clock, ".")
	nanos, err := strconv.ParseInt(fraction, 10, 64)
	read := time.Unix(int64(number(errs, "clock", seconds)), nanos)
	switch {
	case err != nil:
		*errs = append(*errs, fmt.Errorf("clock is %q", clock))
		return 0
	case read.Before(before):
		return read.Sub(before)
	case read.After(after):
		return read.Sub(after)
	}
	return 0
}
