// Livenessprobe answers /healthz by asking a CSI driver whether it works, so that
// kubelet can restart one that does not. It stands in for upstream's program,
// whose module no proxy serves, and takes the flags that charts give it.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

func main() {
	address := flag.String("csi-address", "/run/csi/socket", "socket of the CSI driver")
	port := flag.String("health-port", "9808", "TCP port of /healthz on every address")
	endpoint := flag.String("http-endpoint", "", "address and port of /healthz, instead of -health-port")
	timeout := flag.Duration("probe-timeout", time.Second, "how long the driver may take to answer")
	flag.Int("v", 0, "accepted for upstream's sake")
	flag.Parse()
	if *endpoint == "" {
		*endpoint = net.JoinHostPort("", *port)
	}
	if err := serve(*endpoint, *address, *timeout); err != nil {
		fmt.Fprintln(os.Stderr, "livenessprobe:", err)
		os.Exit(1)
	}
}

func serve(endpoint, address string, timeout time.Duration) error {
	target := "unix://" + strings.TrimPrefix(address, "unix://")
	conn, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to the driver at %s: %w", address, err)
	}
	defer conn.Close()
	fmt.Println("serving /healthz on", endpoint)
	mux := http.NewServeMux()
	mux.Handle("/healthz", health(csi.NewIdentityClient(conn), timeout))
	server := http.Server{Addr: endpoint, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

// health answers 200 while the driver says that it is ready, or says nothing
// about it, which by the CSI specification means the same.
func health(driver csi.IdentityClient, timeout time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		answer, err := driver.Probe(ctx, &csi.ProbeRequest{})
		switch {
		case err != nil:
			fmt.Fprintln(os.Stderr, "probing the driver:", err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
		case answer.GetReady() != nil && !answer.GetReady().GetValue():
			http.Error(w, "the driver is not ready", http.StatusInternalServerError)
		default:
			fmt.Fprint(w, "ok")
		}
	}
}
