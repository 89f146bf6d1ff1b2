// Command review reads the events of a preview from standard input and prints
// them as Markdown for a pull request:
//
//	PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json --stack STACK | review STACK
package main

import (
	"fmt"
	"os"

	"slipway/internal/review"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] == "" || os.Args[1][0] == '-' {
		fmt.Fprintln(os.Stderr, "usage: PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json --stack STACK | review STACK")
		os.Exit(2)
	}
	preview, err := review.Read(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "review: reading the events of the preview:", err)
		os.Exit(1)
	}
	fmt.Print(preview.Markdown(os.Args[1]))
}
