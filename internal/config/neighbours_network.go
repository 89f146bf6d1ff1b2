package config

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Self is which stack a configuration is of.
type Self struct{ Organization, Project, Stack string }

// together says whether another stack's cluster is in the network of this one's.
// Its file is beside this one's, so both are of one project.
func (c *Config) together(n neighbour, self Self) bool {
	full := func(stack string) string { return FullStackName(stack, self.Organization, self.Project) }
	return n.config.JoinsNetwork() && full(n.config.Network.Stack) == full(c.Network.Stack)
}

// checkSharedNames keeps the names of machines, security groups and server groups
// apart, all of which begin with the cluster's.
func (c *Config) checkSharedNames(n neighbour) field.ErrorList {
	if own := c.Cluster.Name; own == n.config.Cluster.Name {
		return field.ErrorList{field.Invalid(root("cluster").Child("name"), own, "is that of stack "+n.stack+" too, in the same network")}
	}
	theirs := map[string]bool{}
	for _, h := range n.config.hosts() {
		theirs[h.name] = true
	}
	var errs field.ErrorList
	for _, h := range c.hosts() {
		if theirs[h.name] {
			errs = append(errs, field.Invalid(h.path, h.name, "is a host name of stack "+n.stack+" too, in the same network"))
		}
	}
	return errs
}

// checkSharedPods keeps the ranges of pods apart whose packets the network sees: one
// router and one subnet carry those of both clusters.
func (c *Config) checkSharedPods(n neighbour) field.ErrorList {
	ours, theirs := c.Kubernetes.PodCIDR, n.config.Kubernetes.PodCIDR
	if !c.RoutesPods() || !n.config.RoutesPods() || !ours.IsValid() || !theirs.IsValid() || !ours.Overlaps(theirs) {
		return nil
	}
	return field.ErrorList{field.Invalid(root("kubernetes").Child("podCIDR"), ours.String(),
		fmt.Sprintf("overlaps %s of stack %s: the network that they share carries the pods' packets of both", theirs, n.stack))}
}
