package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// packet is what one pod sent to another, as it was on the wire between nodes.
type packet struct {
	from, to netip.Addr // the pods'
	wrapped  bool       // in UDP of an overlay
	sender   string     // hardware address of who put it on the wire
}

// vxlanPort is flannel's.
const vxlanPort = 8472

// Of Ethernet, IPv4, UDP and VXLAN.
const (
	ethernetHeader = 14
	leastIPv4      = 20
	udpHeader      = 8
	vxlanHeader    = 8
)

// readPacket takes a frame apart; other frames than those of IPv4 are none of pods'.
func readPacket(frame []byte) (packet, bool) {
	if len(frame) < ethernetHeader+leastIPv4 || binary.BigEndian.Uint16(frame[12:]) != unix.ETH_P_IP {
		return packet{}, false
	}
	ip := frame[ethernetHeader:]
	p := packet{from: netip.AddrFrom4([4]byte(ip[12:])), to: netip.AddrFrom4([4]byte(ip[16:])), sender: net.HardwareAddr(frame[6:12]).String()}
	content := ip[min(int(ip[0]&0xf)*4, len(ip)):]
	if ip[9] != unix.IPPROTO_UDP || len(content) < udpHeader || binary.BigEndian.Uint16(content[2:]) != vxlanPort {
		return p, true
	}
	inner, found := readPacket(content[min(udpHeader+vxlanHeader, len(content)):])
	return packet{from: inner.from, to: inner.to, wrapped: true, sender: p.sender}, found
}

// capture returns the packets that pass a machine's network interface while
// something is done.
func (st *stage) capture(ctx context.Context, host string, during func() error) ([]packet, error) {
	m, err := st.local().Find(host)
	if err != nil {
		return nil, err
	}
	wire, err := listen(m.HostName(), "eth0")
	if err != nil {
		return nil, fmt.Errorf("capturing packets of %s: %w", host, err)
	}
	read := make(chan []packet)
	go func() {
		var packets []packet
		for frame := make([]byte, 1<<16); ; {
			n, err := wire.Read(frame)
			if err != nil {
				break // it was closed
			}
			if p, ok := readPacket(frame[:n]); ok {
				packets = append(packets, p)
			}
		}
		read <- packets
	}()
	err = errors.Join(during(), ctx.Err(), wire.Close())
	return <-read, err
}

// listen opens a socket in another network namespace that gets every frame of
// an interface there.
func listen(namespace, device string) (*os.File, error) {
	type answer struct {
		wire *os.File
		err  error
	}
	answers := make(chan answer)
	go func() {
		// Never unlocked: the thread, which is in that namespace then, ends with
		// this function, and nobody else gets it.
		runtime.LockOSThread()
		wire, err := listenThere(namespace, device)
		answers <- answer{wire, err}
	}()
	a := <-answers
	return a.wire, a.err
}

func listenThere(namespace, device string) (*os.File, error) {
	there, err := os.Open(filepath.Join("/run/netns", namespace))
	if err != nil {
		return nil, err
	}
	defer there.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("entering network namespace %s: %w", namespace, err)
	}
	nic, err := net.InterfaceByName(device)
	if err != nil {
		return nil, err
	}
	const all = unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8 // in the network's byte order
	// Without a protocol it gets nothing before it is bound to the one interface.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	wire := os.NewFile(uintptr(fd), device)
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: nic.Index}); err != nil {
		return nil, errors.Join(err, wire.Close())
	}
	return wire, nil
}
