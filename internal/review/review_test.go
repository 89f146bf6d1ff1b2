package review_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/internal/golden"
	"slipway/internal/review"
)

const summary = `{"summaryEvent": {"resourceChanges": {}}}`

// urn is that of a resource of stack dev, by its type and name.
func urn(path, name string) string { return "urn:pulumi:dev::slipway::" + path + "::" + name }

// event is a step on a resource; more are further fields of its metadata.
func event(op, typ, name, parent, more string) string {
	if more != "" {
		more = ", " + more
	}
	return fmt.Sprintf(`{"resourcePreEvent": {"metadata": {"op": %q, "urn": %q, "type": %q%s}}}`, op, urn(typ, name), typ,
		strings.ReplaceAll(more, `{"inputs"`, fmt.Sprintf(`{"parent": %q, "inputs"`, parent)))
}

func markdown(t *testing.T, lines ...string) string {
	t.Helper()
	p, err := review.Read(strings.NewReader(strings.Join(append(lines, summary), "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return p.Markdown("dev")
}

// Recordings of previews of a real stack with three control planes, reduced to what is
// read of them. `make e2e SCENARIO=pr-preview` compares ten kinds of change.
func TestMarkdown(t *testing.T) {
	logs, _ := filepath.Glob("testdata/*.json")
	if len(logs) == 0 {
		t.Fatal("there are no recordings")
	}
	for _, log := range logs {
		file, err := os.Open(log)
		if err != nil {
			t.Fatal(err)
		}
		p, err := review.Read(file)
		file.Close()
		if err != nil {
			t.Errorf("%s: %v", log, err)
			continue
		}
		golden.Assert(t, strings.TrimSuffix(filepath.Base(log), ".json")+".md", p.Markdown("e2e-ha"))
	}
}

const (
	network  = "slipway:index:Network"
	plane    = "slipway:index:ControlPlane"
	node     = "slipway:index:Node"
	instance = "openstack:compute/instance:Instance"
	volume   = "openstack:blockstorage/volume:Volume"
	gone     = `"old": {"inputs": {}}`
)

func TestHazards(t *testing.T) {
	stack := event("same", "pulumi:pulumi:Stack", "slipway-dev", "", "")
	for want, lines := range map[string][]string{
		"control-plane machine `cp1` is deleted": {
			event("same", plane, "dev", "", `"old": {"inputs": {}}`),
			event("delete", node, "cp1", urn(plane, "dev"), gone),
			event("delete", instance, "cp1-server", urn(node, "cp1"), `"old": {"inputs": {"flavorName": "a"}}`),
		},
		"the network's subnet `dev-subnet` is replaced": {
			event("replace", "openstack:networking/subnet:Subnet", "dev-subnet", urn(network, "dev"), `"keys": ["cidr"], "old": {"inputs": {}}, "new": {"inputs": {}}`),
		},
		"machine `w1-server` is rebuilt from another image: what is on its disk is lost": {
			event("update", instance, "w1-server", "", `"detailedDiff": {"imageId": {}, "tags": {}}, "old": {"inputs": {}}, "new": {"inputs": {}}`),
		},
		"machine `w1-server` is resized: it restarts": {
			event("update", instance, "w1-server", "", `"detailedDiff": {"flavorId": {}}, "old": {"inputs": {}}, "new": {"inputs": {}}`),
		},
		"the API's address (`dev-endpoint-port`) changes": {
			event("same", "slipway:index:HAProxyKeepalivedVIP", "dev-endpoint", "", gone),
			event("update", "openstack:networking/port:Port", "dev-endpoint-port", urn("slipway:index:HAProxyKeepalivedVIP", "dev-endpoint"), `"detailedDiff": {"fixedIps[0].ipAddress": {}}, "old": {"inputs": {}}, "new": {"inputs": {}}`),
		},
		"volume `dev-w1-data`, with the data on it, is deleted": {event("delete", volume, "dev-w1-data", "", `"old": {"inputs": {"size": 10}}`)},
		"the API's address (`dev-endpoint-port`) is deleted": {
			event("same", "slipway:index:HAProxyKeepalivedVIP", "dev-endpoint", "", gone),
			event("delete", "openstack:networking/port:Port", "dev-endpoint-port", urn("slipway:index:HAProxyKeepalivedVIP", "dev-endpoint"), gone),
		},
		"CephCluster `rook`, with the data in it, is deleted": {event("delete", "kubernetes:ceph.rook.io/v1:CephCluster", "rook", "", gone)},
		"": {
			event("delete", "openstack:networking/port:Port", "dev-w1-port", "", gone),
			event("delete", node, "w1", "", gone),
			event("delete", volume, "dev-w1-containers", "", gone),
			event("update", instance, "w1-server", "", `"detailedDiff": {"tags": {}}, "old": {"inputs": {}}, "new": {"inputs": {}}`),
			event("create", volume, "new", "", `"new": {"inputs": {"size": 1}}`),
		},
	} {
		text := markdown(t, append(lines, stack)...)
		_, banner, warned := strings.Cut(text, "> [!WARNING]")
		banner, _, _ = strings.Cut(banner, "\n\n")
		if warned != (want != "") || !strings.HasSuffix(banner, want) || strings.Count(banner, "> - ") > 1 {
			t.Errorf("the banner is %q, want %q alone", banner, want)
		}
	}
}

func TestSecretsAndUnknownValuesAreNotShown(t *testing.T) {
	const secret = `{"4dabf18193072939515e22adb298388d": "1b47", "plaintext": "hunter2"}`
	text := markdown(t, event("update", instance, "s", "", `"detailedDiff": {"userData": {"inputDiff": true}, "a[0].b": {}, "tags[\"x.y\"]": {}}, `+
		`"old": {"inputs": {"userData": `+secret+`, "a": [{"b": "one"}]}}, `+
		`"new": {"inputs": {"userData": `+secret+`, "a": [{"b": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}], "tags": {"x.y": "z"}}}`))
	for _, want := range []string{
		"!     userData: [secret] => [secret]\n", "!     a[0].b: one => (known after the update)\n", "!     tags[\"x.y\"]: nothing => z\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "hunter") {
		t.Errorf("a secret shows:\n%s", text)
	}
}

func TestCosts(t *testing.T) {
	const flavors = `"old": {"outputs": {"flavors": {"small": {"vcpus": 1, "ramMB": 1024}}}}, "new": {"outputs": {"flavors": {"small": {"vcpus": 1, "ramMB": 1024}, "big": {"vcpus": 4, "ramMB": 8192}}}}`
	text := markdown(t,
		event("replace", instance, "a", "", `"keys": ["flavorName"], "old": {"inputs": {"flavorName": "small"}}, "new": {"inputs": {"flavorName": "big"}}`),
		event("create-replacement", instance, "a", "", `"new": {"inputs": {"flavorName": "big"}}`),
		event("delete-replaced", instance, "a", "", `"old": {"inputs": {"flavorName": "small"}}`),
		event("create", volume, "v", "", `"new": {"inputs": {"size": 10}}`),
		event("delete", "openstack:networking/floatingIp:FloatingIp", "f", "", gone),
		strings.Replace(event("same", "pulumi:pulumi:Stack", "slipway-dev", "", flavors), "resourcePreEvent", "resOutputsEvent", 1))
	for _, want := range []string{
		"| servers | 1 | 1 |", "| vCPU | 1 | **4** |", "| RAM in MiB | 1024 | **8192** |", "| GiB on volumes | 0 | **10** |", "| floating IPs | 1 | **0** |",
		"| replaced | Instance `a` | `a` | `flavorName` |",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
}

func TestFindingsAndErrors(t *testing.T) {
	text := markdown(t,
		`{"policyEvent": {"resourceUrn": "`+urn(instance, "cp1")+`", "message": "<{%reset%}>is *open*\nto | <all>", "policyName": "no-open-ssh", "enforcementLevel": "mandatory"}}`,
		"{\"diagnosticEvent\": {\"severity\": \"error\", \"message\": \"wrong ```\\n\"}}",
		`{"diagnosticEvent": {"severity": "info", "message": "nothing of interest"}}`)
	for _, want := range []string{"| `no-open-ssh` | mandatory | `cp1` | is \\*open\\* to \\| &lt;all> |\n", "> The preview failed, so what follows is not all.\n", "````text\nwrong ```\n````\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "of interest") {
		t.Errorf("what is no error shows:\n%s", text)
	}
}

// However much changes, the comment can be made, and says what it leaves out.
func TestLimit(t *testing.T) {
	var many, long []string
	for i := range 4000 {
		many = append(many, event("create", volume, fmt.Sprintf("volume-%04d", i), "", `"new": {"inputs": {"size": 1}}`))
		long = append(long, event("delete", volume, fmt.Sprintf("volume-%04d", i), "", `"old": {"inputs": {"size": 1}}`))
	}
	for want, lines := range map[string][]string{"more lines: see the log of the pipeline.": many, "There is more than a comment may have.": long} {
		text := markdown(t, lines...)
		if len(text) > review.MaxBytes || !utf8.ValidString(text) || !strings.Contains(text, want) {
			t.Errorf("the comment has %d bytes and ends in %q, want %q", len(text), text[len(text)-200:], want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for log, want := range map[string]string{
		"Previewing update (dev):\n":                       "line 1 is no event of a preview: ",
		event("same", volume, "v", "", "") + "\n{\"resour": "line 2 is no event of a preview: ",
		event("same", volume, "v", "", ""):                 "the events end before the preview did: it was interrupted",
	} {
		if _, err := review.Read(strings.NewReader(log)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", log, err, want)
		}
	}
}
