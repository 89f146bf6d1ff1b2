package survey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	sshPort     = "22"
	dialTimeout = 15 * time.Second
)

// way is how machines are reached: directly, or through the one in between.
type way struct {
	login  Login
	signer ssh.Signer
	jump   *ssh.Client
}

// way opens the connection that all others go through, if there is one.
func (l Login) way(ctx context.Context) (*way, error) {
	w := &way{login: l}
	var err error
	if w.signer, err = ssh.ParsePrivateKey([]byte(l.PrivateKey)); err != nil {
		return w, errors.New("slipway:hosts.privateKey cannot be read")
	}
	if l.Jump == nil {
		return w, nil
	}
	w.jump, err = w.connect(ctx, (&net.Dialer{}).DialContext, l.Jump.User, l.Jump.Address, l.Jump.HostKey)
	if err != nil {
		return w, fmt.Errorf("the SSH server in between, %s: %w", l.Jump.Address, err)
	}
	return w, nil
}

func (w *way) close() {
	if w.jump != nil {
		_ = w.jump.Close()
	}
}

func (w *way) dial(ctx context.Context, h Host) (*ssh.Client, error) {
	through := (&net.Dialer{}).DialContext
	if w.jump != nil {
		through = w.jump.DialContext
	}
	return w.connect(ctx, through, w.login.User, h.Address, h.HostKey)
}

// connect opens one connection in at most dialTimeout.
func (w *way) connect(ctx context.Context, through func(context.Context, string, string) (net.Conn, error), user, address, hostKey string) (*ssh.Client, error) {
	config := &ssh.ClientConfig{User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(w.signer)}}
	if err := recognise(config, hostKey); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(address, sshPort)
	}
	conn, err := through(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w at %s: %w; is it up, and is there a way to it from here (slipway:hosts.jump)?", ErrUnreachable, address, err)
	}
	// A server that says nothing would be waited for without end.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	c, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		_ = conn.Close()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w at %s: it accepts connections, but speaks no SSH for %s", ErrUnreachable, address, dialTimeout)
		}
		hint := ""
		if strings.Contains(err.Error(), "unable to authenticate") {
			hint = "; is the key of slipway:hosts.privateKey among the authorized keys of that user?"
		}
		return nil, fmt.Errorf("does not let %s in: %w%s", user, err, hint)
	}
	return ssh.NewClient(c, channels, requests), nil
}

// recognise accepts no host key but the given one, if there is one.
func recognise(config *ssh.ClientConfig, hostKey string) error {
	if hostKey == "" {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey() // asked for by name: trust on first use
		return nil
	}
	want, _, _, _, err := ssh.ParseAuthorizedKey([]byte(hostKey))
	if err != nil {
		return fmt.Errorf("its host key cannot be read: %w", err)
	}
	config.HostKeyCallback = func(_ string, _ net.Addr, got ssh.PublicKey) error {
		if bytes.Equal(got.Marshal(), want.Marshal()) {
			return nil
		}
		return fmt.Errorf("its host key is %s, not %s: if the machine was installed anew, correct the key, else somebody sits in between",
			ssh.FingerprintSHA256(got), ssh.FingerprintSHA256(want))
	}
	// A server has keys of several types; ask for the one that is known.
	config.HostKeyAlgorithms = []string{want.Type()}
	if want.Type() == ssh.KeyAlgoRSA {
		config.HostKeyAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return nil
}
