package main

import (
	"context"
	"fmt"
	"os"
)

// reach makes the wanted state from whatever there is. A state that an earlier
// scenario of this run has left is not made again.
func (st *stage) reach(ctx context.Context, wanted state) error {
	if st.state == wanted {
		return nil
	}
	steps := map[state][]step{
		nothing: {{"make down, to begin from nothing", tearDown}},
		cloud:   {{"a cloud with an empty project", emptyCloud}},
		cluster: {{"make up, for a cluster to work on", makeUp}},
	}
	for _, s := range steps[wanted] {
		if err := st.do(ctx, s); err != nil {
			return err
		}
	}
	st.state = wanted
	return nil
}

func makeUp(ctx context.Context, st *stage) error {
	if err := st.rememberHost(); err != nil {
		return err
	}
	_, err := st.make(ctx, "up", nil)
	return err
}

func tearDown(ctx context.Context, st *stage) error {
	if _, err := os.Stat(st.paths.Lab); os.IsNotExist(err) {
		return nil // a fresh machine; the toolchain's build belongs to what is measured later
	}
	_, err := st.make(ctx, "down", nil)
	return err
}

// emptyCloud starts the cloud and removes the stack by itself: `make down`
// would stop the cloud as well.
func emptyCloud(ctx context.Context, st *stage) error {
	if err := st.rememberHost(); err != nil {
		return err
	}
	// Builds what is missing and starts the cloud; a stack is not needed for it.
	if _, err := st.make(ctx, "preview", nil); err != nil {
		return err
	}
	return destroyStack(ctx, st)
}

func destroyStack(ctx context.Context, st *stage) error {
	_, err := st.make(ctx, "destroy", nil)
	return err
}

func projectIsEmpty(ctx context.Context, st *stage) error {
	left, err := st.projectResources(ctx)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("left in the project:%s", indent(left))
	}
	return nil
}

const stack = "dev"
