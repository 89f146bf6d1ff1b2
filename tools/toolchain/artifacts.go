package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strings"
	"time"
)

// artifacts provides the files and images of the local cloud, with those of the
// add-ons that are asked for.
func (w *workspace) artifacts(ctx context.Context) error {
	if err := w.complete(ctx, w.pins.core()); err != nil {
		return err
	}
	for _, a := range w.addons {
		if err := w.complete(ctx, a.of(w.pins)); err != nil {
			return err
		}
	}
	return nil
}

// complete provides one group unless it is there.
func (w *workspace) complete(ctx context.Context, g group) error {
	started := time.Now()
	key, err := w.groupKey(g)
	if err != nil {
		return err
	}
	record := w.in("artifacts", g.record)
	if c, ok := w.remembered(record, key); ok {
		w.say("%s: complete (%s: %s)", g.name, c.Source, c.Reason)
		return nil
	}
	c := w.chooseArtifacts(ctx)
	w.say("%s: %s: %s", g.name, c.Source, c.Reason)
	if c.Source == fromUpstream {
		c.Images, err = w.downloadArtifacts(ctx, g)
	} else {
		c.Images, err = g.images, w.compileArtifacts(ctx, g)
	}
	if err != nil {
		return err
	}
	// In this order: a run that is cut in between does both again.
	if err := w.writeImages(g, c.Images); err != nil {
		return err
	}
	c.Key = key
	if err := c.write(record); err != nil {
		return err
	}
	w.say("%s: complete in %d s", g.name, int(time.Since(started).Seconds()))
	return nil
}

func (w *workspace) groupKey(g group) (string, error) {
	parts := []any{g.files, g.images}
	if len(g.copies) > 0 {
		parts = append(parts, g.copies)
	}
	return w.keyOf(g.items, parts...)
}

func (w *workspace) chooseArtifacts(ctx context.Context) choice {
	if w.source == fromModules || w.source == fromUpstream {
		return choice{Source: w.source, Reason: "asked for with -source"}
	}
	if err := w.upstream.answers(ctx, w.pins.files()[0].checksums); err != nil {
		return choice{Source: fromModules, Reason: fmt.Sprintf("official releases cannot be fetched (%v)", err)}
	}
	return choice{Source: fromUpstream, Reason: "official releases can be fetched"}
}

// kubectl puts kubectl on the PATH that toolchain/env sets.
func (w *workspace) kubectl(ctx context.Context) error {
	if w.chooseArtifacts(ctx).Source == fromUpstream {
		for _, f := range w.pins.files() {
			if path.Base(f.file) == "kubectl" {
				if err := w.upstream.download(ctx, f.file, f.checksums, w.in("artifacts", "files")); err != nil {
					return err
				}
				return w.install(w.in("artifacts", "files", f.file), "kubectl")
			}
		}
	}
	client := kubernetesItem(w.pins, "kubectl")
	if _, err := w.build(ctx, []item{client}); err != nil {
		return err
	}
	return w.install(w.in(client.output), "kubectl")
}

func (w *workspace) install(program, name string) error {
	if err := os.Chmod(program, 0o755); err != nil {
		return err
	}
	return link(program, w.in("toolchain", "bin", name))
}

// downloadArtifacts fetches official releases and images and returns what
// images.json says of them.
func (w *workspace) downloadArtifacts(ctx context.Context, g group) ([]imageSpec, error) {
	const retry = "%w\nto compile instead: (cd tools/toolchain && go run . -source compile artifacts)"
	total := len(g.files) + len(g.images)
	for n, f := range g.files {
		w.say("[%2d/%d] %s", n+1, total, f.file)
		if err := w.upstream.download(ctx, f.file, f.checksums, w.in("artifacts", "files")); err != nil {
			return nil, fmt.Errorf(retry, err)
		}
	}
	var specs []imageSpec
	for n, spec := range g.images {
		layout := path.Join("oci", strings.NewReplacer("/", "_", ":", "_").Replace(spec.Ref))
		digest, err := w.upstream.pull(ctx, spec.Ref, w.in("artifacts", layout))
		if err != nil {
			return nil, fmt.Errorf(retry, err)
		}
		w.say("[%2d/%d] %s@%s", len(g.files)+n+1, total, spec.Ref, digest)
		specs = append(specs, imageSpec{Ref: spec.Ref, Layout: layout, Digest: digest})
	}
	return specs, nil
}

// compileArtifacts builds the programs and publishes them as upstream does.
func (w *workspace) compileArtifacts(ctx context.Context, g group) error {
	if _, err := w.build(ctx, g.items); err != nil {
		return err
	}
	for _, f := range g.files {
		if err := w.publish(ctx, f); err != nil {
			return fmt.Errorf("publishing %s: %w", f.file, err)
		}
	}
	for _, c := range g.copies {
		if err := w.copy(ctx, c); err != nil {
			return fmt.Errorf("copying %s of %s: %w", c.from.path, c.from.module, err)
		}
	}
	return nil
}

// writeImages writes images.json with the images of a group that was just
// completed and of those that were before: another stack may use them. It is
// written even when nothing in it changed: its time tells the mirror that the
// programs may have.
func (w *workspace) writeImages(done group, images []imageSpec) error {
	var specs []imageSpec
	for _, g := range w.pins.groups() {
		if g.name == done.name {
			specs = append(specs, images...)
			continue
		}
		key, err := w.groupKey(g)
		if err != nil {
			return err
		}
		if c, ok := recorded(w.in("artifacts", g.record), key); ok {
			specs = append(specs, c.Images...)
		}
	}
	content, err := json.MarshalIndent(specs, "", "  ")
	if err != nil {
		return err
	}
	return replace(w.in("artifacts", "images.json"), append(content, '\n'), 0o644)
}
