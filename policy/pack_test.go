package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"slipway/internal/policy"
)

// asPack has this test's own program be the pack.
const asPack = "SLIPWAY_TEST_AS_PACK"

func TestMain(m *testing.M) {
	if os.Getenv(asPack) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// start runs the pack as the engine does: it is a program that prints its port.
func start(t *testing.T, settings map[string]string) pulumirpc.AnalyzerClient {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), asPack+"=1"), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the pack printed %q: %v", port, err)
	}
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	client := pulumirpc.NewAnalyzerClient(conn)
	if _, err := client.Handshake(context.Background(), &pulumirpc.AnalyzerHandshakeRequest{}); err != nil {
		t.Fatal(err)
	}
	configure := &pulumirpc.AnalyzerStackConfigureRequest{Stack: "dev", Project: "slipway", DryRun: true, Config: settings}
	if _, err := client.ConfigureStack(context.Background(), configure); err != nil {
		t.Fatal(err)
	}
	return client
}

// properties are what the engine sends, unknown values and secrets among them.
func properties(t *testing.T, m resource.PropertyMap) *structpb.Struct {
	t.Helper()
	out, err := plugin.MarshalProperties(m, plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// analyze shows one resource, and returns "<level> <rule> <message>" of each problem.
func analyze(t *testing.T, client pulumirpc.AnalyzerClient, typ string, protect bool, m resource.PropertyMap) []string {
	t.Helper()
	answer, err := client.Analyze(context.Background(), &pulumirpc.AnalyzeRequest{
		Type: typ, Name: "dev-x", Urn: "urn:pulumi:dev::slipway::slipway:index:Network$" + typ + "::dev-x",
		Properties: properties(t, m), Options: &pulumirpc.AnalyzerResourceOptions{Protect: protect},
	})
	if err != nil {
		t.Fatal(err)
	}
	return said(answer)
}

func said(answer *pulumirpc.AnalyzeResponse) []string {
	var all []string
	for _, d := range answer.GetDiagnostics() {
		all = append(all, fmt.Sprintf("%s %s %s", strings.ToLower(d.GetEnforcementLevel().String()), d.GetPolicyName(), d.GetMessage()))
	}
	return all
}

const networkType, ruleType = "openstack:networking/network:Network", "openstack:networking/secGroupRule:SecGroupRule"

func configured(policy string) map[string]string {
	return map[string]string{"slipway:cluster": `{"name": "dev"}`, "slipway:policy": policy}
}

func tagged() resource.PropertyMap {
	return resource.NewPropertyMapFromMap(map[string]any{"tags": []any{"slipway-cluster=dev"}})
}

func openSSH() resource.PropertyMap {
	return resource.NewPropertyMapFromMap(map[string]any{
		"direction": "ingress", "protocol": "tcp", "portRangeMin": 22, "portRangeMax": 22, "remoteIpPrefix": "0.0.0.0/0",
	})
}

// The engine's questions reach the rules with all that they ask for: the
// configuration of the stack, and the options of the resource.
func TestProtectDependsOnProduction(t *testing.T) {
	for _, tt := range []struct {
		policy  string
		protect bool
		want    string
	}{
		{`{"production": true}`, false, "mandatory protected-in-production Production protects what cannot be made again\n" +
			"dev-x: is the network of the nodes and not protected. Set slipway:cluster.protect: true, or in the stack of a network alone slipway:network.protect: true"},
		{`{"production": true}`, true, ""},
		{`{}`, false, ""},
	} {
		if got := strings.Join(analyze(t, start(t, configured(tt.policy)), networkType, tt.protect, tagged()), "; "); got != tt.want {
			t.Errorf("%s, protect %v: said %q, want %q", tt.policy, tt.protect, got, tt.want)
		}
	}
}

// A value that a preview does not know is no reason to fail, and none to look
// away once it is known.
func TestUnknownValues(t *testing.T) {
	client := start(t, configured(`{}`))
	open, unknown := openSSH(), openSSH()
	unknown["remoteIpPrefix"] = resource.MakeComputed(resource.NewProperty(""))
	if got := analyze(t, client, ruleType, false, unknown); got != nil {
		t.Errorf("unknown: said %q", got)
	}
	if got := analyze(t, client, ruleType, false, open); len(got) != 1 || !strings.HasPrefix(got[0], "mandatory no-open-ssh ") {
		t.Errorf("known: said %q", got)
	}
}

// What an exception lets pass is counted, and shown with the exception.
func TestExceptionsAreShown(t *testing.T) {
	const exceptions = `{"exceptions": [
		{"rule": "no-open-ssh", "reason": "migration", "until": "9999-12-31"},
		{"rule": "no-open-api", "reason": "forgotten", "until": "2020-01-01"}]}`
	client := start(t, configured(exceptions))
	if got := analyze(t, client, ruleType, false, openSSH()); got != nil {
		t.Errorf("said %q", got)
	}
	answer, err := client.AnalyzeStack(context.Background(), &pulumirpc.AnalyzeStackRequest{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"advisory exceptions Exceptions are shown\nno-open-ssh is not enforced until 9999-12-31 (migration): 1 found",
		"advisory exceptions Exceptions are shown\nthe exception from no-open-api ended on 2020-01-01 and counts no more (forgotten): keep the rule, and remove the exception",
	}
	if got := said(answer); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("said\n%q\nwant\n%q", got, want)
	}
}

// A provider that cannot be asked in a preview returns unknown outputs for what
// it was given: the inputs say what the stack will be.
func TestStackRulesFallBackToInputs(t *testing.T) {
	client := start(t, configured(`{}`))
	const class = "kubernetes:storage.k8s.io/v1:StorageClass"
	var classes []*pulumirpc.AnalyzerResource
	for _, name := range []string{"one", "two"} {
		inputs := resource.NewPropertyMapFromMap(map[string]any{"metadata": map[string]any{"annotations": map[string]any{"storageclass.kubernetes.io/is-default-class": "true"}}})
		urn := "urn:pulumi:dev::slipway::" + class + "::" + name
		if _, err := client.Analyze(context.Background(), &pulumirpc.AnalyzeRequest{Type: class, Name: name, Urn: urn, Properties: properties(t, inputs)}); err != nil {
			t.Fatal(err)
		}
		outputs := resource.PropertyMap{"metadata": resource.MakeComputed(resource.NewProperty(""))}
		classes = append(classes, &pulumirpc.AnalyzerResource{Type: class, Name: name, Urn: urn, Properties: properties(t, outputs)})
	}
	answer, err := client.AnalyzeStack(context.Background(), &pulumirpc.AnalyzeStackRequest{Resources: classes})
	if err != nil {
		t.Fatal(err)
	}
	if got := said(answer); len(got) != 1 || !strings.Contains(got[0], "two: is one too: a claim that names no class can have only one") {
		t.Errorf("said %q", got)
	}
}

// The level is the pack's configuration, for rules of both kinds.
func TestLevelsAreConfigured(t *testing.T) {
	client := start(t, configured(`{"limits": {"servers": 1}}`))
	off := &pulumirpc.PolicyConfig{EnforcementLevel: pulumirpc.EnforcementLevel_ADVISORY}
	_, err := client.Configure(context.Background(), &pulumirpc.ConfigureAnalyzerRequest{
		PolicyConfig: map[string]*pulumirpc.PolicyConfig{"no-open-ssh": off, "within-limits": off},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := analyze(t, client, ruleType, false, openSSH()); len(got) != 1 || !strings.HasPrefix(got[0], "advisory no-open-ssh ") {
		t.Errorf("said %q", got)
	}
	var servers []*pulumirpc.AnalyzerResource
	for _, name := range []string{"one", "two"} {
		servers = append(servers, &pulumirpc.AnalyzerResource{Type: "openstack:compute/instance:Instance", Name: name, Properties: properties(t, resource.PropertyMap{"name": resource.NewProperty(name)})})
	}
	answer, err := client.AnalyzeStack(context.Background(), &pulumirpc.AnalyzeStackRequest{Resources: servers})
	if err != nil {
		t.Fatal(err)
	}
	if got := said(answer); len(got) != 1 || !strings.HasPrefix(got[0], "advisory within-limits ") {
		t.Errorf("said %q", got)
	}
}

// The file that the CLI reads, and the program, must say the same.
func TestVersion(t *testing.T) {
	project, err := workspace.LoadPolicyPack("PulumiPolicy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if project.Version != version.String() {
		t.Errorf("PulumiPolicy.yaml has version %s, the pack %s", project.Version, version)
	}
}

// The pack has every rule, and one policy more, which shows the exceptions.
func TestPackHasEveryRule(t *testing.T) {
	info, err := start(t, nil).GetAnalyzerInfo(context.Background(), &emptypb.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	rules := policy.Rules()
	if len(info.GetPolicies()) != len(rules)+1 {
		t.Fatalf("the pack has %d policies for %d rules", len(info.GetPolicies()), len(rules))
	}
	for i, rule := range rules {
		p := info.GetPolicies()[i]
		if p.GetName() != rule.ID || p.GetDescription() != rule.Title || !strings.EqualFold(p.GetEnforcementLevel().String(), string(rule.Level)) {
			t.Errorf("policy %d is %v, want %s", i, p, rule.ID)
		}
	}
	if last := info.GetPolicies()[len(rules)]; last.GetName() != exceptionsID {
		t.Errorf("the last policy is %s", last.GetName())
	}
}
