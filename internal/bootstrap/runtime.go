package bootstrap

import (
	"cmp"
	"embed"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"text/template"

	"slipway/internal/artifacts"
)

//go:embed templates/*.tmpl
var templateFS embed.FS

var templates = template.Must(template.New("").Option("missingkey=error").ParseFS(templateFS, "templates/*.tmpl"))

// mirrored are the public registries that a configured image registry stands
// in for. Images of any other registry are pulled from there.
var mirrored = []string{"docker.elastic.co", "docker.io", "ghcr.io", "quay.io", "registry.k8s.io"}

// runtimeFiles returns the configuration of containerd and the systemd units,
// in the places below ConfigDir from which prepare.sh installs them.
func runtimeFiles(p Params) ([]File, error) {
	data := struct {
		Containerd
		Pause    string
		BinDir   string
		CNIDir   string
		Volumes  bool
		Schedule string
	}{p.Containerd, artifacts.Pause(), artifacts.BinDir, artifacts.CNIDir, len(p.Volumes) > 0, cmp.Or(p.EtcdSnapshots.Schedule, defaultSchedule)}
	// Where each goes, by the name of its template.
	rendered := map[string]string{"config.toml": "containerd/config.toml"}
	for _, unit := range units(p) {
		rendered[path.Base(unit)] = "systemd/" + unit
	}
	var files []File
	for _, name := range slices.Sorted(maps.Keys(rendered)) {
		text, err := render(name+".tmpl", data)
		if err != nil {
			return nil, err
		}
		files = append(files, secret(rendered[name], text, Prepare))
	}
	hosts, err := registryFiles(p.Source.Images)
	return append(files, hosts...), err
}

// units lists the systemd units of a node.
func units(p Params) []string {
	names := []string{"containerd.service", "kubelet.service"}
	if len(p.Volumes) > 0 {
		names = append(names, "slipway-volumes.service")
	}
	timed := func(name string) { names = append(names, name+".service", name+".timer") }
	if p.Role == artifacts.Etcd {
		names = append(names, "kubelet.service.d/10-standalone.conf")
	} else {
		names = append(names, "kubelet.service.d/10-kubeadm.conf", "slipway-metadata.service")
	}
	if p.Role == artifacts.ControlPlane {
		timed("slipway-approve-kubelets")
	}
	if p.Role != artifacts.Worker {
		timed("slipway-certificates")
		if p.EtcdClient == "" { // else etcd is elsewhere
			timed("slipway-etcd-snapshot")
		}
	}
	return names
}

// registryFiles sends pulls from the public registries to a mirror; without one
// there is nothing to say.
func registryFiles(mirror string) ([]File, error) {
	if mirror == "" {
		return nil, nil
	}
	u, err := url.Parse(mirror)
	if err != nil {
		return nil, fmt.Errorf("image registry %q: %w", mirror, err)
	}
	folder := strings.Trim(u.Path, "/")
	api := &url.URL{Scheme: u.Scheme, Host: u.Host}
	if folder != "" {
		api = api.JoinPath("v2", folder)
	}
	text, err := render("hosts.toml.tmpl", struct {
		URL    string
		Folder bool
	}{api.String(), folder != ""})
	if err != nil {
		return nil, err
	}
	var files []File
	for _, host := range mirrored {
		files = append(files, secret("containerd/certs.d/"+host+"/hosts.toml", text, Prepare))
	}
	return files, nil
}

func render(name string, data any) (string, error) {
	var out strings.Builder
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		return "", fmt.Errorf("rendering %s: %w", strings.TrimSuffix(name, ".tmpl"), err)
	}
	return out.String(), nil
}
