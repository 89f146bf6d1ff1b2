package mirror

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// filesTar returns a writer of the tar stream that puts each source file at
// its destination, executable, owned by root. Equal contents give equal bytes:
// no time, owner or order of the sources enters the stream.
func filesTar(sources map[string]string) func(io.Writer) error {
	return func(w io.Writer) error {
		tw := tar.NewWriter(w)
		folders := map[string]bool{}
		for _, dst := range slices.Sorted(maps.Keys(sources)) {
			name := strings.TrimPrefix(path.Clean("/"+dst), "/")
			if err := addFolders(tw, path.Dir(name), folders); err != nil {
				return err
			}
			if err := addFile(tw, &tar.Header{Name: name, Mode: 0o755}, sources[dst]); err != nil {
				return err
			}
		}
		return tw.Close()
	}
}

func addFolders(tw *tar.Writer, dir string, done map[string]bool) error {
	if dir == "." || done[dir] {
		return nil
	}
	if err := addFolders(tw, path.Dir(dir), done); err != nil {
		return err
	}
	done[dir] = true
	return tw.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755})
}

func addFile(tw *tar.Writer, h *tar.Header, source string) error {
	f, err := os.Open(source)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing: run `make tools`", source)
	} else if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h.Typeflag, h.Size = tar.TypeReg, info.Size()
	if err := tw.WriteHeader(h); err != nil {
		return err
	}
	_, err = io.Copy(tw, f)
	return err
}

// volatile folders stay empty in images; what a build leaves in them differs
// from one build to the next.
var volatile = []string{"boot", "dev", "proc", "run", "sys", "tmp", "var/cache", "var/lib/apt/lists", "var/log"}

// treeTar returns a writer of the tar stream of a root file system, without
// times and without the contents of volatile folders.
func treeTar(dir string) func(io.Writer) error {
	return func(w io.Writer) error {
		tw := tar.NewWriter(w)
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || p == dir {
				return err
			}
			name, err := filepath.Rel(dir, p)
			if err != nil {
				return err
			}
			if err := addTreeEntry(tw, p, name, d); err != nil {
				return err
			}
			if d.IsDir() && slices.Contains(volatile, name) {
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			return err
		}
		return tw.Close()
	}
}

func addTreeEntry(tw *tar.Writer, p, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	var target string
	if info.Mode()&fs.ModeSymlink != 0 {
		if target, err = os.Readlink(p); err != nil {
			return err
		}
	} else if !info.Mode().IsRegular() && !info.IsDir() {
		return nil // container runtimes make devices and sockets themselves
	}
	full, err := tar.FileInfoHeader(info, target)
	if err != nil {
		return err
	}
	h := &tar.Header{Typeflag: full.Typeflag, Name: name, Linkname: target, Mode: full.Mode, Uid: full.Uid, Gid: full.Gid}
	switch h.Typeflag {
	case tar.TypeReg:
		return addFile(tw, h, p)
	case tar.TypeDir:
		h.Name += "/"
	}
	return tw.WriteHeader(h)
}
