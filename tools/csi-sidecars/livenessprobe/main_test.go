package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// driver answers a probe with what it is set to.
type driver struct {
	csi.IdentityClient
	ready *wrapperspb.BoolValue
	err   error
	hangs bool
}

func (d driver) Probe(ctx context.Context, _ *csi.ProbeRequest, _ ...grpc.CallOption) (*csi.ProbeResponse, error) {
	if d.hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &csi.ProbeResponse{Ready: d.ready}, d.err
}

func TestHealth(t *testing.T) {
	for name, test := range map[string]struct {
		driver driver
		want   int
	}{
		"ready":        {driver{ready: wrapperspb.Bool(true)}, http.StatusOK},
		"says nothing": {driver{}, http.StatusOK},
		"not ready":    {driver{ready: wrapperspb.Bool(false)}, http.StatusInternalServerError},
		"fails":        {driver{err: errors.New("no connection")}, http.StatusInternalServerError},
		"hangs":        {driver{hangs: true}, http.StatusInternalServerError},
	} {
		answer := httptest.NewRecorder()
		health(test.driver, 10*time.Millisecond)(answer, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		if answer.Code != test.want {
			t.Errorf("%s: %d %s, want %d", name, answer.Code, answer.Body, test.want)
		}
	}
}
