package stacks

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/internal/golden"
	"slipway/internal/pulumitest"
)

const (
	flavorToken  = "openstack:compute/getFlavor:getFlavor"
	imageToken   = "openstack:images/getImageIds:getImageIds"
	networkToken = "openstack:networking/getNetwork:getNetwork"
)

// sparse is a cloud that has small flavors, no image and no network, and says so
// as the provider does.
func sparse() []pulumitest.Option {
	none := errors.New("invocation of the function returned an error: Your query returned no results. Please change your search criteria and try again")
	return []pulumitest.Option{
		pulumitest.Invoke(flavorToken, func(args resource.PropertyMap) (resource.PropertyMap, error) {
			if args["name"].StringValue() == "slipway.bastion" {
				return nil, errors.New("No Flavor found")
			}
			return resource.NewPropertyMapFromMap(map[string]any{"id": "tiny", "vcpus": 1, "ram": 512, "disk": 5}), nil
		}),
		pulumitest.Invoke(imageToken, func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(map[string]any{"id": "none", "ids": []any{}}), nil
		}),
		pulumitest.Invoke(networkToken, func(resource.PropertyMap) (resource.PropertyMap, error) { return nil, none }),
	}
}

// refuse deploys what must be refused, by up and by preview alike, and returns why.
func refuse(t *testing.T, settings map[string]string, opts ...pulumitest.Option) string {
	t.Helper()
	var messages []string
	for _, mode := range [][]pulumitest.Option{nil, {pulumitest.Preview()}} {
		recorded, err := run(t, "dev", settings, append(mode, opts...)...)
		if err == nil {
			t.Fatal("the stack was deployed")
		}
		if len(recorded.Resources)+len(recorded.Outputs) != 0 {
			t.Errorf("registered %v before refusing", urns(recorded))
		}
		messages = append(messages, strings.TrimPrefix(strings.TrimSpace(err.Error()), "1 error occurred:\n\t* "))
	}
	if messages[0] != messages[1] {
		t.Errorf("up says\n%s\npreview says\n%s", messages[0], messages[1])
	}
	return messages[0]
}

// broken is the dev configuration with a problem in each of several keys.
func broken(t *testing.T) map[string]string {
	t.Helper()
	settings := maps.Clone(shipped(t, "dev"))
	settings["slipway:bastoin"] = "{}"
	settings["slipway:network"] = `{"cidr": "10.244.0.0/15"}`
	mutate(t, settings, "slipway:controlPlane", func(plane map[string]any) {
		plane["nodes"] = map[string]any{"cp1": nil, "cp2": nil}
	})
	return settings
}

// A configuration is refused once, not once for each of its problems; what only
// the cloud can tell is part of the same list.
func TestAllProblemsAtOnce(t *testing.T) {
	golden.Assert(t, "problems.txt", refuse(t, broken(t), sparse()...)+"\n")
}

// A cloud that is broken says nothing about the configuration: its names must
// not be called wrong.
func TestCloudErrorIsTheClouds(t *testing.T) {
	failing := func(resource.PropertyMap) (resource.PropertyMap, error) {
		return nil, errors.New("Expected HTTP response code [200] when accessing [GET http://nova/v2.1/flavors/detail], but got 500 instead")
	}
	for token, asked := range map[string]string{
		imageToken:   "asking OpenStack for image debian-12: ",
		networkToken: "asking OpenStack for network external: ",
		zonesToken:   "asking OpenStack for availability zones: ",
	} {
		got := refuse(t, shipped(t, "dev"), pulumitest.Invoke(token, failing))
		if !strings.HasPrefix(got, asked) || !strings.HasSuffix(got, "but got 500 instead") || strings.Contains(got, "problem") {
			t.Errorf("%s: refused with %q, want %q and the cloud's answer alone", token, got, asked)
		}
	}
	got := refuse(t, broken(t), pulumitest.Invoke(flavorToken, failing))
	for _, part := range []string{"Pulumi.dev.yaml has", "slipway:bastoin", "asking OpenStack for flavor slipway."} {
		if !strings.Contains(got, part) {
			t.Errorf("refused with %q, which lacks %q", got, part)
		}
	}
	if strings.Contains(got, "does not exist for this project") {
		t.Errorf("refused with %q: the cloud was not able to tell", got)
	}
}

// No configuration at all must name what is missing instead of crashing.
func TestEmptyConfiguration(t *testing.T) {
	got := refuse(t, nil)
	for _, key := range []string{"slipway:cluster.name", "slipway:openstack.externalNetwork", "slipway:controlPlane.flavor"} {
		if !strings.Contains(got, key+": Required value") {
			t.Errorf("refused with %q, which does not ask for %s", got, key)
		}
	}
}
