// Command acmesolver answers an ACME server's question about a host name.
package main

import (
	"flag"
	"os"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

func main() {
	s := &solver.HTTP01Solver{}
	flag.IntVar(&s.ListenPort, "listen-port", 8089, "port to answer at")
	flag.StringVar(&s.Domain, "domain", "", "host name that is asked for")
	flag.StringVar(&s.Token, "token", "", "last part of the path that is asked for")
	flag.StringVar(&s.Key, "key", "", "answer")
	flag.Parse()
	logf.InitLogs()
	if err := s.Listen(logf.Log); err != nil {
		logf.Log.Error(err, "listening")
		os.Exit(1)
	}
}
