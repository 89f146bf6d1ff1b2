package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// publish puts what was compiled where upstream's file would be, with its
// checksum beside it if upstream has one.
func (w *workspace) publish(ctx context.Context, f published) error {
	target := w.in("artifacts", "files", filepath.FromSlash(f.file))
	if err := w.assemble(ctx, f, target); err != nil {
		return err
	}
	if f.checksums == "" {
		return nil
	}
	sum, err := hash(target)
	if err != nil {
		return err
	}
	line := sum + "  " + path.Base(f.file) + "\n"
	return replace(w.in("artifacts", "files", filepath.FromSlash(f.checksums)), []byte(line), 0o644)
}

// assemble writes the file of the programs or of the module that it consists of.
func (w *workspace) assemble(ctx context.Context, f published, target string) error {
	if f.binary != "" {
		return link(w.in("artifacts", f.binary), target)
	}
	content, err := w.content(ctx, f)
	if err != nil {
		return err
	}
	return replace(target, content, 0o644)
}

// content returns a file that is not simply a program.
func (w *workspace) content(ctx context.Context, f published) ([]byte, error) {
	if f.archive != nil {
		return pack(w.in("artifacts"), f.archive, 0o755, nil)
	}
	folder, err := w.moduleFolder(ctx, item{module: f.from.tool}, f.from.module)
	if err != nil {
		return nil, err
	}
	if f.release != "" {
		return packRelease(folder, f)
	}
	if f.top != "" {
		return packChart(folder, f)
	}
	return os.ReadFile(filepath.Join(folder, f.from.path))
}

// packChart packs a chart, with those inside it, as Helm does.
func packChart(folder string, f published) ([]byte, error) {
	trees := map[string]string{f.top: f.from.path}
	for _, inside := range f.inside {
		trees[f.top+"charts/"+path.Base(inside)+"/"] = inside
	}
	rules := map[string]ignoreRules{}
	for _, tree := range trees {
		var err error
		if rules[tree], err = readIgnoreRules(filepath.Join(folder, tree, ".helmignore")); err != nil {
			return nil, err
		}
	}
	if f.version == "" {
		return pack(folder, trees, 0o644, rules)
	}
	copied, err := os.MkdirTemp("", "chart-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(copied)
	for _, tree := range trees {
		if err := os.CopyFS(filepath.Join(copied, tree), os.DirFS(filepath.Join(folder, tree))); err != nil {
			return nil, err
		}
	}
	if err := writeVersion(filepath.Join(copied, f.from.path, "Chart.yaml"), f.version); err != nil {
		return nil, err
	}
	return pack(copied, trees, 0o644, rules)
}

// writeVersion is what upstream's release does to a chart whose version is that of
// the program.
func writeVersion(file, version string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return replace(file, chartVersions.ReplaceAll(content, []byte("$1: "+version)), 0o644)
}

// chartVersions are the two lines that a release sets.
var chartVersions = regexp.MustCompile(`(?m)^(version|appVersion): .*$`)

// pack makes a gzipped tar of files and folders in which nothing depends on
// time or user. Rules say what of a folder is left out; there may be none.
func pack(from string, files map[string]string, mode int64, rules map[string]ignoreRules) ([]byte, error) {
	var content bytes.Buffer
	// The fastest level: machines next door unpack it, nobody stores it.
	zipped, err := gzip.NewWriterLevel(&content, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := packTree(archive, name, filepath.Join(from, files[name]), mode, rules[files[name]]); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		return nil, err
	}
	return content.Bytes(), nil
}

// packTree adds a file under a name, or with a trailing slash a folder's files
// below it.
func packTree(archive *tar.Writer, name, source string, mode int64, rules ignoreRules) error {
	return filepath.WalkDir(source, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(source, file)
		switch {
		case err != nil:
			return err
		case rules.leaveOut(filepath.ToSlash(below), entry.IsDir()):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		}
		to := name
		if strings.HasSuffix(name, "/") {
			to += filepath.ToSlash(below)
		}
		return packFile(archive, to, file, mode)
	})
}

func packFile(archive *tar.Writer, name, file string, mode int64) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content)), Format: tar.FormatUSTAR}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return err
}
