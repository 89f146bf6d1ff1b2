package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

const (
	userCloud  = "slipway-lab"
	adminCloud = "slipway-lab-admin"
)

// listing is one kind of resource that a project can own.
type listing struct {
	kind    string
	service func(*gophercloud.ProviderClient, gophercloud.EndpointOpts) (*gophercloud.ServiceClient, error)
	path    string
	key     string // of the list in the answer
	// filtered listings show other projects' shared resources too, unless asked by project.
	filtered bool
}

var listings = []listing{
	{kind: "server", service: openstack.NewComputeV2, path: "servers", key: "servers"},
	{kind: "keypair", service: openstack.NewComputeV2, path: "os-keypairs", key: "keypairs"},
	{kind: "server group", service: openstack.NewComputeV2, path: "os-server-groups", key: "server_groups"},
	{kind: "volume", service: openstack.NewBlockStorageV3, path: "volumes", key: "volumes"},
	{kind: "snapshot", service: openstack.NewBlockStorageV3, path: "snapshots", key: "snapshots"},
	{kind: "network", service: openstack.NewNetworkV2, path: "networks", key: "networks", filtered: true},
	{kind: "subnet", service: openstack.NewNetworkV2, path: "subnets", key: "subnets", filtered: true},
	{kind: "port", service: openstack.NewNetworkV2, path: "ports", key: "ports", filtered: true},
	{kind: "router", service: openstack.NewNetworkV2, path: "routers", key: "routers", filtered: true},
	{kind: "floating IP", service: openstack.NewNetworkV2, path: "floatingips", key: "floatingips", filtered: true},
	{kind: "security group", service: openstack.NewNetworkV2, path: "security-groups", key: "security_groups", filtered: true},
	{kind: "application credential", service: openstack.NewIdentityV3, path: "users/@user/application_credentials", key: "application_credentials"},
	{kind: "load balancer", service: openstack.NewLoadBalancerV2, path: "lbaas/loadbalancers", key: "loadbalancers", filtered: true},
}

// connect logs in to the local cloud.
func (l *lab) connect(ctx context.Context, cloud string) (*gophercloud.ProviderClient, gophercloud.EndpointOpts, error) {
	auth, endpoints, tls, err := clouds.Parse(clouds.WithCloudName(cloud), clouds.WithLocations(l.paths.CloudsYAML()))
	if err != nil {
		return nil, endpoints, fmt.Errorf("reading %s: %w", l.paths.CloudsYAML(), err)
	}
	client, err := config.NewProviderClient(ctx, auth, config.WithTLSConfig(tls))
	if err != nil {
		return nil, endpoints, fmt.Errorf("logging in to cloud %s: %w", cloud, err)
	}
	return client, endpoints, nil
}

// resource is something that a project owns.
type resource struct {
	kind, name, id string
	owner          string // of a port: what made it
}

func (r resource) String() string { return fmt.Sprintf("%s %s (%s)", r.kind, r.name, r.id) }

func lines(resources []resource) []string {
	var all []string
	for _, r := range resources {
		all = append(all, r.String())
	}
	return all
}

// projectResources lists everything the user's project owns.
func (l *lab) projectResources(ctx context.Context) ([]resource, error) {
	client, endpoints, err := l.connect(ctx, userCloud)
	if err != nil {
		return nil, err
	}
	token := client.GetAuthResult().(tokens.CreateResult)
	project, err := token.ExtractProject()
	if err != nil {
		return nil, err
	}
	user, err := token.ExtractUser()
	if err != nil {
		return nil, err
	}
	var all []resource
	for _, what := range listings {
		what.path = strings.ReplaceAll(what.path, "@user", user.ID)
		found, err := what.ask(ctx, client, endpoints, project.ID)
		if err != nil {
			return nil, fmt.Errorf("listing each %s: %w", what.kind, err)
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b resource) int { return strings.Compare(a.String(), b.String()) })
	return all, nil
}

func (w listing) ask(ctx context.Context, client *gophercloud.ProviderClient, endpoints gophercloud.EndpointOpts, project string) ([]resource, error) {
	service, err := w.service(client, endpoints)
	if err != nil {
		return nil, err
	}
	address := service.ServiceURL(w.path)
	if w.filtered {
		address += "?project_id=" + url.QueryEscape(project)
	}
	type object struct {
		ID, Name string
		Owner    string                `json:"device_owner"`
		Keypair  struct{ Name string } // keypairs alone are wrapped once more
	}
	var answer map[string]json.RawMessage // other keys hold links
	if _, err := service.Get(ctx, address, &answer, nil); err != nil {
		return nil, err
	}
	var objects []object
	if err := json.Unmarshal(answer[w.key], &objects); err != nil {
		return nil, fmt.Errorf("reading %s: %w", w.key, err)
	}
	var found []resource
	for _, o := range objects {
		name := o.Name + o.Keypair.Name
		if w.kind == "security group" && name == "default" {
			continue // every project has it
		}
		found = append(found, resource{w.kind, name, cmp.Or(o.ID, name), o.Owner})
	}
	return found, nil
}

// owned are the names of the project's resources of a kind.
func (st *stage) owned(ctx context.Context, kind string) ([]string, error) {
	all, err := st.projectResources(ctx)
	var names []string
	for _, r := range all {
		if r.kind == kind {
			names = append(names, r.name)
		}
	}
	return names, err
}
