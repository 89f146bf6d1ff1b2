package machine

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewPortsAndDisksTakeTheLowestFreeName(t *testing.T) {
	nics := []NIC{{Port: "a", Interface: "eth1"}, {Port: "b"}, {Port: "c"}}
	nameInterfaces(nics)
	disks := []Disk{{Volume: "a", Device: "vdc"}, {Volume: "b"}, {Volume: "c"}}
	nameDisks(disks)
	got := fmt.Sprint(nics[0].Interface, nics[1].Interface, nics[2].Interface, disks[0].Device, disks[1].Device, disks[2].Device)
	if want := "eth1eth0eth2vdcvdbvdd"; got != want {
		t.Errorf("names %s, want %s", got, want)
	}
}

func TestDiffKeepsTheDevicesOfWhatStays(t *testing.T) {
	keep, gone, added := diffDisks(
		[]Disk{{Volume: "stays", Device: "vdc", Loop: "/dev/loop3"}, {Volume: "goes", Device: "vdb"}},
		[]Disk{{Volume: "stays"}, {Volume: "comes"}})
	got := fmt.Sprint(keep, gone, added)
	if want := "[{stays 0 vdc /dev/loop3}] [{goes 0 vdb }] [{comes 0  }]"; got != want {
		t.Errorf("diff %s, want %s", got, want)
	}
}

// The names are Neutron's and QEMU's, not ours: a wrong length means that a
// port is never wired, or a volume never found.
func TestNamesThatOthersExpect(t *testing.T) {
	const id = "0123abcd-4567-89ab-cdef-0123456789ab"
	nic := NIC{Port: id, Network: id}
	got := strings.Join([]string{nic.tap(), nic.Bridge(), Disk{Volume: id}.link(), hostName(id)}, " ")
	if want := "tap0123abcd-45 brq0123abcd-45 virtio-0123abcd-4567-89ab-c slipway-0123abcd"; got != want {
		t.Errorf("names %s, want %s", got, want)
	}
}

func TestResolvConfHasAtMostThreeServers(t *testing.T) {
	servers := []netip.Addr{netip.MustParseAddr("9.9.9.9"), netip.MustParseAddr("1.1.1.1")}
	more := append([]netip.Addr{servers[0]}, netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("10.0.0.3"))
	got := resolvConf([]NIC{{Nameservers: servers}, {Nameservers: more}})
	want := "search openstacklocal\nnameserver 9.9.9.9\nnameserver 1.1.1.1\nnameserver 10.0.0.2\n"
	if got != want {
		t.Errorf("resolv.conf %q, want %q", got, want)
	}
}

func TestAddressing(t *testing.T) {
	nic := NIC{Interface: "eth1", Addresses: []netip.Prefix{netip.MustParsePrefix("10.0.0.5/24")}, Gateway: netip.MustParseAddr("10.0.0.1")}
	var got []string
	for _, step := range addressing("ns", nic) {
		got = append(got, strings.Join(step, " "))
	}
	want := []string{
		"-n ns address add 10.0.0.5/24 dev eth1",
		"-n ns link set eth1 up",
		"-n ns route add default via 10.0.0.1 dev eth1 metric 101",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("commands\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestListensOn(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   1: 0500000A:1A0A 0100000A:0016 01 00000000:00000000 00:00000000 00000000     0
`
	if !listensOn(table, 22) {
		t.Error("the listening SSH port is not seen")
	}
	if listensOn(table, 6666) {
		t.Error("a connection counts as a listening port")
	}
}

// A kill between creating the folder and writing the record must not make the
// machine invisible: it could then never be removed.
func TestListShowsHalfMadeMachines(t *testing.T) {
	h := Host{Machines: t.TempDir()}
	if err := h.save(Record{Spec: Spec{ID: "whole", Name: "node"}, Request: "req-1"}); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"empty", "broken"} {
		if err := os.Mkdir(filepath.Join(h.Machines, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(h.recordFile("broken"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	records, err := h.List()
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, r := range records {
		got += r.Spec.ID + "/" + r.Spec.Name + "/" + r.Request + " "
	}
	if want := "broken/broken/ empty/empty/ whole/node/req-1 "; got != want {
		t.Errorf("records %q, want %q", got, want)
	}
}

func TestVolumeFilesGrowAndNeverShrink(t *testing.T) {
	file := filepath.Join(t.TempDir(), "v.img")
	for _, size := range []int64{100, 300, 200} {
		if err := growFile(file, size); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != 300 {
		t.Errorf("size %v (%v), want 300", info, err)
	}
}
