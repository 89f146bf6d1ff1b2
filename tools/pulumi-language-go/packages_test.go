package main

import (
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestRequiredPackages(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	t.Setenv("GOMODCACHE", cache)
	write(t, dir+"/go.mod", `module program

go 1.26.0

require (
	github.com/pulumi/pulumi-command/sdk v1.2.1
	github.com/pulumi/pulumi-tls/sdk/v5 v5.3.0
	github.com/pulumi/pulumi/sdk/v3 v3.258.0
	example.com/Ours v1.0.0
	example.com/replaced v1.0.0
	example.com/local v1.0.0 // indirect
)

replace example.com/replaced => example.com/other v2.0.0+incompatible

replace example.com/local => ./local
`)
	write(t, cache+"/github.com/pulumi/pulumi-command/sdk@v1.2.1/go/command/pulumi-plugin.json", `{"resource": true, "name": "command", "version": "1.2.1"}`)
	write(t, cache+"/example.com/!ours@v1.0.0/pulumi-plugin.json", `{"resource": true, "name": "ours", "server": "https://example.com"}`)
	write(t, cache+"/example.com/other@v2.0.0+incompatible/sub/pulumi-plugin.json", `{"resource": false}`)
	write(t, dir+"/local/pulumi-plugin.json", `{"resource": true, "name": "base", "version": "3.0.0", "parameterization": {"name": "local", "version": "1.0.0", "value": "eA=="}}`)

	h := newHost(t.Context(), "")
	// The program may be in a folder below the module's.
	resp, err := h.GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{Info: &pulumirpc.ProgramInfo{ProgramDirectory: dir + "/cmd/x"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range resp.Packages {
		got = append(got, strings.Join([]string{p.Kind, p.Name, p.Version, p.Server, p.GetParameterization().GetName(), string(p.GetParameterization().GetValue())}, " "))
	}
	want := "resource command v1.2.1   \nresource tls v5.3.0   \nresource ours v1.0.0 https://example.com  \nresource base v3.0.0  local x"
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func TestProgramDependencies(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/go.mod", "module program\n\nrequire a.example/b v1.0.0\n\nrequire c.example/d v1.0.0 // indirect\n")
	for transitive, want := range map[bool]int{false: 1, true: 2} {
		resp, err := newHost(t.Context(), "").GetProgramDependencies(t.Context(), &pulumirpc.GetProgramDependenciesRequest{
			Info: &pulumirpc.ProgramInfo{ProgramDirectory: dir}, TransitiveDependencies: transitive,
		})
		if err != nil || len(resp.Dependencies) != want || resp.Dependencies[0].Name != "a.example/b" {
			t.Errorf("transitive %t: %v, %v", transitive, resp, err)
		}
	}
}

// TestPrebuiltProgramNeedsNoModule pins that a machine without sources can run
// one.
func TestPrebuiltProgramNeedsNoModule(t *testing.T) {
	resp, err := newHost(t.Context(), "").GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{
		Info: &pulumirpc.ProgramInfo{ProgramDirectory: t.TempDir()},
	})
	if err != nil || len(resp.Packages) > 0 {
		t.Errorf("%v, %v", resp, err)
	}
}
