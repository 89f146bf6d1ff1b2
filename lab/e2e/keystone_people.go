package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/users"
)

var (
	member        = person{name: "e2e-member", roles: []string{"member"}}
	administrator = person{name: "e2e-administrator", roles: []string{"admin"}}
	reader        = person{name: "e2e-reader", roles: []string{"reader"}}
	stranger      = person{name: "e2e-stranger", roles: []string{"member", "admin"}, elsewhere: true}
)

const otherProject = "e2e-elsewhere"

// people are users of the local cloud, and the tokens that they used.
type people struct {
	auth map[string]gophercloud.AuthOptions // by name
	used []needle
}

// create makes everybody anew; a former run may have left them.
func (p *people) create(ctx context.Context, st *stage) error {
	if err := p.remove(ctx, st); err != nil {
		return err
	}
	client, _, err := st.identity(ctx, userCloud)
	if err != nil {
		return err
	}
	own, err := client.GetAuthResult().(tokens.CreateResult).ExtractProject()
	if err != nil {
		return err
	}
	url := client.IdentityBase
	_, identity, err := st.identity(ctx, adminCloud)
	if err != nil {
		return err
	}
	other, err := projects.Create(ctx, identity, projects.CreateOpts{Name: otherProject, DomainID: own.Domain.ID}).Extract()
	if err != nil {
		return err
	}
	p.auth = map[string]gophercloud.AuthOptions{}
	for _, who := range []person{member, administrator, reader, stranger} {
		project := own.ID
		if who.elsewhere {
			project = other.ID
		}
		options := gophercloud.AuthOptions{IdentityEndpoint: url + "v3/", Username: who.name, Password: rand.Text(), DomainID: own.Domain.ID,
			Scope: &gophercloud.AuthScope{ProjectID: project}}
		if err := who.create(ctx, identity, options); err != nil {
			return fmt.Errorf("making user %s: %w", who.name, err)
		}
		p.auth[who.name] = options
	}
	return nil
}

// remove takes away everybody, and the other project.
func (p *people) remove(ctx context.Context, st *stage) error {
	_, identity, err := st.identity(ctx, adminCloud)
	if err != nil {
		return err
	}
	for _, who := range []person{member, administrator, reader, stranger} {
		pages, err := users.List(identity, users.ListOpts{Name: who.name}).AllPages(ctx)
		if err != nil {
			return err
		}
		found, err := users.ExtractUsers(pages)
		if err != nil {
			return err
		}
		for _, user := range found {
			if err := users.Delete(ctx, identity, user.ID).ExtractErr(); err != nil {
				return err
			}
		}
	}
	pages, err := projects.List(identity, projects.ListOpts{Name: otherProject}).AllPages(ctx)
	if err != nil {
		return err
	}
	found, err := projects.ExtractProjects(pages)
	for _, project := range found {
		err = errors.Join(err, projects.Delete(ctx, identity, project.ID).ExtractErr())
	}
	return err
}

// token logs the person in to Keystone.
func (p *people) token(ctx context.Context, who person) (string, error) {
	client, err := openstack.AuthenticatedClient(ctx, p.auth[who.name])
	if err != nil {
		return "", fmt.Errorf("logging in %s: %w", who.name, err)
	}
	p.used = append(p.used, needle{"token", who.name, client.Token()})
	return client.Token(), nil
}

// asks sends a person's requests with a new token, all of them as often as there
// are control planes: each connection may get to another one.
func (p *people) asks(ctx context.Context, st *stage, who person, requests ...request) error {
	nodes, err := st.hosts()
	if err != nil {
		return err
	}
	token, err := p.token(ctx, who)
	if err != nil {
		return err
	}
	for range nodes.controlPlanes {
		for _, r := range requests {
			if err := st.expect(ctx, token, r); err != nil {
				return fmt.Errorf("%s: %w", who.name, err)
			}
		}
	}
	return nil
}

// expect sends a request with a token.
func (st *stage) expect(ctx context.Context, token string, r request) error {
	a, err := st.api()
	if err != nil {
		return err
	}
	transport := a.client.Transport.(*http.Transport)
	transport.TLSClientConfig.Certificates = nil // the administrator's own
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, r.method, a.server.JoinPath(r.path).String(), strings.NewReader(r.body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != r.want {
		return fmt.Errorf("%s %s: %s, want %d", r.method, r.path, response.Status, r.want)
	}
	return nil
}

// withKubectl logs in as docs/keystone-auth.md says.
func (p *people) withKubectl(ctx context.Context, st *stage) error {
	token, err := p.token(ctx, member)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(st.kubeconfig())
	if err != nil {
		return err
	}
	// Everything before the users is as good for others.
	shared, _, found := strings.Cut(string(text), "\nusers:")
	_, user, other := strings.Cut(shared, "    user: ")
	if !found || !other {
		return fmt.Errorf("%s has no context and no users", st.kubeconfig())
	}
	user, _, _ = strings.Cut(user, "\n")
	file := filepath.Join(st.temp, "member.kubeconfig")
	if err := os.WriteFile(file, []byte(shared+"\nusers:\n- name: "+user+"\n  user:\n    token: "+token+"\n"), 0o600); err != nil {
		return err
	}
	defer os.Remove(file)
	out, err := st.tool(ctx, command{argv: []string{"kubectl", "--kubeconfig", file, "auth", "whoami"}})
	if err != nil {
		return err
	}
	for _, want := range []string{"keystone:default:" + member.name, "keystone:role:member", "keystone:project:" + p.auth[member.name].Scope.ProjectID} {
		if !strings.Contains(out, want) {
			return fmt.Errorf("kubectl auth whoami does not print %s", want)
		}
	}
	return nil
}

// tokensAreHidden looks for the tokens that were used where requests leave traces.
func (p *people) tokensAreHidden(ctx context.Context, st *stage) error {
	if len(p.used) == 0 {
		return errors.New("there is no token to look for")
	}
	s := &search{needles: p.used}
	return errors.Join(s.inState(ctx, st), s.inLogs(ctx, st), s.inTemporaryFiles(ctx, st), s.inCommandLines(ctx, st), s.inMachines(ctx, st))
}

func (l *lab) identity(ctx context.Context, cloud string) (*gophercloud.ProviderClient, *gophercloud.ServiceClient, error) {
	client, endpoints, err := l.connect(ctx, cloud)
	if err != nil {
		return nil, nil, err
	}
	identity, err := openstack.NewIdentityV3(client, endpoints)
	return client, identity, err
}
