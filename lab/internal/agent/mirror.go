package agent

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"slipway/lab/internal/mirror"
)

// mirrorAddress is on the host's end of the link to the cloud: machines reach
// it through their router, as they would a mirror outside the cloud.
const mirrorAddress = "10.79.0.1:8080"

// mirrorRetry is how often a missing address or unfinished artifacts are tried again.
const mirrorRetry = 5 * time.Second

// serveMirror runs the artifact mirror until ctx is done.
func (a *agent) serveMirror(ctx context.Context) {
	m := mirror.New(a.paths.Artifacts(), filepath.Join(a.paths.Images(), "mirror"))
	m.Base = mirror.Bases(a.paths.Images())
	go a.loadMirror(ctx, m)
	server := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	told := false
	for ctx.Err() == nil {
		listener, err := net.Listen("tcp", mirrorAddress)
		if err == nil {
			a.log.Printf("mirror: serving on %s", mirrorAddress)
			err = server.Serve(listener)
		}
		if errors.Is(err, http.ErrServerClosed) {
			return
		}
		if !told {
			a.log.Printf("mirror: %v; trying until it works", err)
			told = true
		}
		pause(ctx, mirrorRetry)
	}
}

// loadMirror loads the images, and again whenever `make tools` has changed the list.
func (a *agent) loadMirror(ctx context.Context, m *mirror.Mirror) {
	list := filepath.Join(a.paths.Artifacts(), "images.json")
	loaded := time.Time{}
	problem := ""
	for ; ctx.Err() == nil; pause(ctx, mirrorRetry) {
		info, err := os.Stat(list)
		if err != nil || info.ModTime().Equal(loaded) {
			continue // nothing built yet, or nothing new
		}
		err = m.Load(ctx, func(line string) { a.log.Printf("mirror: %s", line) })
		switch {
		case err == nil:
			loaded, problem = info.ModTime(), ""
			a.log.Printf("mirror: all images loaded")
		case err.Error() != problem && ctx.Err() == nil:
			problem = err.Error()
			a.log.Printf("mirror: %v; trying again", err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
