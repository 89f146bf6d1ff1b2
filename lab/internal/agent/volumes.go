package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/volumes"

	"slipway/lab/internal/machine"
)

// Volume is a Cinder volume.
type Volume struct {
	ID  string
	GiB int
	// Servers are those that it is attached to.
	Servers []string
}

// Volumes lists the volumes of all projects.
func (c *cloud) Volumes(ctx context.Context) ([]Volume, error) {
	page, err := volumes.List(c.volume, volumes.ListOpts{AllTenants: true}).AllPages(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing volumes: %w", err)
	}
	listed, err := volumes.ExtractVolumes(page)
	if err != nil {
		return nil, fmt.Errorf("listing volumes: %w", err)
	}
	all := []Volume{}
	for _, v := range listed {
		volume := Volume{ID: v.ID, GiB: v.Size}
		for _, attachment := range v.Attachments {
			volume.Servers = append(volume.Servers, attachment.ServerID)
		}
		all = append(all, volume)
	}
	return all, nil
}

// disksOf are the volumes attached to a server, as disks of its machine.
func disksOf(server string, all []Volume) []machine.Disk {
	var disks []machine.Disk
	for _, v := range all {
		if slices.Contains(v.Servers, server) {
			disks = append(disks, machine.Disk{Volume: v.ID, GiB: v.GiB})
		}
	}
	return disks
}

// idsOf are the volumes attached to a server, sorted.
func idsOf(server string, all []Volume) []string {
	var ids []string
	for _, disk := range disksOf(server, all) {
		ids = append(ids, disk.Volume)
	}
	slices.Sort(ids)
	return ids
}

// disks are the volumes of a server as last seen.
func (a *agent) disks(server string) []machine.Disk {
	a.mu.Lock()
	defer a.mu.Unlock()
	return disksOf(server, a.volumes)
}

// syncFiles deletes the files of deleted volumes and follows extensions.
func (a *agent) syncFiles(ctx context.Context) error {
	a.mu.Lock()
	all := a.volumes
	a.mu.Unlock()
	files, err := a.host.ListVolumes()
	errs := []error{err}
	for _, id := range files {
		if i := slices.IndexFunc(all, func(v Volume) bool { return v.ID == id }); i >= 0 {
			errs = append(errs, a.host.ResizeVolume(ctx, id, all[i].GiB))
			continue
		}
		a.log.Printf("volume %s: deleting its file", id)
		errs = append(errs, a.host.DeleteVolume(ctx, id))
	}
	return errors.Join(errs...)
}
