package policy

import (
	"fmt"
	"slices"
	"strings"

	"slipway/internal/config"
)

const (
	typeVolume       = "openstack:blockstorage/volume:Volume"
	typeNetwork      = "openstack:networking/network:Network"
	typeSubnet       = "openstack:networking/subnet:Subnet"
	typeBalancer     = "openstack:loadbalancer/loadBalancer:LoadBalancer"
	typeStorageClass = "kubernetes:storage.k8s.io/v1:StorageClass"
)

func storageRules() []Rule {
	return []Rule{
		{
			ID: "protected-in-production", Level: Mandatory, Title: "Production protects what cannot be made again",
			Why:  "Network, the API's address and etcd's volumes cannot be made again as they were; a slip in the configuration deletes them.",
			Mend: "Set slipway:cluster.protect: true, or in the stack of a network alone slipway:network.protect: true", Production: true,
			Types: []string{typeNetwork, typeSubnet, typePort, typeFloatingIP, typeBalancer, typeVolume}, Resource: protected,
		},
		{
			ID: "volume-types", Level: Mandatory, Title: "Volumes are of a listed type",
			Why:  "In Cinder, whether a volume is encrypted is a matter of its type; without a list any will do.",
			Mend: "Set the type of the volumes, or of the storage class, to one that slipway:policy.limits.volumeTypes lists", Limits: []string{"volumeTypes"},
			Types: []string{typeVolume, typeStorageClass}, Resource: listedVolumeType,
		},
		{
			ID: "one-default-storage-class", Level: Mandatory, Title: "At most one storage class is the default",
			Why:   "With two, claims that name none get the newest, which changes with every new class.",
			Mend:  "Leave default: true at one class of slipway:cinderCSI and slipway:rookCeph",
			Stack: oneDefaultClass,
		},
	}
}

// endpoints are the components that have the API's address.
var endpoints = []string{"slipway:index:DirectEndpoint", "slipway:index:HAProxyKeepalivedVIP", "slipway:index:OctaviaEndpoint"}

func protected(r Resource, _ Settings) []string {
	what := ""
	switch r.Type {
	case typeNetwork, typeSubnet:
		what = "the network of the nodes"
	case typeVolume:
		if strings.HasSuffix(r.Name, "-etcd") {
			what = "a volume of etcd"
		}
	default:
		if r.below(endpoints...) {
			what = "the address of the API"
		}
	}
	if what == "" || r.Protect {
		return nil
	}
	return []string{"is " + what + " and not protected"}
}

func listedVolumeType(r Resource, s Settings) []string {
	if len(s.Limits.VolumeTypes) == 0 {
		return nil
	}
	v := r.at("volumeType")
	if r.Type == typeStorageClass {
		if r.text("provisioner") != "cinder.csi.openstack.org" {
			return nil
		}
		v = r.at("parameters", "type")
	}
	if v.IsComputed() || slices.Contains(s.Limits.VolumeTypes, textOf(v)) {
		return nil
	}
	if textOf(v) == "" {
		return []string{"has the cloud's default type"}
	}
	return []string{fmt.Sprintf("has the type %s", textOf(v))}
}

func oneDefaultClass(s Stack, _ Settings) []Finding {
	var classes []Resource
	var names []string
	for _, class := range s.ofType(typeStorageClass) {
		if class.text("metadata", "annotations", "storageclass.kubernetes.io/is-default-class") == "true" {
			classes, names = append(classes, class), append(names, class.Name)
		}
	}
	if problem := config.DefaultsProblem(names); problem != "" {
		return []Finding{blame(classes[len(classes)-1], "%s", problem)}
	}
	return nil
}
