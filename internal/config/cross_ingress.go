package config

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// crossIngress wants clients to have a way to Traefik.
func crossIngress(c *Config) field.ErrorList {
	switch i := c.Ingress; {
	case !i.Enabled:
		return nil
	case i.Type == IngressKeepalived:
		return crossIngressKeepalived(c)
	default:
		return crossIngressAddress(c)
	}
}

// crossIngressAddress wants somebody to give Traefik's Service an address: the
// provider would wait for one in vain.
func crossIngressAddress(c *Config) field.ErrorList {
	i, m, path := c.Ingress, c.MetalLB, root("ingress")
	var errs field.ErrorList
	if i.Access != nil {
		errs = append(errs, field.Forbidden(path.Child("access"), fmt.Sprintf("belongs to %s: %s; with MetalLB %s decides", path.Child("type"), IngressKeepalived, root("metalLB").Child("access"))))
	}
	balancers := c.CloudController.Enabled && c.CloudController.LoadBalancers
	switch address := path.Child("address"); {
	case !m.Enabled && !balancers:
		errs = append(errs, field.Invalid(path.Child("enabled"), true, fmt.Sprintf(
			"needs an address: enable %s, on OpenStack %s, or have %s: %s", root("metalLB"), root("cloudController").Child("loadBalancers"), path.Child("type"), IngressKeepalived)))
	case i.Address.IsValid() && !m.Enabled:
		errs = append(errs, field.Invalid(address, i.Address.String(), fmt.Sprintf("chooses among the addresses of %s, which is not enabled", root("metalLB"))))
	case i.Address.IsValid() && !m.gives(i.Address):
		errs = append(errs, field.Invalid(address, i.Address.String(), fmt.Sprintf("is in none of %s", root("metalLB").Child("pools"))))
	case !i.Address.IsValid() && m.Enabled && m.onlyOnRequest():
		errs = append(errs, field.Required(address, fmt.Sprintf("every one of %s gives addresses on request only", root("metalLB").Child("pools"))))
	}
	return errs
}

// crossIngressKeepalived wants a virtual address with free ports.
func crossIngressKeepalived(c *Config) field.ErrorList {
	i, path, port := c.Ingress, root("ingress"), root("endpoint").Child("port")
	var errs field.ErrorList
	if c.Endpoint.Type != EndpointKeepalived {
		errs = append(errs, field.Invalid(path.Child("type"), i.Type, fmt.Sprintf("is reached at the API's virtual address, but %s is %s", root("endpoint").Child("type"), c.Endpoint.Type)))
	}
	if i.Address.IsValid() {
		errs = append(errs, field.Forbidden(path.Child("address"), fmt.Sprintf("belongs to %s: %s; this type is reached at %s", path.Child("type"), IngressLoadBalancer, virtualAddress)))
	}
	if slices.Contains(i.Ports(), c.Endpoint.Port) {
		errs = append(errs, field.Invalid(port, c.Endpoint.Port, fmt.Sprintf("is Traefik's with %s: %s, at the same address", path.Child("type"), i.Type)))
	}
	if c.ExternalDNS.Enabled && i.PublicAddress == "" {
		errs = append(errs, field.Required(path.Child("publicAddress"), fmt.Sprintf("what names lead to that %s writes: Traefik's Service has no address with this type", root("externalDNS"))))
	}
	if i.Access == nil && !c.OnHosts() {
		errs = append(errs, field.Required(path.Child("access"), "the ranges that may reach it, e.g. [192.0.2.0/24], or [0.0.0.0/0] for everybody"))
	}
	return errs
}
