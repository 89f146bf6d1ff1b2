package config

import "testing"

func TestKeystoneAuth(t *testing.T) {
	const on = `{enabled: true, roles: {member: view, admin: cluster-admin}}`
	nowhere, unscoped := facts(), facts()
	nowhere.Identity = ""
	unscoped.ProjectID = ""
	for name, tt := range map[string]struct {
		value string
		cloud CloudFacts
		want  string
	}{
		"off":             {"{}", nowhere, ""},
		"on":              {on, facts(), ""},
		"other projects":  {`{enabled: true, projects: [0123456789abcdef0123456789abcdef, default], roles: {load-balancer_member: "system:basic-user"}}`, unscoped, ""},
		"no Keystone":     {on, nowhere, `slipway:keystoneAuth.enabled: Invalid value: true: needs the address of Keystone, which this cloud's catalogue does not have (openstack catalog list)`},
		"no project":      {on, unscoped, `slipway:keystoneAuth.enabled: Invalid value: true: needs a project, which your login is not for; set slipway:keystoneAuth.projects`},
		"no roles":        {"{enabled: true}", facts(), `slipway:keystoneAuth.roles: Required value: which role in the project gives which ClusterRole, for instance member: view`},
		"a project twice": {`{projects: [a, a]}`, facts(), `slipway:keystoneAuth.projects[1]: Duplicate value: "a"`},
		"wrong values": {`{projects: [my project], roles: {"a b": view, member: "", admin: a/b}}`, facts(), `slipway:keystoneAuth.projects[0]: Invalid value: "my project": must be a project's id, not its name (openstack project show)
slipway:keystoneAuth.roles[a b]: Invalid value: "a b": must be a role of Keystone, of letters, digits, '-', '_' and '.', that begins and ends with a letter or digit
slipway:keystoneAuth.roles[admin]: Invalid value: "a/b": may not contain '/'
slipway:keystoneAuth.roles[member]: Required value: the ClusterRole that it gives`},
	} {
		t.Run(name, func(t *testing.T) {
			c, problems := Load(with(t, "slipway:keystoneAuth", tt.value))
			checkProblems(t, append(problems, c.CheckCloud(tt.cloud)...), tt.want)
		})
	}
}
