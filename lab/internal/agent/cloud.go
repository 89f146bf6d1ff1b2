package agent

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/volumes"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/instanceactions"
	"github.com/gophercloud/gophercloud/v2/openstack/compute/v2/servers"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"github.com/gophercloud/gophercloud/v2/pagination"

	"slipway/lab/internal/machine"
)

// adminCloud is the entry of clouds.yaml that sees every project.
const adminCloud = "slipway-lab-admin"

// callTimeout bounds one API call: a cloud that is being stopped may accept a
// connection and never answer.
const callTimeout = 30 * time.Second

// cloud reads the state of all servers. It changes nothing.
type cloud struct {
	compute, network, volume *gophercloud.ServiceClient
	boots                    map[string]lastBoot
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
	c := &cloud{boots: map[string]lastBoot{}}
	if c.compute, err = openstack.NewComputeV2(provider, endpoint); err != nil {
		return nil, err
	}
	if c.network, err = openstack.NewNetworkV2(provider, endpoint); err != nil {
		return nil, err
	}
	c.volume, err = openstack.NewBlockStorageV3(provider, endpoint)
	return c, err
}

// Servers lists what the cloud wants, across all projects.
func (c *cloud) Servers(ctx context.Context) ([]Server, error) {
	page, err := servers.List(c.compute, servers.ListOpts{AllTenants: true}).AllPages(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing servers: %w", err)
	}
	listed, err := servers.ExtractServers(page)
	if err != nil {
		return nil, fmt.Errorf("listing servers: %w", err)
	}
	seen := map[string]lastBoot{}
	var all []Server
	for _, s := range listed {
		if s.Status == "DELETED" || s.Status == "SOFT_DELETED" {
			continue
		}
		boot, err := c.lastBoot(ctx, s)
		if err != nil {
			return nil, err
		}
		seen[s.ID] = boot
		all = append(all, Server{
			ID: s.ID, Name: s.Name, Status: s.Status, Request: boot.request, Rebuild: boot.rebuild,
			MACs: macsOf(s.Addresses), Volumes: volumesOf(s.AttachedVolumes),
		})
	}
	c.boots = seen
	return all, nil
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

func volumesOf(attached []servers.AttachedVolume) []string {
	var ids []string
	for _, volume := range attached {
		ids = append(ids, volume.ID)
	}
	slices.Sort(ids)
	return ids
}

// Disks looks up the sizes of volumes. One that is gone already is left out.
func (c *cloud) Disks(ctx context.Context, ids []string) ([]machine.Disk, error) {
	var disks []machine.Disk
	for _, id := range ids {
		volume, err := volumes.Get(ctx, c.volume, id).Extract()
		if gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("looking up volume %s: %w", id, err)
		}
		disks = append(disks, machine.Disk{Volume: volume.ID, GiB: volume.Size})
	}
	return disks, nil
}

// VolumeSizes lists all volumes with their sizes in GiB.
func (c *cloud) VolumeSizes(ctx context.Context) (map[string]int, error) {
	sizes := map[string]int{}
	err := volumes.List(c.volume, volumes.ListOpts{AllTenants: true}).EachPage(ctx,
		func(_ context.Context, page pagination.Page) (bool, error) {
			listed, err := volumes.ExtractVolumes(page)
			for _, volume := range listed {
				sizes[volume.ID] = volume.Size
			}
			return true, err
		})
	if err != nil {
		return nil, fmt.Errorf("listing volumes: %w", err)
	}
	return sizes, nil
}
