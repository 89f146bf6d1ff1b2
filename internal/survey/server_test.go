package survey

import (
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

const password = "open sesame"

// fakeSudo runs the command without and, given the password, with one.
const fakeSudo = `#!/bin/sh
case $1 in
-n) shift ;;
-k) IFS= read -r given; [ "$given" = "` + password + `" ] || { echo "sudo: no password was provided" >&2; exit 1; }; shift 4 ;;
esac
exec "$@"
`

// key is the n-th of some fixed keys.
func key(n byte) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	seed[0] = n
	return ed25519.NewKeyFromSeed(seed)
}

func signer(t *testing.T, n byte) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(key(n))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func publicKey(t *testing.T, n byte) string {
	t.Helper()
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer(t, n).PublicKey())))
}

func login(t *testing.T) Login {
	t.Helper()
	return Login{User: "ops", PrivateKey: privateKey(t, 1)}
}

func privateKey(t *testing.T, n byte) string {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key(n), "")
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

// serve runs an SSH server that executes commands here, with a sudo of its own,
// and forwards connections. It returns its address.
func serve(t *testing.T, hostKey byte) string {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "sudo"), []byte(fakeSudo), 0o755); err != nil {
		t.Fatal(err)
	}
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, got ssh.PublicKey) (*ssh.Permissions, error) {
		if string(got.Marshal()) != string(signer(t, 1).PublicKey().Marshal()) {
			return nil, errors.New("a stranger")
		}
		return nil, nil
	}}
	config.AddHostKey(signer(t, hostKey))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go handle(conn, config, bin)
		}
	}()
	return listener.Addr().String()
}

func handle(conn net.Conn, config *ssh.ServerConfig, bin string) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		switch c.ChannelType() {
		case "session":
			go execute(c, bin)
		case "direct-tcpip":
			go forward(c)
		default:
			_ = c.Reject(ssh.UnknownChannelType, "")
		}
	}
}

func execute(c ssh.NewChannel, bin string) {
	channel, requests, err := c.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	for r := range requests {
		if r.Type != "exec" {
			continue
		}
		var request struct{ Command string }
		_ = ssh.Unmarshal(r.Payload, &request)
		_ = r.Reply(true, nil)
		command := exec.Command("sh", "-c", request.Command)
		command.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
		command.Stdin, command.Stdout, command.Stderr = channel, channel, channel.Stderr()
		status := struct{ Status uint32 }{}
		if command.Run() != nil {
			status.Status = 1
		}
		_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(status))
		return
	}
}

func forward(c ssh.NewChannel) {
	var to struct {
		Host       string
		Port       uint32
		From       string
		OriginPort uint32
	}
	_ = ssh.Unmarshal(c.ExtraData(), &to)
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.ParseIP(to.Host), Port: int(to.Port)})
	if err != nil {
		_ = c.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := c.Accept()
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	go func() { _, _ = io.Copy(conn, channel); _ = conn.CloseWrite() }()
	_, _ = io.Copy(channel, conn)
	_ = channel.Close()
}
