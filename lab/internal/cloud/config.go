package cloud

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

// Where the cloud is, seen from the host and from its machines.
const (
	// Address is the cloud's machine, where all APIs listen.
	Address = "10.79.0.2"
	// HostAddress is the other end of its cable, on the host.
	HostAddress = "10.79.0.1"
	// ExternalCIDR is the network of floating IPs and router gateways.
	ExternalCIDR = "172.24.4.0/24"
	// ExternalGateway is the cloud's own address in it.
	ExternalGateway = "172.24.4.1"
	// Region is the only region.
	Region = "RegionOne"
	// Project is the project that Slipway's stacks are deployed to, and the name of its user.
	Project = "slipway"
	// NetworkHost is the host that all agents register under.
	NetworkHost = "lab"
)

// zones are the availability zones with their compute hosts: enough for
// anti-affinity over three nodes, and for one zone that is bigger than the other.
var zones = map[string][]string{"az1": {"lab-1", "lab-2"}, "az2": {"lab-3"}}

func computeHosts() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for _, hosts := range zones {
			for _, host := range hosts {
				if !yield(host) {
					return
				}
			}
		}
	})
}

type flavor struct {
	Name  string `json:"name"`
	VCPUs int    `json:"vcpus"`
	RAM   int    `json:"ram"`
	Disk  int    `json:"disk"`
}

var flavors = []flavor{
	{"slipway.controlplane", 3, 4096, 40},
	{"slipway.worker", 6, 16384, 40},
	{"slipway.bastion", 1, 1024, 10},
	{"slipway.tiny", 1, 512, 5}, // too small for any node, for tests of exactly that
}

// Secrets are the cloud's passwords, random per image.
type Secrets struct {
	Admin, User, Service, Queue, Metadata, Octavia, DNS string
}

func newSecrets() Secrets {
	password := func() string {
		var b [16]byte
		_, _ = rand.Read(b[:]) // never fails, see crypto/rand
		return hex.EncodeToString(b[:])
	}
	return Secrets{Admin: password(), User: password(), Service: password(),
		Queue: password(), Metadata: password(), Octavia: password(), DNS: password()}
}

// params is what the templates of configuration files see.
type params struct {
	Address, Region, NetworkHost string
	Secrets                      Secrets
	// User is the service user that For chose, also the name of its database.
	User string
}

// For returns the parameters of one service.
func (p params) For(user string) params {
	p.User = user
	return p
}

// Database is the service's database, reached as root through the socket.
func (p params) Database() string {
	return "mysql+pymysql://root@localhost/" + p.User + "?unix_socket=/run/mysqld/mysqld.sock&charset=utf8"
}

// MessageQueue is the address of RabbitMQ.
func (p params) MessageQueue() string {
	return "rabbit://slipway:" + p.Secrets.Queue + "@127.0.0.1:5672/"
}

//go:embed all:files
var embedded embed.FS

// files renders every file that turns the installed packages into the cloud,
// by its path in the machine.
func files(secrets Secrets) (map[string]string, error) {
	tree, err := fs.Sub(embedded, "files")
	if err != nil {
		return nil, err
	}
	templates, err := template.New("").Option("missingkey=error").ParseFS(tree, "etc/slipway/*.tmpl", "etc/*.tmpl")
	if err != nil {
		return nil, err
	}
	p := params{Address: Address, Region: Region, NetworkHost: NetworkHost, Secrets: secrets}
	rendered := map[string]string{}
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(path.Base(name), "_") && strings.HasSuffix(name, ".tmpl") {
			return err
		}
		target, isTemplate := strings.CutSuffix("/"+name, ".tmpl")
		if !isTemplate {
			text, err := fs.ReadFile(tree, name)
			rendered[target] = string(text)
			return err
		}
		var text bytes.Buffer
		if err := templates.ExecuteTemplate(&text, path.Base(name), p); err != nil {
			return err
		}
		rendered[target] = text.String()
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, host := range computeHosts() {
		rendered[conf+"nova-compute-"+host+".conf"] = fmt.Sprintf("[DEFAULT]\nhost = %s\n", host)
	}
	rendered[conf+"octavia.passphrase"] = secrets.Octavia + "\n"
	if rendered[conf+"setup.json"], err = setupJSON(secrets); err != nil {
		return nil, err
	}
	return rendered, addUnits(rendered)
}

func addUnits(rendered map[string]string) error {
	const dir = "/etc/systemd/system/"
	all := services()
	for _, s := range all {
		text, err := s.unit()
		if err != nil {
			return err
		}
		rendered[dir+"slipway-"+s.name+".service"] = text
	}
	rendered[dir+"slipway.target"] = target(all)
	return nil
}

// setupJSON is what the set-up through the APIs creates.
func setupJSON(secrets Secrets) (string, error) {
	text, err := json.MarshalIndent(map[string]any{
		"address": Address, "region": Region,
		"service_password": secrets.Service,
		"project":          Project, "user": Project, "user_password": secrets.User,
		"image": "debian-12", "flavors": flavors, "zones": zones,
		"external_cidr": ExternalCIDR, "external_gateway": ExternalGateway,
		"external_pool": map[string]string{"start": "172.24.4.10", "end": "172.24.4.250"},
	}, "", "  ")
	return string(text) + "\n", err
}

// write puts the files into a root filesystem. What is configuration may hold
// passwords: only root reads it.
func write(root string, files map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		mode := os.FileMode(0o644)
		switch {
		case strings.HasPrefix(name, conf):
			mode = 0o600
		case strings.HasPrefix(name, "/usr/local/lib/slipway/"), strings.HasPrefix(name, "/usr/local/sbin/"):
			mode = 0o755
		}
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(files[name]), mode); err != nil {
			return err
		}
		if err := os.Chmod(file, mode); err != nil {
			return err
		}
	}
	return nil
}
