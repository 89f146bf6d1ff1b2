package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"
)

// idempotent: what stands is left alone.
func idempotent() scenario {
	return scenario{
		name: "idempotent", story: "a second make up changes nothing, also after a refresh",
		needs: cluster, leaves: cluster,
		steps: []step{
			{"make up reports no change", secondUp},
			{"preview expects no changes", previewUnchanged},
			{"refresh", refresh},
			{"preview after the refresh expects no changes", previewUnchanged},
		},
	}
}

// changes finds what Pulumi's summary says about anything that was not left alone.
var changes = regexp.MustCompile(`(?m)^ +[-+~]{1,2} ?\d+ \w+`)

func secondUp(ctx context.Context, st *stage) error {
	start := time.Now()
	out, err := st.make(ctx, "up", nil)
	if err != nil {
		return err
	}
	if changed := changes.FindAllString(out, -1); len(changed) > 0 {
		return fmt.Errorf("it changed something:%s", indent(changed))
	}
	if !unchanged.MatchString(out) {
		return errors.New("it does not say that anything is unchanged")
	}
	st.say("make up without changes took %.1f s", time.Since(start).Seconds())
	return nil
}

var unchanged = regexp.MustCompile(`(?m)^\s+\d+ unchanged`)

// previewLimit is the promise for a preview without changes on two cores.
const previewLimit = 5 * time.Second

func previewUnchanged(ctx context.Context, st *stage) error {
	if _, err := st.toolEnv(ctx); err != nil { // so that only the preview is measured
		return err
	}
	start := time.Now()
	if _, err := st.pulumi(ctx, "preview", "--expect-no-changes", "--diff"); err != nil {
		return err
	}
	took := time.Since(start)
	st.say("preview without changes took %.1f s", took.Seconds())
	// Opt-in: on a busy machine the figure says little about the program.
	if os.Getenv("SLIPWAY_E2E_TIMING") == "strict" && took > previewLimit {
		return fmt.Errorf("the preview took %s, the limit is %s", took.Round(time.Millisecond), previewLimit)
	}
	return nil
}

func refresh(ctx context.Context, st *stage) error {
	_, err := st.pulumi(ctx, "refresh", "--yes", "--skip-preview", "--suppress-outputs")
	return err
}
