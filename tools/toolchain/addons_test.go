package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// images reads images.json.
func (b *bench) images(t *testing.T) []imageSpec {
	t.Helper()
	var images []imageSpec
	content, err := os.ReadFile(b.in("artifacts", "images.json"))
	if err != nil || json.Unmarshal(content, &images) != nil {
		t.Fatalf("images.json: %s, %v", content, err)
	}
	return images
}

// lists tells whether images.json has the image.
func (b *bench) lists(t *testing.T, ref string) bool {
	t.Helper()
	return slices.ContainsFunc(b.images(t), func(s imageSpec) bool { return s.Ref == ref })
}

func TestWantedAddons(t *testing.T) {
	stack := func(content string) string {
		file := filepath.Join(t.TempDir(), "Pulumi.test.yaml")
		write(t, file, content)
		return file
	}
	for name, test := range map[string]struct {
		names, stack string
		want         int
		err          string
	}{
		"none":           {},
		"named":          {names: "cinder-csi", want: 1},
		"unknown":        {names: "cinder-csi,cinder", err: `-addons: there is no add-on "cinder"; there are: cinder-csi, metallb, monitoring, keystone-auth`},
		"another one":    {stack: "config: {slipway:kubernetes: {cni: flannel}}\n"},
		"no pod network": {stack: "config:\n  slipway:kubernetes: 1\n", err: "slipway:kubernetes is a map with the field cni, the name of a pod network"},
		"enabled":        {stack: "config:\n  slipway:cinderCSI:\n    enabled: true\n    more: 1\n", want: 1},
		"in one line":    {stack: "config: {slipway:cinderCSI: {enabled: true}}\n", want: 1},
		"disabled":       {stack: "config:\n  slipway:cinderCSI:\n    enabled: false\n"},
		"without config": {stack: "encryptionsalt: v1\n"},
		"other settings": {stack: "config:\n  slipway:secret:\n    secure: abc\n  openstack:cloud: x\n"},
		"no map":         {stack: "config:\n  slipway:cinderCSI: yes\n", err: "slipway:cinderCSI is a map with the field enabled: true or false"},
		"no YAML":        {stack: "{", err: "-stack: reading "},
	} {
		if test.stack != "" {
			test.stack = stack(test.stack)
		}
		got, err := wantedAddons(test.names, test.stack)
		if test.err == "" && (err != nil || len(got) != test.want) || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, cni := range []string{"cilium", "calico"} {
		if got, err := wantedAddons("", stack("config: {slipway:kubernetes: {cni: "+cni+"}}\n")); err != nil || len(got) != 1 || got[0].name != cni {
			t.Errorf("pod network %s: %v, %v", cni, got, err)
		}
	}
	if _, err := wantedAddons("", "Pulumi.none.yaml"); err == nil || !strings.Contains(err.Error(), "-stack: open Pulumi.none.yaml") {
		t.Errorf("a stack without a file: %v", err)
	}
}

// TestAddonOnDemand pins that only who asks for an add-on pays for it, and that
// what one stack completed stays there for it when another stack runs.
func TestAddonOnDemand(t *testing.T) {
	b, s := pinned(t)
	s.addGroup(t, b.pins.core())
	cinder := addons[0].of(b.pins)
	driver := cinder.images[0].Ref
	run := func() {
		t.Helper()
		if err := b.artifacts(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if b.lists(t, driver) {
		t.Error("the add-on is there though nobody asked for it")
	}
	digests := s.addGroup(t, cinder)
	b.addons = addons[:1]
	run()
	for _, image := range b.images(t) {
		if want := digests[image.Ref]; want != "" && image.Digest != want {
			t.Errorf("%s has digest %s, want %s", image.Ref, image.Digest, want)
		}
	}
	if all := len(b.images(t)); all != len(b.pins.images())+len(digests) {
		t.Errorf("images.json has %d images", all)
	}
	for _, f := range cinder.files {
		if content, err := os.ReadFile(b.in("artifacts", "files", f.file)); err != nil || string(content) != f.file {
			t.Errorf("%s: %q, %v", f.file, content, err)
		}
	}
	asked := len(s.requests)
	run()
	if len(s.requests) != asked || !b.heard("cinder-csi: complete (upstream") {
		t.Errorf("the rerun asked upstream %d times more", len(s.requests)-asked)
	}

	b.addons = nil
	if err := os.Remove(b.in("artifacts", "COMPLETE")); err != nil {
		t.Fatal(err)
	}
	run()
	if !b.lists(t, driver) {
		t.Error("a run without the add-on forgot it")
	}
	write(t, b.in("artifacts", "COMPLETE.cinder-csi"), `{"key": "of other versions"}`)
	if err := os.Remove(b.in("artifacts", "COMPLETE")); err != nil {
		t.Fatal(err)
	}
	run()
	if b.lists(t, driver) {
		t.Error("an add-on of other versions is listed")
	}
}

// TestPackedFolder pins the form of a chart: below one folder, nothing executable.
func TestPackedFolder(t *testing.T) {
	folder := t.TempDir()
	write(t, folder+"/charts/one/Chart.yaml", "name: one\n")
	write(t, folder+"/charts/one/templates/pod.yaml", "kind: Pod\n")
	files := map[string]string{"one/": "charts/one"}
	first, err := pack(folder, files, 0o644, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := pack(folder, files, 0o644, nil); err != nil || string(again) != string(first) {
		t.Errorf("packed twice it differs, %v", err)
	}
	plain, err := gzip.NewReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%o %s", header.Mode, header.Name))
	}
	if want := []string{"644 one/Chart.yaml", "644 one/templates/pod.yaml"}; !slices.Equal(got, want) {
		t.Errorf("packed: %q, want %q", got, want)
	}
}
