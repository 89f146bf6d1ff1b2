package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

// services opens the API of each service.
var services = map[string]func(*gophercloud.ProviderClient, gophercloud.EndpointOpts) (*gophercloud.ServiceClient, error){
	"compute":       openstack.NewComputeV2,
	"volume":        openstack.NewBlockStorageV3,
	"network":       openstack.NewNetworkV2,
	"load balancer": openstack.NewLoadBalancerV2,
	"identity":      openstack.NewIdentityV3,
}

// pollInterval is how often to look whether a deletion is through.
var pollInterval = time.Second

// cloud is one project of an OpenStack.
type cloud struct {
	provider *gophercloud.ProviderClient
	endpoint gophercloud.EndpointOpts
	project  string
	user     string
	clients  map[string]*gophercloud.ServiceClient // by service; opening one asks for its versions
}

// connect logs in as the provider does: to a cloud of clouds.yaml, or with what
// the environment says when no cloud is named.
func connect(ctx context.Context, name string) (*cloud, error) {
	auth, err := openstack.AuthOptionsFromEnv()
	c := &cloud{
		endpoint: gophercloud.EndpointOpts{Region: os.Getenv("OS_REGION_NAME")},
		clients:  map[string]*gophercloud.ServiceClient{},
	}
	var trust *tls.Config
	if name = cmp.Or(name, os.Getenv("OS_CLOUD")); name != "" {
		auth, c.endpoint, trust, err = clouds.Parse(clouds.WithCloudName(name))
	}
	if err != nil {
		return nil, err
	}
	if c.provider, err = config.NewProviderClient(ctx, auth, config.WithTLSConfig(trust)); err != nil {
		return nil, err
	}
	// An administrator's lists hold every project's objects: the project counts.
	token, ok := c.provider.GetAuthResult().(tokens.CreateResult)
	if !ok {
		return nil, errors.New("not with Keystone v3")
	}
	project, err := token.ExtractProject()
	if err != nil || project == nil {
		return nil, errors.Join(errors.New("the login is to no project"), err)
	}
	user, err := token.ExtractUser()
	if err != nil {
		return nil, fmt.Errorf("asking who is logged in: %w", err)
	}
	c.project, c.user = project.ID, user.ID
	return c, nil
}

func (c *cloud) service(k kind) (*gophercloud.ServiceClient, error) {
	if c.clients[k.service] != nil {
		return c.clients[k.service], nil
	}
	client, err := services[k.service](c.provider, c.endpoint)
	if err != nil {
		return nil, fmt.Errorf("finding the %s service: %w", k.service, err)
	}
	c.clients[k.service] = client
	return client, nil
}

// list returns the candidates for what these inputs describe. The filters leave
// few, far below the length at which a service begins a second page.
func (c *cloud) list(ctx context.Context, k kind, inputs map[string]any) ([]object, error) {
	path, err := expand(c.own(k.list), inputs, escape)
	if err != nil {
		return nil, fmt.Errorf("%w, so there is no telling which one it is", err)
	}
	if k.service == "network" || k.service == "load balancer" {
		path += "&project_id=" + c.project
	}
	client, err := c.service(k)
	if err != nil {
		return nil, err
	}
	var answer map[string]any
	_, err = client.Get(ctx, client.ServiceURL(path), &answer, nil)
	// What it would be a part of is gone, and took it along.
	if strings.Contains(k.list, "/{") && gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		return nil, nil
	}
	var objects []object
	entries, _ := answer[k.key].([]any)
	for _, entry := range entries {
		o := unwrap(entry)
		if k.parent != "" {
			o[k.parent] = inputs[k.parent]
		}
		objects = append(objects, o)
	}
	return objects, err
}

// own fills in whose objects an address leads to.
func (c *cloud) own(address string) string { return strings.ReplaceAll(address, "@user", c.user) }

// unwrap takes an entry of a list out of the map that some lists put around it.
func unwrap(entry any) object {
	o, _ := entry.(map[string]any)
	if len(o) == 1 {
		for _, inner := range o {
			if in, ok := inner.(map[string]any); ok {
				return in
			}
		}
	}
	return o
}

// remove deletes the object and waits until it is gone. A refusal that may pass,
// as of a volume that is still being created, is tried again until the deadline.
func (c *cloud) remove(ctx context.Context, o orphan) error {
	client, err := c.service(o.kind)
	if err != nil {
		return err
	}
	path, err := expand(c.own(o.kind.object), o.object, escape)
	if err != nil {
		return err
	}
	address, refusal := client.ServiceURL(path), errors.New("not asked yet")
	for {
		if refusal != nil {
			refusal = c.requestRemoval(ctx, client, address, o)
		}
		gone, err := c.gone(ctx, client, address)
		switch {
		case refusal != nil && !passing(refusal):
			return refusal
		case gone:
			return nil
		case err != nil && !passing(err):
			return err
		}
		if err := wait(ctx, pollInterval); err != nil {
			return errors.Join(err, refusal)
		}
	}
}

func (c *cloud) requestRemoval(ctx context.Context, client *gophercloud.ServiceClient, address string, o orphan) error {
	if o.detach == "" {
		_, err := client.Delete(ctx, address, &gophercloud.RequestOpts{OkCodes: []int{200, 202, 204, 404}})
		return err
	}
	path, err := expand(o.detach, o.object, escape)
	if err != nil {
		return err
	}
	body := map[string]string{"port_id": o.id}
	_, err = client.Put(ctx, client.ServiceURL(path), body, nil, &gophercloud.RequestOpts{OkCodes: []int{200, 404}})
	return err
}

// gone says whether the object no longer exists. Nova may go on
// showing what it deleted.
func (c *cloud) gone(ctx context.Context, client *gophercloud.ServiceClient, address string) (bool, error) {
	var answer map[string]any
	_, err := client.Get(ctx, address, &answer, nil)
	status := text(unwrap(answer)["status"])
	return status == "DELETED" || status == "SOFT_DELETED" || gophercloud.ResponseCodeIs(err, http.StatusNotFound), err
}

// passing says whether the cloud may answer otherwise later: Cinder says 400 to
// the deletion of a volume that is busy, the others 409.
func passing(err error) bool {
	var code gophercloud.ErrUnexpectedResponseCode
	return errors.As(err, &code) &&
		(code.Actual == http.StatusBadRequest || code.Actual == http.StatusConflict || code.Actual >= http.StatusInternalServerError)
}
