package stacks

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"slipway/internal/nodetest"
	"slipway/internal/pulumitest"
)

// output is a stack output as plain Go values.
func output(r *pulumitest.Recorded, name resource.PropertyKey) any {
	v := r.Outputs[name]
	for v.IsSecret() {
		v = v.SecretValue().Element
	}
	return v.Mappable()
}

func floatingAddress(t *testing.T, r *pulumitest.Recorded, name string) string {
	t.Helper()
	return r.Get(t, "openstack:networking/floatingIp:FloatingIp", name).Outputs["address"].StringValue()
}

func TestOutputs(t *testing.T) {
	recorded := mustRun(t, "dev", shipped(t, "dev"))
	want := []resource.PropertyKey{"apiEndpoint", "bastionAddress", "certificateAuthority", "files", "flavors", "images", "kubeconfig", "nodeAddresses", "version"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(recorded.Outputs))); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	api := "https://" + floatingAddress(t, recorded, "dev-endpoint-address") + ":6443"
	if got := output(recorded, "apiEndpoint"); got != api {
		t.Errorf("apiEndpoint = %v, want %s", got, api)
	}
	if got := output(recorded, "kubeconfig").(string); !strings.Contains(got, "server: "+api+"\n") {
		t.Error("kubeconfig is not for the apiEndpoint")
	}
	if got, want := output(recorded, "certificateAuthority"), recorded.Get(t, "tls:index/selfSignedCert:SelfSignedCert", "dev-pki-ca-cert").Outputs["certPem"].StringValue(); got != want || recorded.Outputs["certificateAuthority"].IsSecret() {
		t.Errorf("certificateAuthority = %v, want the open text %s", got, want)
	}
	if got, want := output(recorded, "bastionAddress"), floatingAddress(t, recorded, "dev-bastion-address"); got != want {
		t.Errorf("bastionAddress = %v, want %s", got, want)
	}
	if got, _ := output(recorded, "flavors").(map[string]any)["slipway.worker"].(map[string]any); got["vcpus"] == nil || got["ramMB"] == nil {
		t.Errorf("the size of slipway.worker is %v", got)
	}
	addresses := map[string]any{}
	for _, node := range []string{"dev-cp1", "dev-default-w1", "dev-default-w2"} {
		port := recorded.Get(t, "openstack:networking/port:Port", node+"-port")
		addresses[node] = port.Outputs["allFixedIps"].ArrayValue()[0].StringValue()
	}
	if diff := cmp.Diff(any(addresses), output(recorded, "nodeAddresses")); diff != "" {
		t.Errorf("nodeAddresses (-want +got):\n%s", diff)
	}
}

// Without a floating IP, clients use the address that nodes use.
func TestPrivateEndpoint(t *testing.T) {
	settings := shipped(t, "dev")
	mutate(t, settings, "slipway:endpoint", func(endpoint map[string]any) { endpoint["floatingIP"] = false })
	recorded := mustRun(t, "dev", settings)
	address := output(recorded, "nodeAddresses").(map[string]any)["dev-cp1"].(string)
	if got, want := output(recorded, "apiEndpoint"), "https://"+address+":6443"; got != want {
		t.Errorf("apiEndpoint = %v, want %s", got, want)
	}
}

// The lists are what an air-gapped mirror is filled from: the nodes may ask for
// nothing beyond them.
func TestListsOfFilesAndImagesAreComplete(t *testing.T) {
	recorded := mustRun(t, "prod", shipped(t, "prod"))
	files, images := output(recorded, "files").([]any), output(recorded, "images").([]any)
	for _, host := range []string{"prod-cp1", "prod-default-w1"} {
		received := nodetest.Files(t, recorded, host)
		for _, line := range strings.Split(strings.TrimSpace(received["etc/downloads"]), "\n") {
			if url, _, _ := strings.Cut(line, "\t"); !slices.Contains(files, any(url)) {
				t.Errorf("%s downloads %s, which is not listed", host, url)
			}
		}
		for _, ref := range strings.Fields(received["etc/images"]) {
			if !slices.Contains(images, any(ref)) {
				t.Errorf("%s pulls %s, which is not listed", host, ref)
			}
		}
	}
	for _, daemon := range recorded.ByType("kubernetes:apps/v1:DaemonSet") {
		for _, path := range []string{"containers", "initContainers"} {
			for _, c := range containers(daemon, path) {
				if !slices.Contains(images, any(c)) {
					t.Errorf("%s runs %s, which is not listed", daemon.Name, c)
				}
			}
		}
	}
}

// containers lists the images of a workload.
func containers(r pulumitest.Resource, kind string) (images []string) {
	list, _, ok := r.Input("spec.template.spec." + kind)
	if !ok {
		return nil
	}
	for _, c := range list.ArrayValue() {
		images = append(images, c.ObjectValue()["image"].StringValue())
	}
	return images
}
