package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	errUnknownType = errors.New("interrupted while creating what recover cannot find")
	errAmbiguous   = errors.New("nothing was deleted, for it is not clear what the interrupted update left")
)

// creation is an interrupted operation that may have left an object.
type creation struct {
	resource
	kind
}

// sort says what becomes of every operation and returns the creations of
// objects in the order of their deletion.
func (r recovery) sort(pending []operation) ([]creation, error) {
	var unknown []string
	byType := map[string][]resource{}
	for _, op := range pending {
		pkg, _, _ := strings.Cut(op.Resource.Type, ":")
		if op.Type != "creating" || !op.Resource.Custom || repeatable[op.Resource.Type] || repeatablePackages[pkg] {
			r.say("%s %s was interrupted; the step runs again", op.Type, op.Resource.name())
			continue
		}
		byType[op.Resource.Type] = append(byType[op.Resource.Type], op.Resource)
	}
	var creations []creation
	for _, k := range kinds {
		for _, res := range byType[k.resourceType] {
			creations = append(creations, creation{res, k.kind})
		}
		delete(byType, k.resourceType)
	}
	for _, resources := range byType {
		for _, res := range resources {
			unknown = append(unknown, fmt.Sprintf("  %s %s", res.Type, res.name()))
		}
	}
	if unknown != nil {
		return nil, fmt.Errorf("%w:\n%s\nDelete it by hand if it exists, then run `pulumi refresh --clear-pending-creates`; nothing was changed",
			errUnknownType, strings.Join(unknown, "\n"))
	}
	return creations, nil
}

// find looks for what each creation left. It asks again for what it does not see
// while that may still appear.
func (r recovery) find(ctx context.Context, c *cloud, s *state, creations []creation) ([]orphan, error) {
	const interval = 500 * time.Millisecond
	found := make([][]orphan, len(creations))
	deadline := s.written.Add(r.settle)
	if latest := time.Now().Add(r.settle); deadline.After(latest) {
		deadline = latest // another machine's clock
	}
	for first := true; ; first = false {
		missing := 0
		for i, cr := range creations {
			if len(found[i]) > 0 {
				continue
			}
			var err error
			if found[i], err = c.candidates(ctx, s, cr); err != nil {
				return nil, fmt.Errorf("looking for %s of %s: %w", cr.noun, cr.name(), err)
			}
			if len(found[i]) == 0 {
				missing++
			}
		}
		left := time.Until(deadline)
		if missing == 0 || left <= 0 {
			return r.unambiguous(creations, found)
		}
		if first {
			r.say("%d of %d interrupted creations left nothing so far; looking for another %.0f s, for requests on their way", missing, len(creations), left.Seconds())
		}
		if err := wait(ctx, interval); err != nil {
			return nil, err
		}
	}
}

func (r recovery) unambiguous(creations []creation, found [][]orphan) ([]orphan, error) {
	var orphans []orphan
	var doubts []string
	seen := map[string]bool{}
	for i, cr := range creations {
		switch {
		case len(found[i]) == 0:
			r.say("creating %s %s was interrupted and left nothing; the step runs again", cr.noun, cr.name())
		case len(found[i]) > 1:
			for _, o := range found[i] {
				doubts = append(doubts, fmt.Sprintf("  %s may be %s", o, cr.name()))
			}
		case !seen[cr.noun+found[i][0].id]:
			seen[cr.noun+found[i][0].id] = true
			orphans = append(orphans, found[i][0])
		}
	}
	if doubts != nil {
		return nil, fmt.Errorf("%w:\n%s\nDelete those that nothing uses and run again", errAmbiguous, strings.Join(doubts, "\n"))
	}
	return orphans, nil
}

// candidates are the objects that the creation may have left: those that look
// like it, are not in the state, and came after the stack did.
func (c *cloud) candidates(ctx context.Context, s *state, cr creation) ([]orphan, error) {
	objects, err := c.list(ctx, cr.kind, cr.Inputs)
	if err != nil {
		return nil, err
	}
	var left []orphan
	for _, o := range objects {
		id, err := cr.kind.identify(o)
		if err != nil {
			return nil, err
		}
		if cr.matches(cr.Inputs, o) && !s.ids[id] && !older(o, s.born) {
			left = append(left, orphan{cr.kind, o, id})
		}
	}
	return left, nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
