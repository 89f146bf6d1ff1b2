package mirror

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/lab/internal/image"
)

// ceph is the file system below the images of Ceph and of Rook, which runs Ceph's
// programs too. It is of a later Debian than the machines, whose Ceph is older
// than any that Rook accepts.
func ceph() image.Recipe {
	return image.Recipe{
		Name:  "cephbase",
		Suite: "trixie",
		Packages: []string{
			"ceph-common", "ceph-mds", "ceph-mgr", "ceph-mgr-dashboard", "ceph-mgr-modules-core", "ceph-mon", "ceph-osd", "ceph-volume", "radosgw",
			"curl", "jq", "logrotate", "openssl", "procps", "s3cmd", "udev",
		},
		Inputs: []string{upstreamUser, upstreamRotation, noDeviceMapper, plainBcrypt, plainTLS, starters["ceph-osd"], starters["ceph-mon"]},
		Customize: func(_ context.Context, tree image.Tree) error {
			if err := os.RemoveAll(filepath.Join(tree.Dir, "var/lib/apt")); err != nil {
				return err
			}
			if err := replaceFile(filepath.Join(tree.Dir, "usr/sbin/dmsetup"), noDeviceMapper); err != nil {
				return err
			}
			if err := plainPython(tree.Dir); err != nil {
				return err
			}
			if err := putStarters(tree.Dir); err != nil {
				return err
			}
			if err := os.Rename(filepath.Join(tree.Dir, "etc/logrotate.d/ceph-common"), filepath.Join(tree.Dir, upstreamRotation)); err != nil {
				return err
			}
			return renumber(tree.Dir, "etc/passwd", "etc/group")
		},
	}
}

// noDeviceMapper stands in for dmsetup, of which Rook asks the version before it
// looks at any disk: kernels that the local cloud runs on may have no device mapper.
const noDeviceMapper = `#!/bin/sh
[ "$1" = version ] || { echo "dmsetup: the local cloud has no device mapper" >&2; exit 1; }
echo "Library version:   1.02.0 (stand-in)"
echo "Driver version:    0.0.0 (none)"
`

// starters start daemons in another way than Rook does: that of a disk in the folder
// from which Debian's finds what it loads, by a relative path; monitors however full
// the disk is that they share with the machine that the local cloud runs on.
var starters = map[string]string{
	"ceph-osd": `cd / && exec /usr/libexec/ceph/ceph-osd "$@"`,
	"ceph-mon": `exec /usr/libexec/ceph/ceph-mon --mon-data-avail-warn=1 --mon-data-avail-crit=0 "$@"`,
}

// putStarters puts them in the place of the daemons, which keep their names.
func putStarters(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "usr/libexec/ceph"), 0o755); err != nil {
		return err
	}
	for name, start := range starters {
		daemon := filepath.Join(dir, "usr/bin", name)
		if err := os.Rename(daemon, filepath.Join(dir, "usr/libexec/ceph", name)); err != nil {
			return err
		}
		if err := os.WriteFile(daemon, []byte("#!/bin/sh\n"+start+"\n"), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile puts a program in the place of another one, which may be a link.
func replaceFile(path, content string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o755)
}

// The number of the user ceph in Debian, and in upstream's image, which Rook
// writes into pods; and where Rook expects how logs are rotated.
const (
	upstreamRotation = "etc/logrotate.d/ceph"

	debianUser   = "64045"
	upstreamUser = "167"
	upstreamID   = 167
)

// renumber gives the user ceph the other number, in the files that tell it and as
// the owner of what is its own.
func renumber(dir string, files ...string) error {
	for _, file := range files {
		path := filepath.Join(dir, file)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), ":"+debianUser+":", ":"+upstreamUser+":")), 0o644); err != nil {
			return err
		}
	}
	for _, own := range []string{"var/lib/ceph", "var/log/ceph"} {
		err := filepath.WalkDir(filepath.Join(dir, own), func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, upstreamID, upstreamID)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
