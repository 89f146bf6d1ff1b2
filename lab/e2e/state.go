package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// state is how much of the local cloud and of a scenario's stack exists.
type state string

const (
	nothing state = "nothing" // no cloud, no stack
	cloud   state = "cloud"   // a healthy cloud, an empty project
	cluster state = "cluster" // the healthy cluster of the scenario's stack, and no other
)

// standing is a state, and whose cluster it is. It is empty at first, and after
// a failure: then nobody knows.
type standing struct {
	state state
	stack string // with state cluster only
}

func stands(s state, stack string) standing {
	if s != cluster {
		stack = ""
	}
	return standing{s, stack}
}

// reach makes the wanted state from whatever there is. A state that an earlier
// scenario of this run has left is not made again.
func (st *stage) reach(ctx context.Context, wanted state) error {
	if st.stands == stands(wanted, st.stack) {
		return nil
	}
	steps := map[state][]step{
		nothing: {{"make down, to begin from nothing", tearDown}},
		cloud:   {{"a cloud with an empty project", emptyCloud}},
		cluster: {{"no other cluster", destroyOthers}, {"make up, for a cluster to work on", makeUp}},
	}
	return st.doAll(ctx, steps[wanted])
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
	dev := st.on(devStack)
	if err := destroyOthers(ctx, dev); err != nil {
		return err
	}
	_, err := dev.make(ctx, "down", nil)
	return err
}

// emptyCloud starts the cloud and removes the stacks by themselves: `make down`
// would stop the cloud as well.
func emptyCloud(ctx context.Context, st *stage) error {
	if err := st.rememberHost(); err != nil {
		return err
	}
	// Builds what is missing and starts the cloud; a stack is not needed for it.
	if _, err := st.make(ctx, "preview", nil); err != nil {
		return err
	}
	return errors.Join(destroyOthers(ctx, st), destroyStack(ctx, st))
}

// destroyOthers destroys all stacks but this one.
func destroyOthers(ctx context.Context, st *stage) error {
	for _, stack := range st.deployed() {
		if stack == st.stack {
			continue
		}
		if err := destroyStack(ctx, st.on(stack)); err != nil {
			return err
		}
	}
	return nil
}

func destroyStack(ctx context.Context, st *stage) error {
	if st.stack == hostsStack {
		return forgetHosts(ctx, st)
	}
	if err := st.writeStackFile(); err != nil {
		return err
	}
	_, err := st.make(ctx, "destroy", nil)
	return err
}

func projectIsEmpty(ctx context.Context, st *stage) error {
	left, err := st.projectResources(ctx)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("left in the project:%s", indent(lines(left)))
	}
	return nil
}
