package policy

import (
	"fmt"

	"slipway/internal/config"
)

func sizeRules() []Rule {
	return []Rule{
		{
			ID: "within-limits", Level: Mandatory, Title: "The stack stays within its share of the cloud",
			Why:  "A typing error in a count or a size takes what other stacks need, and shows on the bill.",
			Mend: "Make do with less, or raise slipway:policy.limits", Limits: []string{"servers", "volumeGB", "floatingIPs"},
			Stack: withinLimits,
		},
		{
			ID: "unique-server-names", Level: Mandatory, Title: "Servers have names of their own",
			Why:   "A node is found by its host name: two of the same name take turns in being the one Node.",
			Mend:  "Rename one of them",
			Stack: uniqueNames,
		},
		{
			ID: "marked-for-cluster", Level: Mandatory, Title: "What is in the cloud says which cluster it belongs to",
			Why:      "Without the mark nobody can tell whether a thing is still needed, and a sweep leaves it behind.",
			Mend:     "Set the tag slipway-cluster=<name>, or the metadata slipway-cluster",
			Types:    []string{typeNetwork, typeSubnet, typePort, typeFloatingIP, typeGroup, typeServer, typeVolume, typeBalancer, "openstack:networking/router:Router"},
			Resource: marked,
		},
	}
}

func withinLimits(s Stack, set Settings) []Finding {
	size := 0
	for _, v := range s.ofType(typeVolume) {
		size += v.number("size")
	}
	var findings []Finding
	for _, l := range []struct {
		what       string
		has, limit int
	}{
		{"servers", len(s.ofType(typeServer)), set.Limits.Servers},
		{"GiB of volumes", size, set.Limits.VolumeGB},
		{"floating IPs", len(s.ofType(typeFloatingIP, typeAssociation)), set.Limits.FloatingIPs},
	} {
		if l.limit > 0 && l.has > l.limit {
			findings = append(findings, Finding{Message: fmt.Sprintf("%d %s, the limit is %d", l.has, l.what, l.limit)})
		}
	}
	return findings
}

func uniqueNames(s Stack, _ Settings) []Finding {
	names := config.HostNames{}
	var findings []Finding
	for _, server := range s.ofType(typeServer) {
		name := server.text("name")
		if name == "" {
			continue
		}
		if problem := names.Claim(name, server.Name); problem != "" {
			findings = append(findings, blame(server, "its name %s %s", name, problem))
		}
	}
	return findings
}

// mark is that of a cluster, networkMark that of a network that clusters share.
const mark, networkMark = "slipway-cluster", "slipway-network"

func marked(r Resource, s Settings) []string {
	mark, name := mark, s.Cluster
	if s.Network != "" {
		mark, name = networkMark, s.Network
	}
	metadata, tags := r.at("metadata", mark), r.at("tags")
	if metadata.IsComputed() || tags.IsComputed() || textOf(metadata) == name {
		return nil
	}
	for _, tag := range listOf(tags) {
		if tag.IsComputed() || textOf(tag) == mark+"="+name {
			return nil
		}
	}
	return []string{"has no mark " + mark + "=" + name}
}
