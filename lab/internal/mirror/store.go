package mirror

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// blobStore keeps blobs on disk under their SHA-256. A file that has its final
// name is complete: it was renamed there.
type blobStore struct{ dir string }

// layer is an uncompressed layer. Compressing would cost more than it saves
// between machines on one host, and would tie digests to a compressor.
type layer struct {
	blob
	written bool // false: an earlier run had stored it
}

type blob struct {
	hash v1.Hash
	size int64
	path string
}

func (s blobStore) path(h v1.Hash) string { return filepath.Join(s.dir, h.Hex) }

// putLayer stores the bytes that write produces. It calls write once to learn
// the digest, and a second time only if the store lacks that blob.
func (s blobStore) putLayer(write func(io.Writer) error) (*layer, error) {
	sum := sha256.New()
	count := &countingWriter{to: sum}
	if err := write(count); err != nil {
		return nil, err
	}
	b := blob{hash: sha256Hash(sum.Sum(nil)), size: count.n}
	b.path = s.path(b.hash)
	if info, err := os.Stat(b.path); err == nil && info.Size() == b.size {
		return &layer{blob: b}, nil
	}
	return &layer{blob: b, written: true}, s.write(b, write)
}

func (s blobStore) putBytes(data []byte) (blob, error) {
	sum := sha256.Sum256(data)
	b := blob{hash: sha256Hash(sum[:]), size: int64(len(data))}
	b.path = s.path(b.hash)
	return b, s.write(b, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// write stores b through a temporary file and refuses content that changed
// since its digest was taken.
func (s blobStore) write(b blob, content func(io.Writer) error) error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(s.dir, "tmp-")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	sum := sha256.New()
	err = content(io.MultiWriter(tmp, sum))
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if sha256Hash(sum.Sum(nil)) != b.hash {
		return errors.New("its files changed while it was being assembled")
	}
	return os.Rename(tmp.Name(), b.path)
}

// prune removes every file that keep does not want, also temporary files that
// a killed run left behind.
func (s blobStore) prune(keep func(v1.Hash) bool) error {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !keep(v1.Hash{Algorithm: "sha256", Hex: e.Name()}) {
			err = errors.Join(err, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	return err
}

func sha256Hash(sum []byte) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum)}
}

type countingWriter struct {
	to io.Writer
	n  int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}
