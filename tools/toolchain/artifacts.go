package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// artifacts provides the files and images of the local cloud.
func (w *workspace) artifacts(ctx context.Context) error {
	started := time.Now()
	items := artifactItems(w.pins)
	record := w.in("artifacts", "COMPLETE")
	key, err := w.keyOf(items, w.pins.files(), w.pins.images())
	if err != nil {
		return err
	}
	if c, ok := w.remembered(record, key); ok {
		w.say("artifacts: complete (%s: %s)", c.Source, c.Reason)
		return nil
	}
	c := w.chooseArtifacts(ctx)
	w.say("artifacts: %s: %s", c.Source, c.Reason)
	if c.Source == fromUpstream {
		err = w.downloadArtifacts(ctx)
	} else {
		err = w.compileArtifacts(ctx, items)
	}
	if err != nil {
		return err
	}
	c.Key = key
	if err := c.write(record); err != nil {
		return err
	}
	w.say("artifacts: complete in %d s", int(time.Since(started).Seconds()))
	return nil
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

// downloadArtifacts fetches official releases and images.
func (w *workspace) downloadArtifacts(ctx context.Context) error {
	const retry = "%w\nto compile instead: (cd tools/toolchain && go run . -source compile artifacts)"
	files, images := w.pins.files(), w.pins.images()
	total := len(files) + len(images)
	for n, f := range files {
		w.say("[%2d/%d] %s", n+1, total, f.file)
		if err := w.upstream.download(ctx, f.file, f.checksums, w.in("artifacts", "files")); err != nil {
			return fmt.Errorf(retry, err)
		}
	}
	var specs []imageSpec
	for n, spec := range images {
		layout := path.Join("oci", strings.NewReplacer("/", "_", ":", "_").Replace(spec.Ref))
		digest, err := w.upstream.pull(ctx, spec.Ref, w.in("artifacts", layout))
		if err != nil {
			return fmt.Errorf(retry, err)
		}
		w.say("[%2d/%d] %s@%s", len(files)+n+1, total, spec.Ref, digest)
		specs = append(specs, imageSpec{Ref: spec.Ref, Layout: layout, Digest: digest})
	}
	return w.writeImages(specs)
}

// compileArtifacts builds the programs and publishes them as upstream does.
func (w *workspace) compileArtifacts(ctx context.Context, items []item) error {
	if _, err := w.build(ctx, items); err != nil {
		return err
	}
	for _, f := range w.pins.files() {
		if err := w.publish(f); err != nil {
			return fmt.Errorf("publishing %s: %w", f.file, err)
		}
	}
	return w.writeImages(w.pins.images())
}

// writeImages writes images.json even when nothing in it changed: its time
// tells the mirror that the programs may have.
func (w *workspace) writeImages(specs []imageSpec) error {
	content, err := json.MarshalIndent(specs, "", "  ")
	if err != nil {
		return err
	}
	return replace(w.in("artifacts", "images.json"), append(content, '\n'), 0o644)
}

// publish puts compiled programs where upstream's file would be, with its
// checksum beside it.
func (w *workspace) publish(f published) error {
	target := w.in("artifacts", "files", filepath.FromSlash(f.file))
	if f.binary != "" {
		if err := link(w.in("artifacts", f.binary), target); err != nil {
			return err
		}
	} else {
		content, err := w.pack(f.archive)
		if err != nil {
			return err
		}
		if err := replace(target, content, 0o644); err != nil {
			return err
		}
	}
	sum, err := hash(target)
	if err != nil {
		return err
	}
	line := sum + "  " + path.Base(f.file) + "\n"
	return replace(w.in("artifacts", "files", filepath.FromSlash(f.checksums)), []byte(line), 0o644)
}

// pack makes a gzipped tar in which nothing depends on time or user.
func (w *workspace) pack(files map[string]string) ([]byte, error) {
	var content bytes.Buffer
	// The fastest level: machines next door unpack it, nobody stores it.
	zipped, err := gzip.NewWriterLevel(&content, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		source := w.in("artifacts", files[name])
		err := filepath.WalkDir(source, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			to := name
			if strings.HasSuffix(name, "/") {
				to += entry.Name()
			}
			return addProgram(archive, to, file)
		})
		if err != nil {
			return nil, err
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}

func addProgram(archive *tar.Writer, name, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: int64(len(content)), Format: tar.FormatUSTAR}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return err
}
