package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// dns01: an ACME server finds in the cloud's DNS whose a name is.
func dns01() scenario {
	d := &byDNS{}
	return scenario{
		name: "dns01", story: "any name of a kind is answered by HTTPS, as an ACME server found a record in Designate; no record stays",
		stack: dns01Stack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"a server, its HTTPRoute, and an ACME server that asks the cloud's name server", d.serve},
			{"without the zone, the stack is refused", d.refused},
			{"a zone of Designate, with a record of somebody else", d.zone.create},
			{"make up with the ACME server as an issuer", d.use},
			{"any name of a kind is answered by HTTPS, with a certificate of the ACME server", d.vouches},
			{"the record of the challenge is gone", d.recordIsGone},
			{"make up reports no change", secondUp},
			{"the credential's secret is nowhere to be read", dns01Credential.isHidden},
			{"with another credential, a certificate that is deleted is issued again", d.nextCredential},
			{"the servers go", withoutServers},
			{"out of the configuration, only definitions are left", d.without},
			{"make destroy", destroyStack},
			{"only the record of somebody else is left", d.zone.onlyOthers},
			{"the zone goes", d.zone.remove},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// byDNS has names in a zone vouched for.
type byDNS struct{ zone zone }

const anyName = "*." + zoneName

// serve takes a former run's zone away first: the next step wants none.
func (d *byDNS) serve(ctx context.Context, st *stage) error {
	if err := d.zone.remove(ctx, st); err != nil {
		return err
	}
	server, err := d.zone.nameserver()
	if err != nil {
		return err
	}
	names := strings.Replace(secureManifest, "hostnames: ["+secureName+", "+acmeName+"]", `hostnames: ["`+anyName+`"]`, 1)
	asking := strings.Replace(acmeManifest, "args: [-config, /config/pebble.json]", `args: [-config, /config/pebble.json, -dnsserver, "`+server+`:53"]`, 1)
	if names == secureManifest || asking == acmeManifest {
		return errors.New("the manifests are not as they were")
	}
	if err := st.apply(ctx, names); err != nil {
		return err
	}
	if err := st.apply(ctx, asking); err != nil {
		return err
	}
	_, err = st.kubectl(ctx, "rollout", "status", "deployment/pebble", "--timeout=3m", "--request-timeout=4m")
	return err
}

// with has the ACME server vouch for the names.
func (d *byDNS) with(ctx context.Context, st *stage, generation int) (func(values), error) {
	authority, err := st.authority(ctx)
	if err != nil {
		return nil, err
	}
	server, err := d.zone.nameserver()
	return func(v values) {
		v.at("slipway:certManager")["dns01"] = map[string]any{"nameservers": []string{server}, "credentialGeneration": generation}
		v.at("slipway:certManager", "issuers")["public"] = map[string]any{"type": "acme", "acme": map[string]any{
			"server": "https://pebble.default.svc.cluster.local:14000/dir", "caBundle": authority, "challenge": "dns01",
		}}
		v.at("slipway:ingress")["tls"] = map[string]any{anyName: map[string]any{"issuer": "public"}}
	}, err
}

func (d *byDNS) refused(ctx context.Context, st *stage) error {
	change, err := d.with(ctx, st, 1)
	if err != nil {
		return err
	}
	out, err := st.makeWith(ctx, "preview", change)
	if want := "slipway:ingress.tls[" + anyName + "]: Invalid value: \"" + anyName + "\": is in no zone of its own of this project"; err == nil || !strings.Contains(out, want) {
		return fmt.Errorf("a preview does not say %s: %w\n%s", want, err, out)
	}
	return nil
}

func (d *byDNS) use(ctx context.Context, st *stage) error { return d.useWith(ctx, st, 1) }

func (d *byDNS) useWith(ctx context.Context, st *stage, generation int) error {
	change, err := d.with(ctx, st, generation)
	if err != nil {
		return err
	}
	_, err = st.upWith(ctx, change)
	return err
}

func (d *byDNS) vouches(ctx context.Context, st *stage) error {
	root, err := st.acmeRoot(ctx)
	if err != nil {
		return err
	}
	_, err = st.vouched(ctx, "one."+zoneName, root, nil)
	return err
}

func (d *byDNS) recordIsGone(ctx context.Context, st *stage) error {
	return poll(ctx, recordTime, func() error { return d.zone.onlyOthers(ctx, st) })
}

func (d *byDNS) nextCredential(ctx context.Context, st *stage) error {
	if err := d.useWith(ctx, st, 2); err != nil {
		return err
	}
	if err := st.credentials(ctx, "dns01-cert-manager-2"); err != nil {
		return err
	}
	root, err := st.acmeRoot(ctx)
	if err != nil {
		return err
	}
	before, err := st.vouched(ctx, "two."+zoneName, root, nil)
	if err != nil {
		return err
	}
	if _, err := st.kubectl(ctx, "--namespace", "traefik", "delete", "secret", "wildcard-"+zoneName); err != nil {
		return err
	}
	if _, err = st.vouched(ctx, "two."+zoneName, root, before); err != nil {
		return err
	}
	return d.recordIsGone(ctx, st)
}

// without wants the API server to pass nothing on any more.
func (d *byDNS) without(ctx context.Context, st *stage) error {
	if err := withoutCertManager(ctx, st); err != nil {
		return err
	}
	left, err := st.kubectl(ctx, "get", "apiservices,clusterroles,clusterrolebindings", "--output=name")
	inside, other := st.kubectl(ctx, "get", "rolebindings,secrets,services", "--all-namespaces", "--output=name")
	for _, name := range strings.Fields(left + "\n" + inside) {
		if strings.Contains(name, "acme.syseleven.de") || strings.Contains(name, "designate-webhook") || strings.Contains(name, "wildcard-") {
			err = errors.Join(err, fmt.Errorf("the cluster still has %s", name))
		}
	}
	return errors.Join(err, other, st.credentials(ctx))
}
