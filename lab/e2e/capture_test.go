package main

import (
	"net/netip"
	"slices"
	"testing"
)

// ipv4 is a packet of a protocol with content.
func ipv4(protocol byte, from, to netip.Addr, content ...byte) []byte {
	header := make([]byte, leastIPv4)
	header[0], header[9] = 0x45, protocol
	copy(header[12:], from.AsSlice())
	copy(header[16:], to.AsSlice())
	return append(header, content...)
}

// ethernet is a frame with an IPv4 packet in it.
func ethernet(sender byte, packet []byte) []byte {
	return slices.Concat(make([]byte, 6), []byte{2, 0, 0, 0, 0, sender}, []byte{0x08, 0x00}, packet)
}

func TestReadPacket(t *testing.T) {
	pod, other := netip.MustParseAddr("10.244.1.2"), netip.MustParseAddr("10.244.2.3")
	node, peer := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	bare := ethernet(1, ipv4(6, pod, other))
	udp := append([]byte{0, 0, 0x21, 0x18, 0, 0, 0, 0}, make([]byte, vxlanHeader)...) // to port 8472
	for name, tt := range map[string]struct {
		frame []byte
		want  packet
		found bool
	}{
		"as it is":             {bare, packet{pod, other, false, "02:00:00:00:00:01"}, true},
		"wrapped":              {ethernet(2, ipv4(17, node, peer, append(udp, bare...)...)), packet{pod, other, true, "02:00:00:00:00:02"}, true},
		"other UDP":            {ethernet(1, ipv4(17, node, peer, make([]byte, udpHeader)...)), packet{node, peer, false, "02:00:00:00:00:01"}, true},
		"cut off in the outer": {bare[:20], packet{}, false},
		"cut off in the inner": {ethernet(2, ipv4(17, node, peer, udp...)), packet{wrapped: true, sender: "02:00:00:00:00:02"}, false},
		"not IPv4":             {append(make([]byte, 12), 0x86, 0xdd), packet{}, false},
	} {
		got, found := readPacket(tt.frame)
		if found != tt.found || found && got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v, %v", name, got, found, tt.want, tt.found)
		}
	}
}
