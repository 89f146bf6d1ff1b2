package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// Media types of what a tag may name.
const acceptManifests = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, " +
	"application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

// descriptor refers to content by its digest.
type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
	Platform  *struct {
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
	} `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// manifest holds what matters of an image or of an index of images.
type manifest struct {
	MediaType string       `json:"mediaType"`
	Config    descriptor   `json:"config"`
	Layers    []descriptor `json:"layers"`
	Manifests []descriptor `json:"manifests"`
}

// image is a repository in a registry.
type image struct {
	upstream
	repository string // <host>/v2/<name>
	token      string
}

// pull brings the image of a reference into an OCI layout, every part verified
// by its digest, and returns the digest of the image.
func (u upstream) pull(ctx context.Context, ref, layout string) (string, error) {
	name, tag, ok := strings.Cut(ref, ":")
	host, repository, hasHost := strings.Cut(name, "/")
	if !ok || !hasHost {
		return "", fmt.Errorf("image reference %q is not <host>/<name>:<tag>", ref)
	}
	if host == "docker.io" {
		host = "registry-1.docker.io"
	}
	i := &image{upstream: u, repository: host + "/v2/" + repository}
	top, err := i.tag(ctx, tag, layout)
	if err != nil {
		return "", fmt.Errorf("pulling %s: %w", ref, err)
	}
	for _, part := range append([]descriptor{top.manifest.Config}, top.manifest.Layers...) {
		if err := i.blob(ctx, part, layout); err != nil {
			return "", fmt.Errorf("pulling %s: %w", ref, err)
		}
	}
	index, err := json.Marshal(map[string]any{"schemaVersion": 2, "manifests": []descriptor{top.descriptor}})
	if err != nil {
		return "", err
	}
	if err := replace(filepath.Join(layout, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644); err != nil {
		return "", err
	}
	// Last, so that an index names only what is there.
	return top.descriptor.Digest, replace(filepath.Join(layout, "index.json"), index, 0o644)
}

type found struct {
	descriptor descriptor
	manifest   manifest
}

// tag resolves a tag to the manifest for this machine's architecture.
func (i *image) tag(ctx context.Context, tag, layout string) (found, error) {
	reference := tag
	for {
		content, mediaType, err := i.manifest(ctx, reference)
		if err != nil {
			return found{}, err
		}
		digest := "sha256:" + sumOf(content)
		if strings.HasPrefix(reference, "sha256:") && digest != reference {
			return found{}, fmt.Errorf("the manifest %s has the digest %s", reference, digest)
		}
		var m manifest
		if err := json.Unmarshal(content, &m); err != nil {
			return found{}, fmt.Errorf("reading the manifest %s: %w", reference, err)
		}
		if len(m.Manifests) == 0 {
			path := blobPath(layout, digest)
			return found{descriptor{MediaType: mediaType, Digest: digest, Size: int64(len(content))}, m}, replace(path, content, 0o644)
		}
		reference = ""
		for _, d := range m.Manifests {
			if d.Platform != nil && d.Platform.OS == "linux" && d.Platform.Architecture == runtime.GOARCH {
				reference = d.Digest
				break
			}
		}
		if reference == "" {
			return found{}, fmt.Errorf("no image for linux/%s", runtime.GOARCH)
		}
	}
}

func (i *image) manifest(ctx context.Context, reference string) ([]byte, string, error) {
	resp, err := i.ask(ctx, "/manifests/"+reference)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	return content, resp.Header.Get("Content-Type"), err
}

// blob fetches a part of the image unless it is there.
func (i *image) blob(ctx context.Context, d descriptor, layout string) error {
	algorithm, want, _ := strings.Cut(d.Digest, ":")
	if algorithm != "sha256" {
		return fmt.Errorf("digest %q: only sha256 is known", d.Digest)
	}
	path := blobPath(layout, d.Digest)
	if sum, err := hash(path); err == nil && sum == want {
		return nil
	}
	resp, err := i.ask(ctx, "/blobs/"+d.Digest)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	part, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	defer part.Close()
	if _, err := io.Copy(part, resp.Body); err != nil {
		return fmt.Errorf("fetching %s: %w", d.Digest, err)
	}
	if sum, err := hash(part.Name()); err != nil || sum != want {
		return fmt.Errorf("%s has the digest sha256:%s (%v)", d.Digest, sum, err)
	}
	return os.Rename(part.Name(), path)
}

func blobPath(layout, digest string) string {
	return filepath.Join(layout, "blobs", "sha256", strings.TrimPrefix(digest, "sha256:"))
}

// ask asks the registry, with an anonymous token when it wants one.
func (i *image) ask(ctx context.Context, path string) (*http.Response, error) {
	for attempt := 0; ; attempt++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.url(i.repository+path), nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Accept", acceptManifests)
		if i.token != "" {
			req.Header.Set("Authorization", "Bearer "+i.token)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode == http.StatusOK {
			return resp, nil
		}
		challenge := resp.Header.Get("WWW-Authenticate")
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized || attempt > 0 {
			return nil, fmt.Errorf("%s: the registry answered %s", req.URL, resp.Status)
		}
		if err := i.login(ctx, challenge); err != nil {
			return nil, err
		}
	}
}

var challengeField = regexp.MustCompile(`(\w+)="([^"]*)"`)

// login gets an anonymous token from the server that the registry names.
func (i *image) login(ctx context.Context, challenge string) error {
	fields := map[string]string{}
	for _, m := range challengeField.FindAllStringSubmatch(challenge, -1) {
		fields[m[1]] = m[2]
	}
	realm, ok := strings.CutPrefix(fields["realm"], "https://")
	if !ok {
		return fmt.Errorf("the registry wants a login that is not known here: %q", challenge)
	}
	query := url.Values{"service": {fields["service"]}, "scope": {fields["scope"]}}
	content, err := i.small(ctx, realm+"?"+query.Encode())
	if err != nil {
		return err
	}
	var answer struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(content, &answer); err != nil {
		return fmt.Errorf("reading the token from %s: %w", realm, err)
	}
	if i.token = answer.Token; i.token == "" {
		i.token = answer.AccessToken
	}
	return nil
}
