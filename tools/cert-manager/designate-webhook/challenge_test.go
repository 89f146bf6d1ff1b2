package main

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// memory keeps one zone's record sets, by name.
type memory map[string][]string

func (m memory) zone(_ context.Context, name string) (string, error) {
	if name != "test." {
		return "", errors.New("no such zone")
	}
	return "zone", nil
}

func (m memory) find(_ context.Context, _, name string) (*recordSet, error) {
	if values, ok := m[name]; ok {
		return &recordSet{name, slices.Clone(values)}, nil
	}
	return nil, nil
}

func (m memory) create(_ context.Context, _, name string, values []string) error {
	if _, ok := m[name]; ok {
		return errors.New("duplicate")
	}
	m[name] = values
	return nil
}

func (m memory) update(_ context.Context, _, id string, values []string) error {
	m[id] = values
	return nil
}

func (m memory) remove(_ context.Context, _, id string) error {
	delete(m, id)
	return nil
}

// A name and all names below it are two challenges with one record.
func TestChallengesOfOneName(t *testing.T) {
	m := memory{}
	do := func(what func(context.Context, records, string, string, string) error, key string, want ...string) {
		t.Helper()
		if err := what(t.Context(), m, "test.", "_acme-challenge.test.", key); err != nil {
			t.Fatal(err)
		}
		if got := m["_acme-challenge.test."]; !slices.Equal(got, want) {
			t.Errorf("after %s the values are %q, want %q", key, got, want)
		}
	}
	do(present, "a", `"a"`)
	do(present, "a", `"a"`) // cert-manager asks until it has seen the record
	do(present, "b", `"a"`, `"b"`)
	do(cleanUp, "a", `"b"`)
	do(cleanUp, "a", `"b"`)
	do(cleanUp, "b")
	do(cleanUp, "b")
	if len(m) != 0 {
		t.Errorf("left is %v", m)
	}
}

func TestNoZone(t *testing.T) {
	for _, what := range []func(context.Context, records, string, string, string) error{present, cleanUp} {
		if err := what(t.Context(), memory{}, "other.", "_acme-challenge.other.", "a"); err == nil {
			t.Error("it succeeded without a zone")
		}
	}
}
