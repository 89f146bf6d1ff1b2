package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/imagedata"
	"github.com/gophercloud/gophercloud/v2/openstack/image/v2/images"
)

// prPreview reads what `make review` says of changes as people make them.
func prPreview() scenario {
	s := scenario{
		name: "pr-preview", story: "what make review says of ten kinds of change is as it was reviewed",
		stack: haStack, needs: cluster, leaves: cluster, long: true,
		steps: []step{{"another image", makeImage}},
	}
	for _, c := range proposals {
		s.steps = append(s.steps, step{c.name, func(ctx context.Context, st *stage) error { return st.reviewed(ctx, c) }})
	}
	s.steps = append(s.steps, step{"the image goes", removeImage}, step{"make up reports no change", secondUp})
	return s
}

// proposal is a change as a pull request makes it.
type proposal struct {
	name   string
	change func(values)
}

const newImage = "debian-12-new"

var proposals = []proposal{
	{"nothing", func(values) {}},
	{"pool-grows", func(v values) { v.at("slipway:workerPools", "default")["nodes"] = nodes("w1", "w2", "w3") }},
	{"pool-shrinks", func(v values) { v.at("slipway:workerPools", "default")["nodes"] = nodes("w1") }},
	{"flavor-change", func(v values) { v.at("slipway:workerPools", "default")["flavor"] = "slipway.controlplane" }},
	{"image-change", func(v values) { v.at("slipway:openstack")["image"] = newImage }},
	{"control-planes-removed", func(v values) { v.at("slipway:controlPlane")["nodes"] = nodes("cp1") }},
	{"cidr-change", func(v values) { v.at("slipway:network")["cidr"] = "10.1.0.0/16" }},
	{"version-upgrade", func(v values) { v.at("slipway:kubernetes")["version"] = "v1.36.4" }},
	{"add-on-added", func(v values) { v["slipway:metalLB"] = pooled(requestedAddress) }},
	{"secret-rotated", func(v values) { v.at("slipway:kubernetes")["encryptionGeneration"] = 2 }},
}

// varying are parts of a review that are other ones in each cluster.
var varying = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`), "<id>"},
	{regexp.MustCompile(`\b[0-9a-f]{16,64}\b`), "<hash>"},
	{regexp.MustCompile(`\b\d+\.\d+\.\d+\.\d+\b([^/])`), "<address>$1"},
	{regexp.MustCompile(`\(\d+ characters\)`), "(<n> characters)"},
}

// updateReviews has the files of reviews written instead of compared.
const updateReviews = "SLIPWAY_UPDATE_REVIEWS"

// reviewed compares the review of a change with the one that people have read.
func (st *stage) reviewed(ctx context.Context, c proposal) error {
	got, err := st.review(ctx, c.change)
	if err != nil {
		return err
	}
	for _, v := range varying {
		got = v.what.ReplaceAllString(got, v.as)
	}
	file := filepath.Join(st.root, "lab", "e2e", "testdata", "reviews", c.name+".md")
	if os.Getenv(updateReviews) != "" {
		return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		return fmt.Errorf("the review is not that of %s; if it is meant to be another one, set %s=1 and read the file (-want +got):\n%s", file, updateReviews, diff)
	}
	return nil
}

// review is what `make review` prints about a change of the stack's file.
func (st *stage) review(ctx context.Context, change func(values), settings ...string) (string, error) {
	defer func() { _ = st.writeStackFile() }()
	err := st.writeEdited(st.sourceFile(), func(v values) {
		overlays[st.stack](v)
		change(v)
	})
	if err != nil {
		return "", err
	}
	argv := append([]string{"make", "--silent", "--no-print-directory", "review", "STACK=" + st.stack}, settings...)
	out, err := st.run(ctx, command{argv: argv, env: os.Environ(), quiet: true})
	st.log.line(out)
	return out, err
}

// makeImage makes an image that machines are not started from: its name is enough.
func makeImage(ctx context.Context, st *stage) error {
	client, endpoints, err := st.connect(ctx, userCloud)
	if err != nil {
		return err
	}
	glance, err := openstack.NewImageV2(client, endpoints)
	if err != nil {
		return err
	}
	image, err := images.Create(ctx, glance, images.CreateOpts{Name: newImage, ContainerFormat: "bare", DiskFormat: "raw"}).Extract()
	if err != nil {
		return err
	}
	return imagedata.Upload(ctx, glance, image.ID, strings.NewReader("nothing that boots")).ExtractErr()
}

func removeImage(ctx context.Context, st *stage) error {
	client, endpoints, err := st.connect(ctx, userCloud)
	if err != nil {
		return err
	}
	glance, err := openstack.NewImageV2(client, endpoints)
	if err != nil {
		return err
	}
	page, err := images.List(glance, images.ListOpts{Name: newImage}).AllPages(ctx)
	if err != nil {
		return err
	}
	found, err := images.ExtractImages(page)
	for _, image := range found {
		err = errors.Join(err, images.Delete(ctx, glance, image.ID).ExtractErr())
	}
	return err
}
