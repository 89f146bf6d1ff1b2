package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

func TestLongestGapCountsStartAndEnd(t *testing.T) {
	start := time.Unix(1000, 0)
	for _, test := range []struct {
		answers     []int // seconds after the start
		end         int
		wantGap, at time.Duration
	}{
		{nil, 7, 7 * time.Second, 0},
		{[]int{4, 5, 6}, 7, 4 * time.Second, 0},
		{[]int{9, 1, 2}, 10, 7 * time.Second, 2 * time.Second}, // answers overtake each other
		{[]int{1, 2, 3}, 9, 6 * time.Second, 3 * time.Second},
	} {
		var answers []time.Time
		for _, second := range test.answers {
			answers = append(answers, start.Add(time.Duration(second)*time.Second))
		}
		gap, at := longestGap(start, answers, start.Add(time.Duration(test.end)*time.Second))
		if gap != test.wantGap || at != test.at {
			t.Errorf("answers at %v until %d: gap %s at %s, want %s at %s", test.answers, test.end, gap, at, test.wantGap, test.at)
		}
	}
}

// A server that stops answering must not keep the probe from asking again.
func TestProbeAsksOnWhileRequestsHang(t *testing.T) {
	var asked atomic.Int64
	const hangs = 5
	p := startProbe(t.Context(), 5*time.Millisecond, 100*time.Millisecond, func(ctx context.Context) error {
		if asked.Add(1) <= hangs {
			<-ctx.Done()
			return fmt.Errorf("asking: %w", ctx.Err())
		}
		return nil
	})
	if err := p.answered(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	if err := poll(t.Context(), 10*time.Second, func() error {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.failures["context deadline exceeded"] != hangs {
			return fmt.Errorf("failures are %v", p.failures)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	p.stop()
}

func TestVerdict(t *testing.T) {
	st, _ := testStage(t)
	p := startProbe(t.Context(), time.Millisecond, time.Second, func(context.Context) error { return errors.New("down") })
	if err := st.verdict(p, "nobody", 0); err == nil {
		t.Error("a probe without an answer passes")
	}
}
