// Package capture keeps what a command prints and, as far as its logging
// setting allows, shows it while the command runs and quotes it when it fails.
package capture

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
)

// The values of a command's logging property. Unset means StdoutAndStderr.
const (
	Stdout          = "stdout"
	Stderr          = "stderr"
	StdoutAndStderr = "stdoutAndStderr"
	None            = "none"
)

// tailLines is how much of a failed command's output an error quotes: enough to
// see the cause, little enough to read in a terminal.
const tailLines = 20

// Output collects the two streams of one run of a command.
type Output struct {
	stdout, stderr stream
}

// New returns an Output whose streams are shown as logging says.
func New(ctx context.Context, logging string) *Output {
	log := p.GetLogger(ctx)
	shown := func(name string) func(string) {
		if logging == "" || logging == StdoutAndStderr || logging == name {
			return log.InfoStatus
		}
		return nil
	}
	return &Output{stdout: stream{show: shown(Stdout)}, stderr: stream{show: shown(Stderr)}}
}

// Writers returns where the command's standard output and error go.
func (o *Output) Writers() (stdout, stderr io.Writer) { return &o.stdout, &o.stderr }

// Stdout returns the standard output without its last line break.
func (o *Output) Stdout() string { return o.stdout.text() }

// Stderr returns the standard error without its last line break.
func (o *Output) Stderr() string { return o.stderr.text() }

// Failure describes a failed command. It quotes only what may be shown: with
// logging off, the output may hold secrets, and an error ends up in logs.
func (o *Output) Failure(where string, err error) error {
	switch {
	case o.stderr.show != nil && o.stderr.text() != "":
		return fmt.Errorf("%s: %w; its standard error ends with:\n%s", where, err, o.stderr.tail())
	case o.stdout.show != nil && o.stdout.text() != "":
		return fmt.Errorf("%s: %w; its standard output ends with:\n%s", where, err, o.stdout.tail())
	case o.stderr.show == nil && o.stderr.text() != "":
		return fmt.Errorf("%s: %w; its output is withheld because of the logging setting", where, err)
	}
	return fmt.Errorf("%s: %w; it printed nothing that may be shown", where, err)
}

// stream keeps everything that is written and shows whole lines.
type stream struct {
	mu     sync.Mutex
	all    bytes.Buffer
	unseen int // offset of the first line that was not shown
	show   func(string)
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.all.Write(b)
	for s.show != nil {
		rest := s.all.Bytes()[s.unseen:]
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		s.show(string(rest[:end]))
		s.unseen += end + 1
	}
	return n, err
}

func (s *stream) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.TrimSuffix(s.all.String(), "\n")
}

func (s *stream) tail() string {
	lines := strings.Split(s.text(), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
