package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// resume: a make up that dies is finished by the next one, wherever it was.
func resume() scenario {
	r := &interruptions{}
	steps := []step{{"what there is to make", r.plan}}
	for n := range interruptionCount {
		steps = append(steps, step{fmt.Sprintf("make up, killed at a random moment (%d of %d)", n+1, interruptionCount), r.interrupt(n)})
	}
	return scenario{
		name: "resume", story: "make up of a highly available cluster, killed at ten random moments in turn: the next one completes",
		stack: haStack, needs: cloud, leaves: cluster, long: true,
		steps: append(steps,
			step{"make up completes", makeUp},
			step{"every node is Ready", nodesReady},
			step{"every pod of kube-system runs", systemPodsRun},
			step{"etcd has each control plane once", etcdIsWhole},
			step{"nothing was created twice", noOrphans},
			step{"preview expects no changes", previewUnchanged},
		),
	}
}

const (
	interruptionCount = 10
	// furtherTime is the most that passes between a resource's creation and the kill: as
	// long as the longest steps take, so that those are cut in the middle too.
	furtherTime = 20 * time.Second
)

// interruptions are the moments, spread over the whole of what is created:
// each has a tenth to itself, and within it they are random.
type interruptions struct {
	random         *rand.Rand
	total, created int
}

var (
	toCreate = regexp.MustCompile(`(?m)^ +\+ (\d+) to create`)
	created  = regexp.MustCompile(`^ *\+ +\S+ \S+ created\b`)
	// lastStep begins when little else is left: no kill comes later than that.
	lastStep = regexp.MustCompile(`^ *\+ +\S+ \S+-ready-wait-nodes creating\b`)
)

func (r *interruptions) plan(ctx context.Context, st *stage) error {
	seed := rand.Uint64()
	if given := os.Getenv("SLIPWAY_E2E_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			return fmt.Errorf("SLIPWAY_E2E_SEED=%q: a whole number is wanted", given)
		}
	}
	r.random, r.created = rand.New(rand.NewPCG(seed, 0)), 0
	st.say("the same moments again: SLIPWAY_E2E_SEED=%d", seed)
	out, err := st.make(ctx, "preview", nil)
	if err != nil {
		return err
	}
	found := toCreate.FindStringSubmatch(out)
	if found == nil {
		return errors.New("the preview does not say how many resources it would create")
	}
	r.total, err = strconv.Atoi(found[1])
	return err
}

// moment is after how many resources, and how much later, the n-th run is killed.
func (r *interruptions) moment(n int) (resources int, later time.Duration) {
	// One part more than there are kills, so that the last leaves something to do.
	part := (float64(n) + r.random.Float64()) / (interruptionCount + 1)
	return int(part * float64(r.total)), time.Duration(r.random.Int64N(int64(furtherTime)))
}

func (r *interruptions) interrupt(n int) func(context.Context, *stage) error {
	return func(ctx context.Context, st *stage) error {
		resources, later := r.moment(n)
		st.say("killing it %.1f s after resource %d of %d", later.Seconds(), resources, r.total)
		var once sync.Once
		deploys := false
		return killed(ctx, st, func(line string, kill func()) {
			deploys = deploys || strings.HasPrefix(line, "==> ") && strings.HasSuffix(line, "pulumi up")
			if created.MatchString(line) {
				r.created++
			}
			if deploys && r.created >= resources {
				once.Do(func() { time.AfterFunc(later, kill) })
			}
			if lastStep.MatchString(line) {
				kill()
			}
		})
	}
}

// killed runs make up, and everything the command has started is killed when
// watch says so.
func killed(ctx context.Context, st *stage, watch func(line string, kill func())) error {
	run, kill := context.WithCancel(ctx)
	defer kill()
	_, err := st.make(run, "up", func(line string) { watch(line, kill) })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case run.Err() != nil && errors.Is(err, context.Canceled):
		return nil
	case err == nil:
		return errors.New("make up ended before it was killed")
	default:
		return fmt.Errorf("before it was killed: %w", err)
	}
}

// killUp runs make up until a line of progress matches.
func killUp(moment string) func(context.Context, *stage) error {
	pattern := regexp.MustCompile(moment)
	return func(ctx context.Context, st *stage) error {
		return killed(ctx, st, func(line string, kill func()) {
			if pattern.MatchString(line) {
				kill()
			}
		})
	}
}

// noOrphans wants everything in the project to be in the state of the stack: a
// create that was cut off must leave nothing behind.
func noOrphans(ctx context.Context, st *stage) error {
	all, err := st.projectResources(ctx)
	if err != nil {
		return err
	}
	state, err := st.exported(ctx)
	if err != nil {
		return err
	}
	if orphans := notIn(state, all); len(orphans) > 0 {
		return fmt.Errorf("in the project, but not in the state:%s", indent(lines(orphans)))
	}
	return nil
}

// notIn picks the resources that a state does not mention. Neutron's DHCP service
// makes its ports by itself.
func notIn(state string, all []resource) []resource {
	var orphans []resource
	for _, r := range all {
		if r.owner != "network:dhcp" && !strings.Contains(state, `"`+r.id+`"`) {
			orphans = append(orphans, r)
		}
	}
	return orphans
}
