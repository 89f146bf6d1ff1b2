package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/external-dns/endpoint"
	"sigs.k8s.io/external-dns/plan"
)

// fake keeps record sets in memory; it refuses names with "refused" in them.
type fake struct{ sets []recordSet }

func (f *fake) zones(context.Context) (map[string]string, error) {
	return map[string]string{"test.": "1", "apps.test.": "2"}, nil
}

func (f *fake) recordSets(_ context.Context, zone string) (found []recordSet, err error) {
	for _, r := range f.sets {
		if r.zone == zone {
			found = append(found, r)
		}
	}
	return found, nil
}

func (f *fake) create(_ context.Context, r recordSet) error {
	if strings.Contains(r.name, "refused") {
		return errors.New("quota")
	}
	r.id = r.name + r.kind
	f.sets = append(f.sets, r)
	return nil
}

func (f *fake) update(ctx context.Context, r recordSet) error {
	if err := f.remove(ctx, r); err != nil {
		return err
	}
	f.sets = append(f.sets, r)
	return nil
}

func (f *fake) remove(_ context.Context, r recordSet) error {
	before := len(f.sets)
	f.sets = slices.DeleteFunc(f.sets, func(have recordSet) bool { return have.id == r.id && have.zone == r.zone })
	if len(f.sets) == before {
		return errors.New("no such record set")
	}
	return nil
}

func TestRecordsFollow(t *testing.T) {
	f := &fake{sets: []recordSet{{id: "soa", zone: "2", name: "apps.test.", kind: "SOA", values: []string{"ns"}}}}
	d := designate{f, endpoint.NewDomainFilter(nil)}
	apply := func(c plan.Changes) {
		t.Helper()
		if err := d.ApplyChanges(t.Context(), &c); err != nil {
			t.Fatal(err)
		}
	}
	one := endpoint.NewEndpoint("web.apps.test", "A", "10.0.0.1")
	apply(plan.Changes{Create: []*endpoint.Endpoint{one, endpoint.NewEndpoint("alias.test", "CNAME", "web.apps.test")}})
	if f.sets[1].zone != "2" || f.sets[2].zone != "1" || f.sets[2].values[0] != "web.apps.test." {
		t.Errorf("they are %+v", f.sets)
	}
	apply(plan.Changes{UpdateOld: []*endpoint.Endpoint{one}, UpdateNew: []*endpoint.Endpoint{endpoint.NewEndpoint("web.apps.test", "A", "10.0.0.2")}})
	found, err := d.Records(t.Context())
	if err != nil || len(found) != 2 { // not the zone's own
		t.Fatalf("%v, %v", found, err)
	}
	apply(plan.Changes{Delete: found})
	if len(f.sets) != 1 || f.sets[0].id != "soa" {
		t.Errorf("left is %+v", f.sets)
	}
}

// A zone that does not count is not there, whatever is in it.
func TestOtherZones(t *testing.T) {
	f := &fake{sets: []recordSet{{id: "1", zone: "1", name: "web.test.", kind: "A", values: []string{"10.0.0.1"}}}}
	d := designate{f, endpoint.NewDomainFilter([]string{"apps.test"})}
	err := d.ApplyChanges(t.Context(), &plan.Changes{Create: []*endpoint.Endpoint{endpoint.NewEndpoint("b.test", "A", "10.0.0.2")}})
	if found, listErr := d.Records(t.Context()); err != nil || listErr != nil || len(found) != 0 || len(f.sets) != 1 {
		t.Errorf("%v, %v: %v", err, listErr, f.sets)
	}
}

// What fails does not hold the rest up, and is told.
func TestWhatFails(t *testing.T) {
	f := &fake{}
	err := designate{f, endpoint.NewDomainFilter(nil)}.ApplyChanges(t.Context(), &plan.Changes{Create: []*endpoint.Endpoint{
		endpoint.NewEndpoint("refused.test", "A", "10.0.0.1"), endpoint.NewEndpoint("elsewhere.org", "A", "10.0.0.1"), endpoint.NewEndpoint("web.test", "A", "10.0.0.1"),
	}})
	if err == nil || err.Error() != "quota" || len(f.sets) != 1 {
		t.Errorf("%v; there are %+v", err, f.sets)
	}
}
