package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// probe sends requests at a fixed pace, whether earlier ones were answered or
// not, and remembers when answers came.
type probe struct {
	started  time.Time
	cancel   context.CancelFunc
	requests sync.WaitGroup

	mu       sync.Mutex
	answers  []time.Time
	failures map[string]int // by what went wrong
}

// startProbe begins to send a request every so often; each must be answered
// within the timeout.
func startProbe(ctx context.Context, every, timeout time.Duration, request func(context.Context) error) *probe {
	ctx, cancel := context.WithCancel(ctx)
	p := &probe{started: time.Now(), cancel: cancel, failures: map[string]int{}}
	p.requests.Go(func() {
		pace := time.NewTicker(every)
		defer pace.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-pace.C:
			}
			p.requests.Go(func() {
				limited, cancel := context.WithTimeout(ctx, timeout)
				defer cancel()
				p.record(ctx, request(limited))
			})
		}
	})
	return p
}

func (p *probe) record(ctx context.Context, err error) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.answers = append(p.answers, now)
	case ctx.Err() == nil:
		p.failures[failure(err)]++
	}
}

// failure is the innermost error, without the addresses that differ each time.
func failure(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// answered waits until so many requests more have been answered.
func (p *probe) answered(ctx context.Context, more int) error {
	count := func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.answers)
	}
	before := count()
	return poll(ctx, time.Minute, func() error {
		if got := count() - before; got < more {
			return fmt.Errorf("%d requests were answered, want %d", got, more)
		}
		return nil
	})
}

// stop ends the probe and returns the longest time without an answer, and when
// it began, counted from the start.
func (p *probe) stop() (gap, at time.Duration) {
	end := time.Now()
	p.cancel()
	p.requests.Wait()
	return longestGap(p.started, p.answers, end)
}

// longestGap is the longest time between two answers, the start and the end
// counted as such.
func longestGap(start time.Time, answers []time.Time, end time.Time) (gap, at time.Duration) {
	moments := append(slices.Clone(answers), start, end)
	slices.SortFunc(moments, time.Time.Compare)
	for i, moment := range moments[1:] {
		if between := moment.Sub(moments[i]); between > gap {
			gap, at = between, moments[i].Sub(start)
		}
	}
	return gap, at
}

// verdict stops the probe, tells what it has seen, and wants no gap above the limit.
func (st *stage) verdict(p *probe, what string, limit time.Duration) error {
	gap, at := p.stop()
	st.say("%s: longest time without an answer %.2f s (%.0f s after the start), %d answers", what, gap.Seconds(), at.Seconds(), len(p.answers))
	for text, count := range p.failures {
		st.log.line(fmt.Sprintf("%d times: %s", count, text))
	}
	if gap > limit {
		return fmt.Errorf("%s: no answer for %.2f s, the limit is %s", what, gap.Seconds(), limit)
	}
	return nil
}
