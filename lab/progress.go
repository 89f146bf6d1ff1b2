package main

import (
	"fmt"
	"io"
	"time"
)

// newProgress prints lines with the time since the start of the command.
func newProgress(out io.Writer) func(string) {
	start := time.Now()
	return func(line string) {
		fmt.Fprintf(out, "lab %4.0fs  %s\n", time.Since(start).Seconds(), line)
	}
}
