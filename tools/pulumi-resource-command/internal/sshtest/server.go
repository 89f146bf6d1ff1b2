// Package sshtest is an SSH server on loopback for tests. It runs commands with
// /bin/sh, serves SFTP, forwards connections (so it can be a bastion), and can
// be told to misbehave.
package sshtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Server is a running SSH server.
type Server struct {
	Host    string
	Port    int
	HostKey string // in authorized_keys format

	// Refuse is how many more connections are cut before the first byte.
	Refuse atomic.Int32
	// Silent makes the server accept connections and then say nothing.
	Silent atomic.Bool
	// Deaf leaves keepalives unanswered, as a machine that lost its network does.
	Deaf atomic.Bool
	// Connections counts accepted connections, Commands what was run.
	Connections, Commands atomic.Int32

	config *ssh.ServerConfig
	mu     sync.Mutex
	open   []net.Conn
}

// Login is what a server accepts.
type Login struct {
	Password      string
	AuthorizedKey ssh.PublicKey
}

// Start starts a server that ends with the test.
func Start(t testing.TB, login Login) *Server {
	t.Helper()
	signer, _ := Key(t)
	s := &Server{HostKey: strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))}
	s.config = &ssh.ServerConfig{
		PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if login.Password != "" && string(password) == login.Password {
				return nil, nil
			}
			return nil, errors.New("wrong password")
		},
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if login.AuthorizedKey != nil && string(key.Marshal()) == string(login.AuthorizedKey.Marshal()) {
				return nil, nil
			}
			return nil, errors.New("unknown key")
		},
	}
	s.config.AddHostKey(signer)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	s.Host, s.Port = address.IP.String(), address.Port
	go s.accept(listener)
	t.Cleanup(func() {
		_ = listener.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, conn := range s.open {
			_ = conn.Close()
		}
	})
	return s
}

// Key makes a key pair; the second result is the private key in PEM.
func Key(t testing.TB) (ssh.Signer, string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, string(pem.EncodeToMemory(block))
}

func (s *Server) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		s.Connections.Add(1)
		s.mu.Lock()
		s.open = append(s.open, conn)
		s.mu.Unlock()
		switch {
		case s.Silent.Load():
		case s.Refuse.Add(-1) >= 0:
			_ = conn.Close()
		default:
			go s.serve(conn)
		}
	}
}

func (s *Server) serve(conn net.Conn) {
	_, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		_ = conn.Close()
		return
	}
	go func() {
		for r := range requests {
			if r.WantReply && !s.Deaf.Load() {
				_ = r.Reply(false, nil)
			}
		}
	}()
	for channel := range channels {
		switch channel.ChannelType() {
		case "session":
			go s.session(channel)
		case "direct-tcpip":
			go forward(channel)
		default:
			_ = channel.Reject(ssh.UnknownChannelType, "")
		}
	}
}

// session runs one command. Like sshd it accepts only some variables.
func (s *Server) session(incoming ssh.NewChannel) {
	channel, requests, err := incoming.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	environment := os.Environ()
	started := make(chan *exec.Cmd, 1)
	for request := range requests {
		switch request.Type {
		case "env":
			var v struct{ Name, Value string }
			_ = ssh.Unmarshal(request.Payload, &v)
			accepted := strings.HasPrefix(v.Name, "LC_") || strings.HasPrefix(v.Name, "PULUMI_")
			environment = append(environment, v.Name+"="+v.Value)
			_ = request.Reply(accepted, nil)
		case "subsystem":
			_ = request.Reply(true, nil)
			if server, err := sftp.NewServer(channel); err == nil {
				_ = server.Serve()
			}
			return
		case "exec":
			var v struct{ Command string }
			_ = ssh.Unmarshal(request.Payload, &v)
			_ = request.Reply(true, nil)
			s.Commands.Add(1)
			go run(channel, v.Command, environment, started)
		case "signal":
			cmd := <-started
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		}
	}
}

func run(channel ssh.Channel, command string, environment []string, started chan<- *exec.Cmd) {
	defer channel.Close()
	cmd := exec.Command("/bin/sh", "-c", command)
	cmd.Env = environment
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout, cmd.Stderr = channel, channel.Stderr()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(stdin, channel)
		_ = stdin.Close()
	}()
	status := struct{ Status uint32 }{255}
	if err := cmd.Start(); err == nil {
		started <- cmd
		_ = cmd.Wait()
		status.Status = uint32(cmd.ProcessState.ExitCode())
	}
	_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(status))
}

func forward(incoming ssh.NewChannel) {
	var to struct {
		Host   string
		Port   uint32
		Origin string
		From   uint32
	}
	_ = ssh.Unmarshal(incoming.ExtraData(), &to)
	conn, err := net.Dial("tcp", net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port))))
	if err != nil {
		_ = incoming.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := incoming.Accept()
	if err != nil {
		_ = conn.Close()
		return
	}
	go ssh.DiscardRequests(requests)
	go func() { _, _ = io.Copy(conn, channel); _ = conn.Close() }()
	_, _ = io.Copy(channel, conn)
	_ = channel.Close()
}
