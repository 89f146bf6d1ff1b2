package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// probeTimeout bounds the question whether upstream can be reached.
const probeTimeout = 10 * time.Second

// upstream fetches published files by HTTPS, or from a mirror of it.
type upstream struct {
	base string // mirror; empty: upstream itself
}

// url returns where the file <host>/<path> is.
func (u upstream) url(file string) string {
	if u.base != "" {
		return u.base + "/" + file
	}
	return "https://" + file
}

// answers asks for a file that must be there and says why it cannot be had.
func (u upstream) answers(ctx context.Context, file string) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	resp, err := u.request(ctx, http.MethodHead, file, 0)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// request asks for a file from the offset on.
func (u upstream) request(ctx context.Context, method, file string, offset int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.url(file), nil)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err // names the URL
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent {
		_ = resp.Body.Close()
		return nil, &statusError{resp.StatusCode, fmt.Sprintf("%s: the server answered %s", req.URL, resp.Status)}
	}
	return resp, nil
}

type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

// small fetches a small file, such as a checksum.
func (u upstream) small(ctx context.Context, file string) ([]byte, error) {
	resp, err := u.request(ctx, http.MethodGet, file, 0)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.url(file), err)
	}
	return content, nil
}

// download fetches a file and verifies it with its published checksum, which
// it leaves beside the file. What is there and right is not fetched again; what
// a cut connection left is continued.
func (u upstream) download(ctx context.Context, file, checksums, folder string) error {
	if checksums == "" {
		return u.unverified(ctx, file, folder)
	}
	published, err := u.small(ctx, checksums)
	if err != nil {
		return fmt.Errorf("downloading the checksum of %s: %w", path.Base(file), err)
	}
	want, err := checksum(string(published), path.Base(file))
	if err != nil {
		return fmt.Errorf("%s: %w", u.url(checksums), err)
	}
	final := filepath.Join(folder, filepath.FromSlash(file))
	if sum, err := hash(final); err == nil && sum == want {
		return nil
	}
	if err := u.fetch(ctx, file, want, final); err != nil {
		return fmt.Errorf("downloading %s: %w", path.Base(file), err)
	}
	return replace(filepath.Join(folder, filepath.FromSlash(checksums)), published, 0o644)
}

// unverified fetches a small file without a published checksum. Its path names
// its version, so what is there stays.
func (u upstream) unverified(ctx context.Context, file, folder string) error {
	final := filepath.Join(folder, filepath.FromSlash(file))
	if _, err := os.Stat(final); err == nil {
		return nil
	}
	content, err := u.small(ctx, file)
	if err != nil {
		return fmt.Errorf("downloading %s: %w", path.Base(file), err)
	}
	return replace(final, content, 0o644)
}

// fetch downloads to final+".part", verifies, and renames.
func (u upstream) fetch(ctx context.Context, file, want, final string) error {
	part := final + ".part"
	if err := os.MkdirAll(filepath.Dir(part), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o755)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := u.into(ctx, file, out); err != nil {
		return err
	}
	got, err := hash(part)
	if err != nil {
		return err
	}
	if got != want {
		// Not to be continued: the next run starts from nothing.
		return errors.Join(fmt.Errorf("%s has SHA-256 %s, the published one is %s", u.url(file), got, want), os.Remove(part))
	}
	return os.Rename(part, final)
}

// into appends to the file what it lacks of the published one.
func (u upstream) into(ctx context.Context, file string, out *os.File) error {
	have, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	resp, err := u.request(ctx, http.MethodGet, file, have)
	var status *statusError
	if errors.As(err, &status) && status.code == http.StatusRequestedRangeNotSatisfiable {
		return nil // complete already; the checksum decides
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusPartialContent { // the server sends all of it
		if err := errors.Join(out.Truncate(0), seekStart(out)); err != nil {
			return err
		}
	}
	if _, err := io.Copy(out, resp.Body); err != nil {
		return fmt.Errorf("%s: %w", u.url(file), err)
	}
	return out.Close()
}

func seekStart(f *os.File) error {
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// checksum finds the SHA-256 of a file in a published checksum file: bare, or
// lines of "<hex>  <name>".
func checksum(published, name string) (string, error) {
	for line := range strings.Lines(published) {
		fields := strings.Fields(line)
		if len(fields) == 0 || len(fields) > 1 && strings.TrimPrefix(fields[1], "*") != name {
			continue
		}
		if sum, err := hex.DecodeString(fields[0]); err == nil && len(sum) == sha256.Size {
			return strings.ToLower(fields[0]), nil
		}
	}
	return "", fmt.Errorf("no SHA-256 of %s in it", name)
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// hash returns the SHA-256 of a file.
func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
