// Package ext is what Traefik leaves for others to add to its configuration:
// nothing here. Upstream's is a module of its own that is in no release.
package ext

// HTTP adds nothing to the configuration of HTTP.
type HTTP struct{}

// Router adds nothing to that of a router.
type Router struct{}
