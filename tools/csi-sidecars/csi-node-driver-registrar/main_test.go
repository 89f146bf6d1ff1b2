package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// driver is a CSI driver that knows its name.
type driver struct {
	csi.UnimplementedIdentityServer
}

func (driver) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: "disk.example.org"}, nil
}

// startDriver serves a driver at a socket.
func startDriver(t *testing.T, socket string) {
	t.Helper()
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	csi.RegisterIdentityServer(server, driver{})
	go func() { _ = server.Serve(listener) }() // it ends with the test
	t.Cleanup(server.Stop)
}

// kubelet connects to the socket that the registrar opens.
func kubelet(t *testing.T, socket string) registration.RegistrationClient {
	t.Helper()
	conn, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return registration.NewRegistrationClient(conn)
}

// TestRegistration has a driver that starts late, a socket of a killed run, and a
// kubelet that refuses in the end.
func TestRegistration(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	folder := t.TempDir()
	socket := filepath.Join(folder, "disk.example.org-reg.sock")
	if err := os.WriteFile(socket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, folder+"/csi.sock", "/var/lib/kubelet/csi.sock", folder) }()
	startDriver(t, folder+"/csi.sock")

	client := kubelet(t, socket)
	info, err := client.GetInfo(ctx, &registration.InfoRequest{}, grpc.WaitForReady(true))
	if err != nil || info.Type != "CSIPlugin" || info.Name != "disk.example.org" || info.Endpoint != "/var/lib/kubelet/csi.sock" {
		t.Fatalf("kubelet is told %v, %v", info, err)
	}
	_, err = client.NotifyRegistrationStatus(ctx, &registration.RegistrationStatus{PluginRegistered: true})
	if err != nil {
		t.Fatal(err)
	}
	// The answer may be cut by the program's end.
	_, _ = client.NotifyRegistrationStatus(ctx, &registration.RegistrationStatus{Error: "unknown version"})
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "kubelet refuses disk.example.org at /var/lib/kubelet/csi.sock: unknown version") {
		t.Errorf("refused: %v", err)
	}
	if _, err := os.Stat(socket); err == nil {
		t.Error("it left its socket behind")
	}
}

func TestStopped(t *testing.T) {
	folder := t.TempDir()
	startDriver(t, folder+"/csi.sock")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "unix://"+folder+"/csi.sock", "/csi.sock", folder) }()
	if _, err := kubelet(t, folder+"/disk.example.org-reg.sock").GetInfo(t.Context(), &registration.InfoRequest{}, grpc.WaitForReady(true)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("stopped: %v", err)
	}
}

func TestPathIsRequired(t *testing.T) {
	if err := run(t.Context(), "/csi.sock", "", t.TempDir()); err == nil || !strings.Contains(err.Error(), "-kubelet-registration-path is missing") {
		t.Errorf("without the path: %v", err)
	}
}
