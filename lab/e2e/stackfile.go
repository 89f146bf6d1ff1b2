package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	locallab "slipway/lab/internal/lab"
)

// writeStackFile makes the file in the checkout that `make up STACK=...` reads. The
// shipped stack and that of the hosts are left alone.
func (st *stage) writeStackFile() error {
	change, ok := overlays[st.stack]
	if !ok {
		return nil
	}
	return st.writeEdited(st.sourceFile(), change)
}

// writeEdited writes Pulumi.dev.yaml with changes to a file.
func (st *stage) writeEdited(file string, change func(values)) error {
	text, err := os.ReadFile(st.on(devStack).sourceFile())
	if err != nil {
		return err
	}
	if text, err = edited(text, change); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// sourceFile is the stack's file in the checkout.
func (st *stage) sourceFile() string { return filepath.Join(st.root, "Pulumi."+st.stack+".yaml") }

// stackFile is the file that the CLI works with, and keeps the salt of the
// passphrase in. For the local cloud `make up` makes it a copy.
func (st *stage) stackFile() string {
	if st.stack == hostsStack {
		return st.sourceFile()
	}
	return filepath.Join(st.backend(), "project", "Pulumi."+st.stack+".yaml")
}

// local is the lab as its own command sees it.
func (l *lab) local() locallab.Lab { return locallab.Lab{Paths: l.paths, Progress: func(string) {}} }

// backend is the folder of the Pulumi state.
func (l *lab) backend() string { return l.local().PulumiState() }

// deployed lists the stacks that have a state.
func (l *lab) deployed() []string {
	files, _ := filepath.Glob(filepath.Join(l.backend(), ".pulumi/stacks/slipway/*.json"))
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".json")
	}
	return files
}

// upWith runs make up on the scenario's stack with a change, and returns what it prints.
func (st *stage) upWith(ctx context.Context, change func(values)) (string, error) {
	return st.makeWith(ctx, "up", change)
}

// makeWith runs make on the scenario's stack with a change, and returns what it prints.
func (st *stage) makeWith(ctx context.Context, target string, change func(values)) (string, error) {
	err := st.writeEdited(st.sourceFile(), func(v values) {
		overlays[st.stack](v)
		change(v)
	})
	if err != nil {
		return "", err
	}
	return st.make(ctx, target, nil)
}
