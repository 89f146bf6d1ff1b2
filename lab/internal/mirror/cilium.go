package mirror

import (
	"context"
	"os"
	"path/filepath"

	"slipway/lab/internal/image"
)

// cilium is the file system below Cilium's image: the tools that its agent and its
// scripts call, and the compiler that makes the programs of a node's kernel.
func cilium() image.Recipe {
	return image.Recipe{
		Name:     "ciliumbase",
		Packages: []string{compiler, "iproute2", "iptables", "ipset", "kmod", "mount", "nftables", "util-linux"},
		Inputs:   append([]string{compilerName}, append(removed, unused...)...),
		Customize: func(_ context.Context, tree image.Tree) error {
			if err := os.Symlink(compiler, filepath.Join(tree.Dir, compilerName)); err != nil {
				return err
			}
			return strip(tree.Dir, append(removed, unused...)...)
		},
	}
}

// The compiler, by the name of its package and program, and by the one that the
// agent calls.
const (
	compiler     = "clang-19"
	compilerName = "usr/bin/clang"
)

// unused is what comes with the compiler, for programs other than a kernel's: the
// agent brings all headers, and nothing is linked.
var unused = []string{
	"usr/include", "usr/lib/gcc", "usr/lib/llvm-19/include", "usr/lib/llvm-19/lib/clang", "usr/lib/llvm-19/lib/LLVMPolly.so",
	"usr/lib/x86_64-linux-gnu/*.a", "usr/lib/x86_64-linux-gnu/ldscripts", "usr/lib/x86_64-linux-gnu/libclang-19.so.*",
	"usr/lib/x86_64-linux-gnu/libgprofng*", "usr/lib/x86_64-linux-gnu/lib[alt]san.so.*", "usr/lib/x86_64-linux-gnu/libubsan.so.*",
}
