package config

import (
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

const someHostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBQGqsTKTPIqhhvBLAFyIHqhOFuMpZRhwLZVQoYbAvJZ"

// loginKey is a private key that SSH can read.
func loginKey(t *testing.T, passphrase string) string {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

// onHosts is a stack of three control planes and a worker that exist, as text
// and changed.
func onHosts(t *testing.T, change func(hosts, machines map[string]any, raw map[string]string)) map[string]string {
	t.Helper()
	machines := map[string]any{}
	for name, role := range map[string]string{"h1": "control-plane", "h2": "control-plane", "h3": "control-plane", "h4": "worker"} {
		machines[name] = map[string]any{"address": "192.0.2.1" + name[1:], "hostKey": someHostKey, "role": role}
	}
	hosts := map[string]any{"user": "ops", "privateKey": loginKey(t, ""), "machines": machines}
	raw := map[string]string{
		"slipway:cluster":  `{"name": "rack"}`,
		"slipway:endpoint": `{"type": "keepalived", "keepalived": {"address": "192.0.2.100"}}`,
	}
	if change != nil {
		change(hosts, machines, raw)
	}
	text, err := json.Marshal(hosts)
	if err != nil {
		t.Fatal(err)
	}
	raw["slipway:hosts"] = string(text)
	return raw
}

func TestExistingMachinesHaveNoRouter(t *testing.T) {
	_, problems := Load(onHosts(t, func(_, _ map[string]any, raw map[string]string) {
		raw["slipway:kubernetes"] = `{"cni": "neutron-routes"}`
	}))
	checkProblems(t, problems, `slipway:kubernetes.cni: Invalid value: "neutron-routes": needs a router of OpenStack, but slipway:hosts lists machines that exist`)
}

// Nothing takes these off a machine that is to be free again.
func TestExistingMachinesHaveFlannel(t *testing.T) {
	for _, cni := range []string{"cilium", "calico"} {
		_, problems := Load(onHosts(t, func(_, _ map[string]any, raw map[string]string) {
			raw["slipway:kubernetes"] = `{"cni": "` + cni + `"}`
		}))
		checkProblems(t, problems, `slipway:kubernetes.cni: Invalid value: "`+cni+`": is not supported on machines that exist: use flannel`)
	}
}

func TestMachinesBecomeNodes(t *testing.T) {
	c := mustLoad(t, onHosts(t, func(_, machines map[string]any, _ map[string]string) {
		machines["h4"].(map[string]any)["pool"] = "gpu"
		for name, role := range map[string]string{"h5": "worker", "h6": "storage", "h7": "etcd", "h8": "proxy"} {
			machines[name] = map[string]any{"address": "192.0.2.2" + name[1:], "hostKey": someHostKey, "role": role}
		}
	}))
	got := map[string]string{"control-plane": names(c.ControlPlane.Nodes), "etcd": names(c.Etcd.Nodes), "proxy": names(c.Endpoint.Keepalived.Proxies.Nodes)}
	for pool, p := range c.WorkerPools {
		got["pool "+pool] = names(p.Nodes)
	}
	want := map[string]string{"control-plane": "h1 h2 h3", "etcd": "h7", "proxy": "h8", "pool gpu": "h4", "pool default": "h5", "pool storage": "h6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("machines by what they become (-want +got):\n%s", diff)
	}
	if c.ControlPlaneHost("h1") != "h1" || c.WorkerHost("gpu", "h4") != "h4" {
		t.Error("a machine that exists is called otherwise")
	}
	if label := c.WorkerPools["storage"].Labels[StorageLabel]; label != "storage" {
		t.Errorf("the label of storage nodes is %q", label)
	}
	if id := c.Endpoint.Keepalived.VirtualRouterID; id != 100 {
		t.Errorf("virtual router id %d, want the last number of the address", id)
	}
}

func names(nodes map[string]Node) string { return strings.Join(slices.Sorted(maps.Keys(nodes)), " ") }

func TestHostKeysComeFromKnownHosts(t *testing.T) {
	c := mustLoad(t, onHosts(t, func(hosts, machines map[string]any, _ map[string]string) {
		delete(machines["h2"].(map[string]any), "hostKey")
		hosts["knownHosts"] = "192.0.2.12 " + someHostKey + "\njump.example.org " + someHostKey + "\n"
		hosts["jump"] = map[string]any{"address": "jump.example.org"}
	}))
	if got := c.Hosts.Machines["h2"].HostKey; got != someHostKey {
		t.Errorf("the key of h2 is %q", got)
	}
	if j := c.Hosts.Jump; j.HostKey != someHostKey || j.User != "ops" {
		t.Errorf("the server in between is %+v", j)
	}
}

func TestValidateHosts(t *testing.T) {
	type object = map[string]any
	set := func(key string, value any) func(object, object, map[string]string) {
		return func(hosts, _ object, _ map[string]string) { hosts[key] = value }
	}
	machine := func(name, key string, value any) func(object, object, map[string]string) {
		return func(_, machines object, _ map[string]string) { machines[name].(object)[key] = value }
	}
	raw := func(key, value string) func(object, object, map[string]string) {
		return func(_, _ object, raw map[string]string) { raw[key] = value }
	}
	tests := map[string]struct {
		change func(hosts, machines object, raw map[string]string)
		want   string
	}{
		"baseline": {nil, ""},
		"no user":  {set("user", ""), `slipway:hosts.user: Required value: the login user of the machines, who may use sudo`},
		"no key":   {set("privateKey", ""), `slipway:hosts.privateKey: Required value: the key that logs in: pulumi config set --secret --path slipway:hosts.privateKey <file`},
		"bad key":  {set("privateKey", "secret text"), `slipway:hosts.privateKey: Invalid value: must be a private key in OpenSSH or PEM form`},
		"key with passphrase": {set("privateKey", loginKey(t, "word")),
			`slipway:hosts.privateKey: Invalid value: must have no passphrase: the stack's encryption protects it`},
		"password as a number": {set("sudoPassword", 1234), `slipway:hosts.sudoPassword: Invalid value: null: must be text (put it in quotes)`},
		"unknown role": {func(_, machines object, _ map[string]string) {
			machines["h5"] = object{"address": "192.0.2.15", "hostKey": someHostKey, "role": "minion"}
		}, `slipway:hosts.machines[h5].role: Unsupported value: "minion": supported values: "control-plane", "worker", "proxy", "etcd", "storage"`},
		"nowhere for pods": {func(_, machines object, _ map[string]string) { delete(machines, "h4") },
			`slipway:hosts.machines: Required value: at least one machine with role worker or storage, or slipway:controlPlane.schedulable: true, else no pod can run`},
		"pool of a control plane": {machine("h1", "pool", "gpu"), `slipway:hosts.machines[h1].pool: Forbidden: belongs to the role worker`},
		"even number": {machine("h3", "role", "worker"),
			`slipway:hosts.machines: Invalid value: 2: must have an odd number of machines with role control-plane: etcd survives no more failures with one more`},
		"two machines at one address": {machine("h4", "address", "192.0.2.11"), `slipway:hosts.machines[h4].address: Invalid value: "192.0.2.11": is the address of slipway:hosts.machines[h1] too`},
		"address of the VIP":          {machine("h4", "address", "192.0.2.100"), `slipway:endpoint.keepalived.address: Invalid value: "192.0.2.100": is the address of slipway:hosts.machines[h4] too`},
		"address of pods":             {machine("h4", "address", "10.244.0.7"), `slipway:hosts.machines[h4].address: Invalid value: "10.244.0.7": is inside slipway:kubernetes.podCIDR 10.244.0.0/16`},
		"loopback":                    {machine("h4", "address", "127.0.0.1"), `slipway:hosts.machines[h4].address: Invalid value: "127.0.0.1": must be an IPv4 address that other machines can reach`},
		"host key is no key":          {machine("h4", "hostKey", "SHA256:abc"), `slipway:hosts.machines[h4].hostKey: Invalid value: "SHA256:abc": must be one public key, as in /etc/ssh/ssh_host_ed25519_key.pub of the machine`},
		"no host key": {machine("h4", "hostKey", ""),
			`slipway:hosts.machines[h4].hostKey: Required value: its public key (ssh-keyscan 192.0.2.14, checked on the machine), or an entry in slipway:hosts.knownHosts`},
		"no host key, trusted": {func(hosts, machines object, _ map[string]string) {
			hosts["trustOnFirstUse"] = true
			delete(machines["h4"].(object), "hostKey")
		}, ""},
		"unknown server in between": {func(hosts, _ object, _ map[string]string) {
			hosts["trustOnFirstUse"], hosts["jump"] = true, object{"address": "192.0.2.1"}
		}, `slipway:hosts.jump.hostKey: Required value: its public key (ssh-keyscan 192.0.2.1, checked on the machine), or an entry in slipway:hosts.knownHosts`},
		"proxy without a VIP": {func(_, machines object, raw map[string]string) {
			machines["h2"].(object)["role"], machines["h3"].(object)["role"] = "proxy", "worker"
			raw["slipway:endpoint"] = `{"type": "direct"}`
		}, `slipway:hosts.machines[h2].role: Invalid value: "proxy": holds the address of slipway:endpoint.type: keepalived, but it is direct`},
		"VIP without address": {raw("slipway:endpoint", `{"type": "keepalived"}`), `slipway:endpoint.keepalived.address: Required value: a free address in the machines' network`},
		"volumes of Cinder":   {raw("slipway:cinderCSI", `{"enabled": true}`), `slipway:cinderCSI: Forbidden: is for machines that OpenStack makes, but slipway:hosts lists those that exist`},
		"logins by Keystone":  {raw("slipway:keystoneAuth", `{"roles": {"member": "view"}}`), `slipway:keystoneAuth: Forbidden: is for machines that OpenStack makes, but slipway:hosts lists those that exist`},
		"flavor":              {raw("slipway:controlPlane", `{"flavor": "m1"}`), `slipway:controlPlane.flavor: Forbidden: is for machines that OpenStack makes, but slipway:hosts lists those that exist`},
		"floating IP": {raw("slipway:endpoint", `{"type": "keepalived", "floatingIP": true, "keepalived": {"address": "192.0.2.100"}}`),
			`slipway:endpoint.floatingIP: Forbidden: is for machines that OpenStack makes, but slipway:hosts lists those that exist`},
		"pool without machines": {raw("slipway:workerPools", `{"gpu": {"labels": {"a": "b"}}}`), `slipway:workerPools[gpu]: Required value: at least one machine of this pool in slipway:hosts.machines`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := Load(onHosts(t, tt.change))
			checkProblems(t, problems, tt.want)
		})
	}
}
