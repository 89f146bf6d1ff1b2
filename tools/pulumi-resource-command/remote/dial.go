package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"
)

// The pause between two attempts grows from the first to the last value, so
// that a booting machine is found soon and a dead one is not hammered.
const (
	firstPause = 200 * time.Millisecond
	lastPause  = 3 * time.Second
)

// A machine that dies, or whose network does, says nothing: without asking, a
// step on it would wait for good, since behind a bastion even TCP's own
// keepalives are answered by somebody else.
var (
	aliveInterval = 15 * time.Second
	aliveLimit    = time.Minute
)

// errSilent says why the connection to a machine was given up.
var errSilent = errors.New("the machine no longer answers")

// errHostKey marks a server that is not the one it should be. Trying again
// cannot help, and must not: the next attempt would hand over a password.
var errHostKey = errors.New("the server's host key is not the expected one")

// connected is an SSH connection with what has to be closed after it.
type connected struct {
	*ssh.Client
	below []io.Closer

	silent atomic.Bool // given up by keepAlive
}

// keepAlive asks the machine for a sign of life and closes the connection when
// none comes. It ends with the connection.
func (c *connected) keepAlive() {
	for {
		answer := make(chan error, 1)
		go func() {
			// Any answer will do; servers refuse requests that they do not know.
			_, _, err := c.SendRequest("keepalive@openssh.com", true, nil)
			answer <- err
		}()
		select {
		case err := <-answer:
			if err != nil {
				return
			}
		case <-time.After(aliveLimit):
			c.silent.Store(true)
			_ = c.Client.Close()
			return
		}
		time.Sleep(aliveInterval)
	}
}

// explain adds that the machine went silent to the error that followed from it.
func (c *connected) explain(err error) error {
	if err == nil || !c.silent.Load() {
		return err
	}
	return fmt.Errorf("%w for %s: %w", errSilent, aliveLimit, err)
}

// Close ends the connection and the one through the bastion below it.
func (c *connected) Close() error {
	err := c.Client.Close()
	for _, b := range c.below {
		_ = b.Close() // the connection above is gone; nothing depends on it
	}
	return err
}

// dial connects to the machine, through its bastion if it has one. It retries
// until the limit of failed attempts: machines boot, users appear late.
func (c *Connection) dial(ctx context.Context) (*connected, error) {
	if c.Proxy == nil {
		return retry(ctx, c.endpoint, "", func(ctx context.Context) (*connected, error) {
			return c.connect(ctx, (&net.Dialer{}).DialContext)
		})
	}
	proxy, err := retry(ctx, c.Proxy.endpoint, "bastion ", func(ctx context.Context) (*connected, error) {
		return c.Proxy.connect(ctx, (&net.Dialer{}).DialContext)
	})
	if err != nil {
		return nil, err
	}
	client, err := retry(ctx, c.endpoint, "", func(ctx context.Context) (*connected, error) {
		return c.connect(ctx, proxy.DialContext)
	})
	if err != nil {
		_ = proxy.Close() // the error above says what matters
		return nil, fmt.Errorf("through bastion %s: %w", c.Proxy.Host, err)
	}
	client.below = append(client.below, proxy)
	return client, nil
}

// connect makes one attempt, bounded by perDialTimeout from first packet to
// finished login: a half-dead server accepts connections and then says nothing.
func (e *endpoint) connect(ctx context.Context, dial func(context.Context, string, string) (net.Conn, error)) (*connected, error) {
	login, err := e.login(ctx)
	if err != nil {
		return nil, err
	}
	defer login.close()
	if seconds := orDefault(e.PerDialTimeout, defaultPerDialTimeout); seconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
		defer cancel()
	}
	conn, err := dial(ctx, "tcp", e.address())
	if err != nil {
		return nil, err
	}
	// A connection through a bastion has no deadlines: close it instead.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	client, channels, requests, err := ssh.NewClientConn(conn, e.address(), login.config)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		if ctx.Err() != nil && !errors.Is(err, errHostKey) {
			err = fmt.Errorf("%w: %w", ctx.Err(), err)
		}
		return nil, err
	}
	c := &connected{Client: ssh.NewClient(client, channels, requests)}
	go c.keepAlive()
	return c, nil
}

func (e *endpoint) address() string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(orDefault(e.Port, defaultPort))))
}

// retry calls connect until it succeeds, fails for good, or has failed as often
// as the endpoint allows.
func retry(ctx context.Context, e endpoint, role string, connect func(context.Context) (*connected, error)) (*connected, error) {
	limit := orDefault(e.DialErrorLimit, defaultDialErrorLimit)
	name := fmt.Sprintf("%s%s@%s", role, orDefault(e.User, defaultUser), e.address())
	for attempt, pause := 1, firstPause; ; attempt++ {
		client, err := connect(ctx)
		switch {
		case err == nil:
			return client, nil
		case ctx.Err() != nil:
			return nil, fmt.Errorf("connecting to %s: %w: %w", name, ctx.Err(), err)
		case errors.Is(err, errHostKey) || errors.Is(err, errLogin):
			return nil, fmt.Errorf("connecting to %s: %w", name, err)
		case limit >= 0 && attempt > limit:
			return nil, fmt.Errorf("connecting to %s: %d attempts failed, the last with: %w", name, attempt, err)
		}
		p.GetLogger(ctx).InfoStatusf("connecting to %s: attempt %d failed: %v", name, attempt, err)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(pause*3/2, lastPause)
	}
}

func orDefault[T any](value *T, byDefault T) T {
	if value == nil {
		return byDefault
	}
	return *value
}
