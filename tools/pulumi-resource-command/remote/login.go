package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// errLogin marks credentials that cannot be used at all.
var errLogin = errors.New("unusable credentials")

// login is an SSH configuration together with the agent connection it uses.
type login struct {
	config *ssh.ClientConfig
	close  func()
}

// login collects the ways to log in, in the order in which they are tried: key,
// password, agent.
func (e *endpoint) login(ctx context.Context) (*login, error) {
	l := &login{close: func() {}, config: &ssh.ClientConfig{User: orDefault(e.User, defaultUser)}}
	if err := e.verifyHost(l.config); err != nil {
		return nil, err
	}
	if e.PrivateKey != nil {
		signer, err := e.signer()
		if err != nil {
			// The parser's errors do not quote the key.
			return nil, fmt.Errorf("%w: reading privateKey: %w", errLogin, err)
		}
		l.config.Auth = append(l.config.Auth, ssh.PublicKeys(signer))
	}
	if e.Password != nil {
		answer := func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = *e.Password
			}
			return answers, nil
		}
		l.config.Auth = append(l.config.Auth, ssh.Password(*e.Password), ssh.KeyboardInteractive(answer))
	}
	if socket := orDefault(e.AgentSocketPath, os.Getenv("SSH_AUTH_SOCK")); socket != "" {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		switch {
		case err == nil:
			l.close = func() { _ = conn.Close() }
			l.config.Auth = append(l.config.Auth, ssh.PublicKeysCallback(agent.NewClient(conn).Signers))
		case e.AgentSocketPath != nil: // a stale SSH_AUTH_SOCK is nobody's wish
			return nil, fmt.Errorf("%w: connecting to the SSH agent: %w", errLogin, err)
		}
	}
	return l, nil
}

func (e *endpoint) signer() (ssh.Signer, error) {
	if e.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*e.PrivateKey), []byte(*e.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*e.PrivateKey))
}

// verifyHost pins the server's key, if the connection names one.
func (e *endpoint) verifyHost(config *ssh.ClientConfig) error {
	if e.HostKey == nil {
		config.HostKeyCallback = ssh.InsecureIgnoreHostKey() // as documented for hostKey
		return nil
	}
	want, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*e.HostKey))
	if err != nil {
		return fmt.Errorf("%w: reading hostKey: %w", errLogin, err)
	}
	config.HostKeyCallback = func(_ string, _ net.Addr, got ssh.PublicKey) error {
		if bytes.Equal(got.Marshal(), want.Marshal()) {
			return nil
		}
		return fmt.Errorf("%w: got %s %s, expected %s %s", errHostKey,
			got.Type(), ssh.FingerprintSHA256(got), want.Type(), ssh.FingerprintSHA256(want))
	}
	// A server has keys of several types; ask for the one that is known.
	config.HostKeyAlgorithms = []string{want.Type()}
	if want.Type() == ssh.KeyAlgoRSA {
		config.HostKeyAlgorithms = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return nil
}
