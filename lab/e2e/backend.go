package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
)

// backend is the folder of the Pulumi state.
func (st *stage) backend(ctx context.Context) (string, error) {
	env, err := st.toolEnv(ctx)
	if err != nil {
		return "", err
	}
	for _, variable := range env {
		if dir, ok := strings.CutPrefix(variable, "PULUMI_BACKEND_URL=file://"); ok {
			return dir, nil
		}
	}
	return "", errors.New("`lab env` sets no PULUMI_BACKEND_URL with a folder")
}

// stackFile is the copy of Pulumi.dev.yaml that `make up` works with: the CLI
// keeps the salt of the passphrase in it.
func (st *stage) stackFile(ctx context.Context) (string, error) {
	dir, err := st.backend(ctx)
	return filepath.Join(dir, "Pulumi."+stack+".yaml"), err
}
