package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// copied is a file or a folder of a module that images have as it is.
type copied struct {
	to      string // below artifacts/
	from    moduleFile
	without []string // folders of it that are left out
}

// copy puts it where images take their files from, replacing what was there.
func (w *workspace) copy(ctx context.Context, c copied) error {
	folder, err := w.moduleFolder(ctx, item{module: c.from.tool}, c.from.module)
	if err != nil {
		return err
	}
	target := w.in("artifacts", filepath.FromSlash(c.to))
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	source := filepath.Join(folder, filepath.FromSlash(c.from.path))
	return filepath.WalkDir(source, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(source, file)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains(c.without, filepath.ToSlash(below)) {
				return fs.SkipDir
			}
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return replace(filepath.Join(target, below), content, 0o644)
	})
}
