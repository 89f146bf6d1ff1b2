package bootstrap

import (
	"embed"
	"fmt"
	"net/url"
	"strings"
	"text/template"

	"slipway/internal/artifacts"
)

//go:embed templates/*.tmpl
var templateFS embed.FS

var templates = template.Must(template.New("").Option("missingkey=error").ParseFS(templateFS, "templates/*.tmpl"))

// mirrored are the public registries that a configured image registry stands
// in for. Images of any other registry are pulled from there.
var mirrored = []string{"docker.io", "ghcr.io", "quay.io", "registry.k8s.io"}

// runtimeFiles returns the configuration of containerd and the kubelet's units,
// in the places below ConfigDir from which prepare.sh installs them.
func runtimeFiles(p Params) ([]File, error) {
	rendered := []struct{ name, template string }{
		{"containerd/config.toml", "config.toml.tmpl"},
		{"systemd/containerd.service", "containerd.service.tmpl"},
		{"systemd/kubelet.service", "kubelet.service.tmpl"},
		{"systemd/kubelet.service.d/10-kubeadm.conf", "10-kubeadm.conf.tmpl"},
	}
	data := struct {
		Containerd
		Pause   string
		BinDir  string
		CNIDir  string
		Volumes bool
	}{p.Containerd, artifacts.Pause(), artifacts.BinDir, artifacts.CNIDir, len(p.Volumes) > 0}
	if data.Volumes {
		rendered = append(rendered, struct{ name, template string }{"systemd/slipway-volumes.service", "slipway-volumes.service.tmpl"})
	}
	var files []File
	for _, r := range rendered {
		text, err := render(r.template, data)
		if err != nil {
			return nil, err
		}
		files = append(files, secret(r.name, text, Prepare))
	}
	hosts, err := registryFiles(p.Source.Images)
	return append(files, hosts...), err
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
