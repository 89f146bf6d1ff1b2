// Csi-node-driver-registrar tells kubelet about the CSI driver of a node: kubelet
// finds its socket and asks it for the driver's name and socket. It stands in for
// upstream's program, whose module no proxy serves, and takes the flags that
// charts give it.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// driverTimeout bounds the wait for a driver that starts at the same time. After
// it kubelet starts this program anew, with a back-off.
const driverTimeout = 2 * time.Minute

func main() {
	address := flag.String("csi-address", "/run/csi/socket", "socket of the CSI driver in this container")
	path := flag.String("kubelet-registration-path", "", "the same socket as kubelet sees it")
	folder := flag.String("plugin-registration-path", "/registration", "where kubelet looks for plugins")
	flag.Int("v", 0, "accepted for upstream's sake")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, *address, *path, *folder); err != nil {
		fmt.Fprintln(os.Stderr, "csi-node-driver-registrar:", err)
		stop()
		os.Exit(1)
	}
}

// run registers the driver until it is stopped or kubelet refuses it.
func run(ctx context.Context, address, path, folder string) error {
	if path == "" {
		return fmt.Errorf("-kubelet-registration-path is missing: the driver's socket as kubelet sees it")
	}
	name, err := driverName(ctx, address)
	if err != nil {
		return fmt.Errorf("asking the driver at %s for its name: %w", address, err)
	}
	listener, err := listen(filepath.Join(folder, name+"-reg.sock"))
	if err != nil {
		return err
	}
	r := &registrar{name: name, path: path, refused: make(chan error, 1)}
	server := grpc.NewServer()
	registration.RegisterRegistrationServer(server, r)
	defer server.Stop() // removes the socket, too
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Println("registering", name, "at", listener.Addr())
	select {
	case <-ctx.Done():
		return nil
	case err := <-served:
		return err
	case err := <-r.refused:
		return err
	}
}

func driverName(ctx context.Context, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, driverTimeout)
	defer cancel()
	target := "unix://" + strings.TrimPrefix(address, "unix://")
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	info, err := csi.NewIdentityClient(conn).GetPluginInfo(ctx, &csi.GetPluginInfoRequest{}, grpc.WaitForReady(true))
	if err == nil && info.GetName() == "" {
		err = fmt.Errorf("it has none")
	}
	return info.GetName(), err
}

// listen opens the socket, instead of one that a killed run left behind.
func listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("removing an old socket: %w", err)
	}
	syscall.Umask(0o077) // kubelet is root: nobody else is to talk to it
	return net.Listen("unix", socket)
}

// registrar answers kubelet.
type registrar struct {
	registration.UnimplementedRegistrationServer
	name, path string
	refused    chan error
}

func (r *registrar) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{
		Type: registration.CSIPlugin, Name: r.name, Endpoint: r.path,
		SupportedVersions: []string{"1.0.0"}, // of the registration, not of CSI
	}, nil
}

func (r *registrar) NotifyRegistrationStatus(_ context.Context, status *registration.RegistrationStatus) (*registration.RegistrationStatusResponse, error) {
	if !status.PluginRegistered {
		select {
		case r.refused <- fmt.Errorf("kubelet refuses %s at %s: %s", r.name, r.path, status.Error):
		default: // one reason is enough
		}
	}
	return &registration.RegistrationStatusResponse{}, nil
}
