package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/plan"
	"sigs.k8s.io/external-dns/provider"
)

// recordSet is one of Designate's: all values of a name and type.
type recordSet struct {
	id, zone, name, kind string
	ttl                  int
	values               []string
}

// store is where record sets are kept.
type store interface {
	// zones maps the names of all zones, each with its last dot, to their ids.
	zones(ctx context.Context) (map[string]string, error)
	recordSets(ctx context.Context, zone string) ([]recordSet, error)
	create(ctx context.Context, r recordSet) error
	update(ctx context.Context, r recordSet) error
	remove(ctx context.Context, r recordSet) error
}

// designate is what ExternalDNS asks.
type designate struct {
	store store
	only  *endpoint.DomainFilter // the zones that count
}

var _ provider.Provider = designate{}

func (d designate) GetDomainFilter() endpoint.DomainFilterInterface {
	return d.only
}

func (d designate) AdjustEndpoints(all []*endpoint.Endpoint) ([]*endpoint.Endpoint, error) {
	return all, nil
}

// Records are all of the kinds that ExternalDNS may have made.
func (d designate) Records(ctx context.Context) ([]*endpoint.Endpoint, error) {
	all, _, err := d.list(ctx)
	var found []*endpoint.Endpoint
	for _, r := range all {
		if slices.Contains([]string{endpoint.RecordTypeA, endpoint.RecordTypeCNAME, endpoint.RecordTypeTXT}, r.kind) {
			found = append(found, endpoint.NewEndpointWithTTL(r.name, r.kind, endpoint.TTL(r.ttl), r.values...))
		}
	}
	return found, err
}

func (d designate) list(ctx context.Context) (all []recordSet, zones map[string]string, err error) {
	if zones, err = d.store.zones(ctx); err != nil {
		return nil, nil, fmt.Errorf("listing zones: %w", err)
	}
	maps.DeleteFunc(zones, func(name, _ string) bool { return !d.only.Match(strings.TrimSuffix(name, ".")) })
	for name, id := range zones {
		sets, err := d.store.recordSets(ctx, id)
		if err != nil {
			return nil, nil, fmt.Errorf("listing the records of %s: %w", name, err)
		}
		all = append(all, sets...)
	}
	return all, zones, nil
}

// ApplyChanges does all that it can, and reports what failed.
func (d designate) ApplyChanges(ctx context.Context, changes *plan.Changes) error {
	all, zones, err := d.list(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range slices.Concat(changes.Create, changes.UpdateNew) {
		errs = append(errs, d.put(ctx, wanted(e), all, zones))
	}
	for _, e := range changes.Delete {
		if have, ok := find(all, wanted(e)); ok {
			fmt.Println("deleting", have.kind, have.name)
			errs = append(errs, d.store.remove(ctx, have))
		}
	}
	return errors.Join(errs...)
}

// put has a record set be as it is wanted.
func (d designate) put(ctx context.Context, r recordSet, all []recordSet, zones map[string]string) error {
	fmt.Println("setting", r.kind, r.name, strings.Join(r.values, " "))
	if have, ok := find(all, r); ok {
		r.id, r.zone = have.id, have.zone
		return d.store.update(ctx, r)
	}
	if r.zone = zoneOf(r.name, zones); r.zone == "" {
		fmt.Println("no zone for", r.name) // and no error, as with upstream's
		return nil
	}
	return d.store.create(ctx, r)
}

// wanted is a record set as ExternalDNS asks for it.
func wanted(e *endpoint.Endpoint) recordSet {
	r := recordSet{name: provider.EnsureTrailingDot(e.DNSName), kind: e.RecordType, ttl: int(e.RecordTTL), values: slices.Clone(e.Targets)}
	if r.kind == endpoint.RecordTypeCNAME {
		for i, target := range r.values {
			r.values[i] = provider.EnsureTrailingDot(target)
		}
	}
	return r
}

func find(all []recordSet, r recordSet) (recordSet, bool) {
	i := slices.IndexFunc(all, func(have recordSet) bool { return have.name == r.name && have.kind == r.kind })
	if i < 0 {
		return recordSet{}, false
	}
	return all[i], true
}

// zoneOf is the smallest zone that a name is in.
func zoneOf(name string, zones map[string]string) string {
	best := ""
	for zone := range zones {
		if (name == zone || strings.HasSuffix(name, "."+zone)) && len(zone) > len(best) {
			best = zone
		}
	}
	return zones[best]
}
