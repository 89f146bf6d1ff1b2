package lab

import (
	"context"
	"fmt"
	"os"
	"time"

	"slipway/lab/internal/cloud"
	"slipway/lab/internal/host"
)

// healthLimit is far above what a cold start on a busy machine takes.
const healthLimit = 5 * time.Minute

// Up brings the lab up, building what is missing. On a lab that is up it
// changes nothing.
func (l Lab) Up(ctx context.Context) error {
	unlock, err := l.lock(ctx, false)
	if err != nil {
		return err
	}
	defer unlock()
	images, err := l.prepare(ctx)
	if err != nil {
		return err
	}
	c := cloud.New(l.Paths.Cloud(), images.Cloud)
	if !c.Machine().Running() {
		l.Progress("starting the cloud")
	}
	if err := l.startCloud(ctx, c); err != nil {
		return fmt.Errorf("starting the cloud: %w", err)
	}
	if err := l.startAgent(ctx); err != nil {
		return err
	}
	return l.stage("waiting until the lab is healthy", func() error { return l.waitHealthy(ctx, c, healthLimit) })
}

// prepare builds what is missing and makes the host ready for machines.
func (l Lab) prepare(ctx context.Context) (Images, error) {
	if err := host.InstallTools(ctx, l.Progress); err != nil {
		return Images{}, err
	}
	images, err := l.images(ctx)
	if err != nil {
		return images, err
	}
	if err := l.clearAway(ctx); err != nil {
		return images, err
	}
	for _, dir := range []string{l.Paths.Log(), l.Paths.Run()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return images, err
		}
	}
	full, err := host.Room(l.Paths.Run())
	if err != nil {
		return images, err
	}
	if full != "" {
		l.Progress(full)
	}
	if err := host.LoadModules(ctx); err != nil {
		return images, err
	}
	if err := host.RaiseSysctls(l.sysctls()); err != nil {
		return images, err
	}
	if err := cable.Plug(ctx); err != nil {
		return images, err
	}
	return images, l.preparePulumi()
}

// clearAway ends what a crash has left. A running agent keeps its machines while
// only the cloud restarts.
func (l Lab) clearAway(ctx context.Context) error {
	if cloud.New(l.Paths.Cloud(), nil).Machine().Running() || agentRunning() {
		return nil
	}
	left, err := host.Leftovers(ctx, l.Paths.Lab)
	if err != nil || len(left) == 0 {
		return err
	}
	return l.stage(fmt.Sprintf("clearing away what an earlier run has left (%d things)", len(left)), func() error { return l.stop(ctx) })
}

func (l Lab) startCloud(ctx context.Context, c cloud.Cloud) error {
	if err := c.Start(ctx); err != nil {
		return err
	}
	config, err := c.ClientConfig()
	if err != nil {
		return err
	}
	return replaceFile(l.Paths.CloudsYAML(), config)
}

// replaceFile writes a file that only root may read, at once and completely.
func replaceFile(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
