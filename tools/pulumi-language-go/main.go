// Pulumi-language-go runs Pulumi programs and plugins written in Go. It speaks
// the CLI's language host protocol; the official host's module is not
// published. What only code generation needs is left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// version is that of the CLI; set with -ldflags.
var version = "0.0.0-dev"

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-go:", err)
		os.Exit(1)
	}
}

// serve answers the engine until it goes away. The protocol: the engine's
// address is the last argument, the port that this host listens on its first
// line of output.
func serve(arguments []string) error {
	flags := flag.NewFlagSet("pulumi-language-go", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.String("root", "", "unused, sent by older engines")
	flags.String("tracing", "", "unused, sent when tracing")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	engine := flags.Arg(0)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if engine != "" {
		// An engine that died leaves no one to tell this host to stop.
		if err := rpcutil.Healthcheck(ctx, engine, 5*time.Minute, stop); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", engine, err)
		}
	}
	done := make(chan bool)
	go func() {
		<-ctx.Done()
		close(done)
	}()
	host := newHost(ctx, engine)
	server, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: done,
		Init: func(s *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(s, host)
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Printf("%d\n", server.Port)
	return <-server.Done
}
