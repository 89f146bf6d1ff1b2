package main

import (
	"context"
	"fmt"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/roles"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/users"
)

// person is somebody with roles in one project.
type person struct {
	name  string
	roles []string
	// elsewhere says that the project is not the cluster's.
	elsewhere bool
}

// create makes the user with the roles in its project.
func (who person) create(ctx context.Context, identity *gophercloud.ServiceClient, as gophercloud.AuthOptions) error {
	user, err := users.Create(ctx, identity, users.CreateOpts{Name: who.name, Password: as.Password, DomainID: as.DomainID}).Extract()
	if err != nil {
		return err
	}
	pages, err := roles.List(identity, roles.ListOpts{}).AllPages(ctx)
	if err != nil {
		return err
	}
	all, err := roles.ExtractRoles(pages)
	if err != nil {
		return err
	}
	for _, name := range who.roles {
		found := false
		for _, role := range all {
			if role.Name != name || role.DomainID != "" {
				continue
			}
			found = true
			if err := roles.Assign(ctx, identity, role.ID, roles.AssignOpts{UserID: user.ID, ProjectID: as.Scope.ProjectID}).ExtractErr(); err != nil {
				return err
			}
		}
		if !found {
			return fmt.Errorf("the cloud has no role %s", name)
		}
	}
	return nil
}
