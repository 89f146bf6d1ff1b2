package survey

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const told = `clock=1000.500000000
os=debian
os_version=12
os_name=Debian GNU/Linux 12 (bookworm)
arch=x86_64
init=systemd
cpus=4
memory_kb=4194304
disk_kb=20971520
container=no
swap=/dev/sda2 /swap
machine_id=abc
product_uuid=ABC-1
synchronised=yes
interface=eth0
mtu=1500
owner=rack
foreign=
taken=2379 etcd
taken=6443 
end=yes
`

func TestParse(t *testing.T) {
	at := func(seconds float64) time.Time { return time.Unix(0, int64(seconds*1e9)) }
	got, err := parse(told, at(1000), at(1001))
	if err != nil {
		t.Fatal(err)
	}
	want := Facts{
		OS: "debian", OSVersion: "12", OSName: "Debian GNU/Linux 12 (bookworm)", Arch: "x86_64", Init: "systemd", CPUs: 4, MemoryMB: 4096, FreeDiskMB: 20480,
		Swap: []string{"/dev/sda2", "/swap"}, MachineID: "abc", ProductUUID: "abc-1", Synchronised: true, Interface: "eth0", MTU: 1500, Owner: "rack",
		Taken: map[int]string{2379: "etcd", 6443: ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct {
		before, after float64
		want          time.Duration
	}{"behind": {1003, 1004, -2500 * time.Millisecond}, "ahead": {990, 991, 9500 * time.Millisecond}} {
		if f, _ := parse(told, at(tt.before), at(tt.after)); f.ClockOffset != tt.want {
			t.Errorf("%s: the clock is %v off, want %v", name, f.ClockOffset, tt.want)
		}
	}
	// What a container shows is its host's.
	if f, _ := parse(strings.Replace(told, "container=no", "container=yes", 1), at(1000), at(1001)); f.ProductUUID != "" || !f.Container {
		t.Errorf("a container has the product_uuid %q", f.ProductUUID)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"cut off":   {"end=yes\n", "", "cut off"},
		"a banner":  {"os=debian", "Welcome!", `it says "Welcome!\n"`},
		"no number": {"cpus=4", "cpus=many", `cpus is "many"`},
		"no clock":  {"clock=1000.500000000", "clock=now", `clock is "now"`},
	} {
		if _, err := parse(strings.Replace(told, tt.old, tt.new, 1), time.Unix(1000, 0), time.Unix(1001, 0)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}
