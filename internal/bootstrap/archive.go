package bootstrap

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"
)

// The two folders on a node that the archive replaces as a whole, and the
// folders they have inside it.
const (
	// ConfigDir holds parameters and secrets, readable by root only.
	ConfigDir = "/etc/slipway"
	// ScriptDir holds the scripts of the steps.
	ScriptDir = "/opt/slipway"

	archiveConfig  = "etc"
	archiveScripts = "lib"
)

// Modes of what a node receives. Everything below ConfigDir counts as secret.
const (
	secretMode    = 0o600
	secretDirMode = 0o700
	scriptMode    = 0o755
)

// File is one file on a node.
type File struct {
	// Path is absolute, below ConfigDir or ScriptDir.
	Path string
	// Mode is its permissions.
	Mode int64
	// Content is its text.
	Content string

	// steps are those that have to run again when the file changes.
	steps []Step
}

// Archive packs files for InstallCommand to read on its standard input: a
// gzipped tar in base64. Equal files give equal archives.
func Archive(files []File) (string, error) {
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	pack := tar.NewWriter(zip)
	for _, e := range entries(files) {
		name, err := archiveName(e.Path)
		if err != nil {
			return "", err
		}
		header := &tar.Header{Name: name, Mode: e.Mode, Size: int64(len(e.Content)), Typeflag: tar.TypeReg}
		if strings.HasSuffix(e.Path, "/") {
			header.Typeflag = tar.TypeDir
		}
		if err := pack.WriteHeader(header); err != nil {
			return "", fmt.Errorf("packing %s: %w", e.Path, err)
		}
		if _, err := pack.Write([]byte(e.Content)); err != nil {
			return "", fmt.Errorf("packing %s: %w", e.Path, err)
		}
	}
	if err := pack.Close(); err != nil {
		return "", fmt.Errorf("packing the node's files: %w", err)
	}
	if err := zip.Close(); err != nil {
		return "", fmt.Errorf("packing the node's files: %w", err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}

// entries returns the files and the folders they need, parents first. A folder
// is an entry whose path ends in a slash.
func entries(files []File) []File {
	all := slices.Clone(files)
	seen := map[string]bool{}
	for _, f := range files {
		for dir := path.Dir(f.Path); len(dir) >= len(ConfigDir) && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			if dir == ConfigDir || strings.HasPrefix(dir, ConfigDir+"/") {
				all = append(all, File{Path: dir + "/", Mode: secretDirMode})
			} else if dir == ScriptDir {
				all = append(all, File{Path: dir + "/", Mode: scriptMode})
			}
		}
	}
	slices.SortFunc(all, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// archiveName maps a path on the node to its name in the archive.
func archiveName(p string) (string, error) {
	if rest, ok := strings.CutPrefix(p, ConfigDir+"/"); ok {
		return archiveConfig + "/" + rest, nil
	}
	if rest, ok := strings.CutPrefix(p, ScriptDir+"/"); ok {
		return archiveScripts + "/" + rest, nil
	}
	return "", fmt.Errorf("packing %s: it is neither below %s nor below %s", p, ConfigDir, ScriptDir)
}
