package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-provider-openstack/terraform-provider-openstack/openstack"
)

//go:embed tokens.txt
var tokenTable string

// provider describes the bridge: which token each Terraform resource has, and
// where the property names of the official plugin differ from the default.
func provider(version string) (tfbridge.ProviderInfo, error) {
	resources, dataSources, err := parseTokens(tokenTable)
	if err != nil {
		return tfbridge.ProviderInfo{}, err
	}
	upstream := openstack.Provider()
	// Its default already counts as use, so the warning would head every run.
	upstream.Schema["use_octavia"].Deprecated = ""
	info := tfbridge.ProviderInfo{
		P:                shim.NewProvider(upstream),
		Name:             "openstack",
		Version:          version,
		GitHubOrg:        "terraform-provider-openstack",
		Config:           configFromEnvironment(),
		Resources:        resources,
		DataSources:      dataSources,
		UpstreamRepoPath: ".", // else the bridge looks for the module's documentation
	}
	renames(info)
	info.SetAutonaming(255, "-")
	return info, nil
}

// parseTokens reads lines of "<terraform name> <module>/<name>:<Name>".
func parseTokens(table string) (map[string]*tfbridge.ResourceInfo, map[string]*tfbridge.DataSourceInfo, error) {
	resources := map[string]*tfbridge.ResourceInfo{}
	dataSources := map[string]*tfbridge.DataSourceInfo{}
	for n, line := range strings.Split(table, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, token, ok := strings.Cut(line, " ")
		_, member, isToken := strings.Cut(token, ":")
		switch {
		case !ok || !isToken:
			return nil, nil, fmt.Errorf("tokens.txt:%d: %q is not \"<terraform name> <module>/<name>:<Name>\"", n+1, line)
		case strings.HasPrefix(member, "get"):
			dataSources[name] = &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember("openstack:" + token)}
		default:
			resources[name] = &tfbridge.ResourceInfo{Tok: tokens.Type("openstack:" + token)}
		}
	}
	return resources, dataSources, nil
}

// configFromEnvironment lists the provider settings that default to the
// variables which every OpenStack client reads.
func configFromEnvironment() map[string]*tfbridge.SchemaInfo {
	config := map[string]*tfbridge.SchemaInfo{}
	for key, variable := range map[string]string{
		"allow_reauth":  "OS_ALLOW_REAUTH",
		"cloud":         "OS_CLOUD",
		"delayed_auth":  "OS_DELAYED_AUTH",
		"endpoint_type": "OS_ENDPOINT_TYPE",
		"insecure":      "OS_INSECURE",
		"region":        "OS_REGION_NAME",
		"swauth":        "OS_SWAUTH",
		"use_octavia":   "OS_USE_OCTAVIA",
	} {
		config[key] = &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: []string{variable}}}
	}
	return config
}

// renames sets the property names that differ from what the bridge derives.
func renames(info tfbridge.ProviderInfo) {
	list := false
	info.Resources["openstack_networking_subnet_v2"].Fields = map[string]*tfbridge.SchemaInfo{
		// Both would be plural in camel case; the second is deprecated upstream.
		"allocation_pool":  {Name: "allocationPools"},
		"allocation_pools": {Name: "allocationPoolsCollection"},
	}
	info.Resources["openstack_compute_servergroup_v2"].Fields = map[string]*tfbridge.SchemaInfo{
		"policies": {MaxItemsOne: &list}, // a list in the SDK although it holds one
	}
	info.Resources["openstack_orchestration_stack_v1"].Fields = map[string]*tfbridge.SchemaInfo{
		"outputs": {Name: "StackOutputs"}, // as misspelt in the SDK
	}
}
