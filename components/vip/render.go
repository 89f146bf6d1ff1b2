package vip

import (
	"cmp"
	"embed"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"text/template"

	"slipway/internal/bootstrap"
)

//go:embed *.tmpl
var templateFS embed.FS

var templates = template.Must(template.New("").Option("missingkey=error").ParseFS(templateFS, "*.tmpl"))

// Priorities of VRRP go to 254. Neighbours in the order are far enough apart
// (the step is 20 ms of waiting) that two rarely become holder at once.
const (
	basePriority = 100
	priorityStep = 5
	// rankWeight exceeds the difference of any two priorities.
	rankWeight = 50
	// minorityWeight exceeds rankWeight by more than that: who is cut off may for a
	// while outrank whom it missed first.
	minorityWeight = 2 * rankWeight
	// rankFall is for how many seconds a returned member stays outranked.
	rankFall = 5
	// maxProxies keeps the differences below rankWeight.
	maxProxies = 9
)

// member is one node by name and address.
type member struct{ Host, Address string }

// members sorts nodes by name.
func members(addresses map[string]string) []member {
	var all []member
	for host, address := range addresses {
		all = append(all, member{host, address})
	}
	slices.SortFunc(all, func(a, b member) int { return cmp.Compare(a.Host, b.Host) })
	return all
}

// topology is what the configurations of all proxies follow from.
type topology struct {
	Address                              netip.Addr
	Port, APIServerPort, VirtualRouterID int
	Proxies, APIServers                  []member
	Published                            []Published
}

// StatusPort is for the templates.
func (topology) StatusPort() int { return bootstrap.ProxyStatusPort }

// Half is how many of its peers a proxy needs to be one of at least half of all.
func (t topology) Half() int { return (len(t.Proxies) - 1) / 2 }

// render returns the configuration of one proxy.
func (t topology) render(host string) (bootstrap.Proxy, error) {
	i := slices.IndexFunc(t.Proxies, func(m member) bool { return m.Host == host })
	self := t.Proxies[i]
	own, err := netip.ParseAddr(self.Address)
	if err != nil {
		return bootstrap.Proxy{}, fmt.Errorf("address of proxy %s: %w", host, err)
	}
	params := struct {
		topology
		Self                                           member
		Peers                                          []member
		Priority, RankWeight, RankFall, MinorityWeight int
	}{
		t, self, slices.Delete(slices.Clone(t.Proxies), i, i+1),
		basePriority + priorityStep*(len(t.Proxies)-i), rankWeight, rankFall, minorityWeight,
	}
	haproxy, err := execute("haproxy.cfg.tmpl", params)
	if err != nil {
		return bootstrap.Proxy{}, err
	}
	keepalived, err := execute("keepalived.conf.tmpl", params)
	return bootstrap.Proxy{Address: own, HAProxy: haproxy, Keepalived: keepalived}, err
}

func execute(name string, data any) (string, error) {
	var out strings.Builder
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		return "", fmt.Errorf("rendering %s: %w", strings.TrimSuffix(name, ".tmpl"), err)
	}
	return out.String(), nil
}
