package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// records are the TXT records of zones.
type records interface {
	// zone is the id of the only zone of this name.
	zone(ctx context.Context, name string) (id string, err error)
	// find returns the record set of this name, nil if there is none.
	find(ctx context.Context, zone, name string) (*recordSet, error)
	create(ctx context.Context, zone, name string, values []string) error
	update(ctx context.Context, zone, id string, values []string) error
	remove(ctx context.Context, zone, id string) error
}

// recordSet is all values of a name.
type recordSet struct {
	id     string
	values []string
}

// present has the name have the value, too: another challenge may want its own.
func present(ctx context.Context, in records, zone, name, key string) error {
	id, err := in.zone(ctx, zone)
	if err != nil {
		return err
	}
	have, err := in.find(ctx, id, name)
	value := strconv.Quote(key)
	switch {
	case err != nil:
		return fmt.Errorf("looking for %s: %w", name, err)
	case have == nil:
		return in.create(ctx, id, name, []string{value})
	case slices.Contains(have.values, value):
		return nil
	}
	return in.update(ctx, id, have.id, append(have.values, value))
}

// cleanUp takes the value away, and succeeds if it is gone.
func cleanUp(ctx context.Context, in records, zone, name, key string) error {
	id, err := in.zone(ctx, zone)
	if err != nil {
		return err
	}
	have, err := in.find(ctx, id, name)
	if err != nil {
		return fmt.Errorf("looking for %s: %w", name, err)
	}
	value := strconv.Quote(key)
	if have == nil || !slices.Contains(have.values, value) {
		return nil
	}
	rest := slices.DeleteFunc(slices.Clone(have.values), func(v string) bool { return v == value })
	if len(rest) == 0 {
		return in.remove(ctx, id, have.id)
	}
	return in.update(ctx, id, have.id, rest)
}
