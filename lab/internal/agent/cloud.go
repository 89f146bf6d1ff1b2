package agent

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/instanceactions"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
)

// adminCloud is the entry of clouds.yaml that sees every project.
const adminCloud = "slipway-lab-admin"

// callTimeout bounds one API call: a cloud that is being stopped may accept a
// connection and never answer.
const callTimeout = 30 * time.Second

// A list of all servers costs the cloud a quarter of a CPU second, a list of
// the changed ones a sixth of that. Changed ports do not count as a change of
// the server and show in the full list only.
const (
	fullListInterval = 20 * time.Second
	changesOverlap   = 10 * time.Second
)

// cloud reads the state of all servers. It changes nothing.
type cloud struct {
	compute, network, volume *gophercloud.ServiceClient

	servers map[string]Server
	boots   map[string]lastBoot
	// listed is when all servers were last listed, looked when the changed ones were.
	listed, looked time.Time
}

// lastBoot is the newest boot request of a server, as of a version of it.
type lastBoot struct {
	version time.Time
	status  string
	request string
	rebuild bool
}

func connect(ctx context.Context, cloudsYAML string) (*cloud, error) {
	auth, endpoint, tls, err := clouds.Parse(clouds.WithLocations(cloudsYAML), clouds.WithCloudName(adminCloud))
	if err != nil {
		return nil, fmt.Errorf("reading cloud %q: %w", adminCloud, err)
	}
	auth.AllowReauth = true // tokens expire while the lab runs for days
	client := http.Client{Timeout: callTimeout}
	provider, err := config.NewProviderClient(ctx, auth, config.WithHTTPClient(client), config.WithTLSConfig(tls))
	if err != nil {
		return nil, fmt.Errorf("logging in: %w", err)
	}
	c := &cloud{servers: map[string]Server{}, boots: map[string]lastBoot{}}
	if c.compute, err = openstack.NewComputeV2(provider, endpoint); err != nil {
		return nil, err
	}
	if c.network, err = openstack.NewNetworkV2(provider, endpoint); err != nil {
		return nil, err
	}
	c.volume, err = openstack.NewBlockStorageV3(provider, endpoint)
	return c, err
}

// Servers lists what the cloud wants, across all projects. Volumes are left to
// Volumes.
func (c *cloud) Servers(ctx context.Context) ([]Server, error) {
	begin := time.Now()
	options := servers.ListOpts{AllTenants: true}
	full := begin.Sub(c.listed) > fullListInterval
	if !full {
		options.ChangesSince = c.looked.Add(-changesOverlap).UTC().Format(time.RFC3339)
	}
	page, err := servers.List(c.compute, options).AllPages(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing servers: %w", err)
	}
	listed, err := servers.ExtractServers(page)
	if err != nil {
		return nil, fmt.Errorf("listing servers: %w", err)
	}
	if full {
		clear(c.servers)
		c.listed = begin
	}
	for _, s := range listed {
		if err := c.update(ctx, s); err != nil {
			c.listed = time.Time{} // what was left out is made up for
			return nil, err
		}
	}
	c.looked = begin
	return slices.Collect(maps.Values(c.servers)), nil
}

func (c *cloud) update(ctx context.Context, s servers.Server) error {
	if s.Status == "DELETED" || s.Status == "SOFT_DELETED" {
		delete(c.servers, s.ID)
		delete(c.boots, s.ID)
		return nil
	}
	boot, err := c.lastBoot(ctx, s)
	if err != nil {
		return err
	}
	c.boots[s.ID] = boot
	c.servers[s.ID] = Server{
		ID: s.ID, Name: s.Name, Status: s.Status, Request: boot.request, Rebuild: boot.rebuild, MACs: macsOf(s.Addresses),
	}
	return nil
}

// Gone says whether a server that is missing in a list is really deleted. Nova
// leaves servers out whose database does not answer in time.
func (c *cloud) Gone(ctx context.Context, id string) (bool, error) {
	s, err := servers.Get(ctx, c.compute, id).Extract()
	if gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking up server %s: %w", id, err)
	}
	return s.Status == "DELETED" || s.Status == "SOFT_DELETED", nil
}

// lastBoot asks for the server's actions when it has changed since the last
// time. Its status alone would not show a reboot, which may be over between two
// looks.
func (c *cloud) lastBoot(ctx context.Context, s servers.Server) (lastBoot, error) {
	known, found := c.boots[s.ID]
	// Versions have a resolution of one second: look again while it is young.
	settled := time.Since(s.Updated) > 5*time.Second
	if powerOf(s.Status) == Keep || (found && known.version.Equal(s.Updated) && known.status == s.Status && settled) {
		return known, nil
	}
	page, err := instanceactions.List(c.compute, s.ID, nil).AllPages(ctx)
	if gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		return known, nil // deleted meanwhile
	}
	if err != nil {
		return known, fmt.Errorf("listing the actions of server %q: %w", s.Name, err)
	}
	actions, err := instanceactions.ExtractInstanceActions(page)
	if err != nil {
		return known, fmt.Errorf("listing the actions of server %q: %w", s.Name, err)
	}
	boot := newestBoot(actions)
	boot.version, boot.status = s.Updated, s.Status
	return boot, nil
}

// newestBoot finds the newest request after which a guest boots.
func newestBoot(actions []instanceactions.InstanceAction) lastBoot {
	var boot lastBoot
	var newest time.Time
	for _, a := range actions {
		switch a.Action {
		case "create", "start", "reboot", "rebuild", "unshelve", "restore":
			if boot.request == "" || a.StartTime.After(newest) {
				newest, boot.request, boot.rebuild = a.StartTime, a.RequestID, a.Action == "rebuild"
			}
		}
	}
	return boot
}

// macsOf reads the addresses of a server by network; the type is Nova's JSON.
func macsOf(networks map[string]any) []string {
	var macs []string
	for _, list := range networks {
		entries, _ := list.([]any)
		for _, entry := range entries {
			fields, _ := entry.(map[string]any)
			// A floating IP repeats the MAC of its port.
			if mac, ok := fields["OS-EXT-IPS-MAC:mac_addr"].(string); ok {
				macs = append(macs, mac)
			}
		}
	}
	slices.Sort(macs)
	return slices.Compact(macs)
}
