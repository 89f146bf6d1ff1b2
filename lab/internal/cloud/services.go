package cloud

import (
	"bytes"
	"embed"
	"fmt"
	"text/template"
)

// service is one systemd unit of the cloud's machine: slipway-<name>.service.
// All of them start together; after holds the few orders that matter.
type service struct {
	name  string
	exec  string
	after []string
	// answers is the URL that must answer before the service counts as started.
	answers string
	// kind is systemd's Type. Empty means simple.
	kind string
	// options are further lines of the [Service] section.
	options []string
}

const (
	conf    = "/etc/slipway/"
	wsgi    = "/usr/bin/python3 -m slipway_lab.wsgi "
	run     = "/usr/bin/python3 -m slipway_lab.run "
	nova    = " --config-file " + conf + "nova.conf"
	novaDB  = nova + " --config-file " + conf + "nova-database.conf"
	neutron = " --config-file " + conf + "neutron.conf --config-file " + conf

	designate = " --config-file " + conf + "designate.conf"
)

// services is the whole cloud, in the order a reader wants to see it. Python
// services of Nova wait for the conductor, Designate's for central and Neutron's
// agents for the server, because an RPC call into the void costs its caller a minute.
func services() []service {
	url := func(port int) string { return fmt.Sprintf("http://%s:%d/", Address, port) }
	list := []service{
		{name: "network", kind: "oneshot", exec: "/usr/local/lib/slipway/network",
			options: []string{"RemainAfterExit=yes", "Environment=EXTERNAL_GATEWAY=" + ExternalGateway + "/24"}},
		{name: "mariadb", kind: "notify", exec: "/usr/sbin/mariadbd --defaults-file=/etc/mysql/slipway.cnf",
			options: []string{"User=mysql", "RuntimeDirectory=mysqld", "TimeoutStopSec=60"}},
		{name: "rabbitmq", kind: "notify", exec: "/usr/lib/rabbitmq/bin/rabbitmq-server", options: []string{
			"NotifyAccess=all",
			// Messages live no longer than the machine: nothing to repair after a power cut.
			"RuntimeDirectory=slipway-rabbitmq", "KillSignal=SIGKILL",
			"EnvironmentFile=" + conf + "rabbitmq.env"}},
		{name: "memcached", exec: "/usr/bin/memcached -u nobody -l 127.0.0.1 -p 11211 -m 64 -t 1"},

		{name: "keystone", after: []string{"mariadb", "memcached"}, answers: url(5000),
			exec:    wsgi + "keystone " + Address + ":5000",
			options: []string{"Environment=OS_KEYSTONE_CONFIG_FILES=" + conf + "keystone.conf"}},
		{name: "placement", after: []string{"mariadb"}, answers: url(8778),
			exec:    wsgi + "placement " + Address + ":8778",
			options: []string{"Environment=OS_PLACEMENT_CONFIG_DIR=" + conf}},
		{name: "glance", after: []string{"mariadb"}, answers: url(9292),
			exec: "/usr/bin/glance-api --config-file " + conf + "glance.conf"},

		{name: "neutron-server", after: []string{"mariadb", "rabbitmq"}, answers: url(9696),
			exec: "/usr/bin/neutron-server" + neutron + "neutron-ml2.ini"},
		{name: "neutron-linuxbridge", after: []string{"network", "neutron-server"},
			exec: "/usr/bin/neutron-linuxbridge-agent" + neutron + "neutron-linuxbridge.ini"},
		{name: "neutron-l3", after: []string{"network", "neutron-server"},
			exec: "/usr/bin/neutron-l3-agent" + neutron + "neutron-l3.ini"},
		{name: "neutron-dhcp", after: []string{"network", "neutron-server"},
			exec: "/usr/bin/neutron-dhcp-agent" + neutron + "neutron-dhcp.ini"},
		{name: "neutron-metadata", after: []string{"neutron-server"},
			exec: "/usr/bin/neutron-metadata-agent" + neutron + "neutron-metadata.ini"},

		{name: "nova-conductor", kind: "notify", after: []string{"mariadb", "rabbitmq"},
			exec: run + "nova.cmd.conductor" + novaDB, options: []string{"NotifyAccess=all"}},
		{name: "nova-scheduler", after: []string{"nova-conductor"}, exec: "/usr/bin/nova-scheduler" + novaDB},
		{name: "nova-api", after: []string{"mariadb", "rabbitmq"}, answers: url(8774),
			exec: run + "nova.cmd.api_os_compute" + novaDB},
		{name: "nova-metadata", after: []string{"nova-conductor"}, answers: url(8775),
			exec: run + "nova.cmd.api_metadata" + novaDB},

		{name: "cinder-api", after: []string{"mariadb", "rabbitmq"}, answers: url(8776),
			exec: "/usr/bin/cinder-api --config-file " + conf + "cinder.conf"},
		{name: "cinder-scheduler", after: []string{"mariadb", "rabbitmq"},
			exec: "/usr/bin/cinder-scheduler --config-file " + conf + "cinder.conf"},
		{name: "cinder-volume", after: []string{"mariadb", "rabbitmq"},
			exec: "/usr/bin/cinder-volume --config-file " + conf + "cinder.conf"},

		{name: "octavia-api", after: []string{"mariadb", "rabbitmq"}, answers: url(9876),
			exec: wsgi + "octavia " + Address + ":9876"},
		{name: "octavia-worker", after: []string{"mariadb", "rabbitmq"},
			exec: "/usr/bin/octavia-worker --config-file " + conf + "octavia.conf"},

		{name: "bind", kind: "notify", exec: "/usr/sbin/named -f -n 1 -c " + conf + "named.conf"},
		{name: "designate-central", kind: "notify", after: []string{"mariadb", "rabbitmq"},
			exec: run + "designate.cmd.central" + designate, options: []string{"NotifyAccess=all"}},
		{name: "designate-api", after: []string{"designate-central"}, answers: url(9001),
			exec: wsgi + "designate " + Address + ":9001"},
		{name: "designate-worker", after: []string{"designate-central"}, exec: "/usr/bin/designate-worker" + designate},
		{name: "designate-mdns", after: []string{"designate-central"}, exec: "/usr/bin/designate-mdns" + designate},
	}
	for _, host := range computeHosts() {
		list = append(list, service{name: "nova-compute-" + host, after: []string{"nova-conductor"},
			exec: "/usr/bin/nova-compute" + nova + " --config-file " + conf + "nova-compute-" + host + ".conf"})
	}
	return list
}

//go:embed unit.tmpl
var unitTemplates embed.FS

var unitTemplate = template.Must(template.ParseFS(unitTemplates, "unit.tmpl"))

// unit renders the service's systemd unit.
func (s service) unit() (string, error) {
	kind := s.kind
	if kind == "" {
		kind = "simple"
	}
	var text bytes.Buffer
	err := unitTemplate.Execute(&text, map[string]any{
		"Name": s.name, "Exec": s.exec, "After": s.after, "Answers": s.answers, "Kind": kind, "Options": s.options,
	})
	return text.String(), err
}

// target renders the unit that stands for the whole cloud.
func target(all []service) string {
	var text bytes.Buffer
	text.WriteString("[Unit]\nDescription=OpenStack of the Slipway lab\nRequires=basic.target\nAfter=basic.target\n")
	for _, s := range all {
		fmt.Fprintf(&text, "Wants=slipway-%s.service\nAfter=slipway-%s.service\n", s.name, s.name)
	}
	return text.String()
}

// ServiceNames lists the cloud's services.
func ServiceNames() []string {
	var names []string
	for _, s := range services() {
		names = append(names, s.name)
	}
	return names
}
