// Package bootstrap turns a booted machine into a cluster member: the files a
// node receives, the scripts that use them, and how both get there. It opens no
// connection; the components run the commands it returns.
package bootstrap

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"slipway/internal/artifacts"
	"slipway/internal/pki"
)

//go:embed scripts/*.sh
var scripts embed.FS

// auditPolicy is what API servers write to the audit log.
//
//go:embed audit-policy.yaml
var auditPolicy string

// Files returns everything a node receives.
func Files(p Params) ([]File, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	caHash, err := pki.CACertHash(p.CACert)
	if err != nil {
		return nil, fmt.Errorf("node %s: %w", p.Node, err)
	}
	files := []File{
		secret("node.env", environment(p)),
		secret("pki/ca.crt", p.CACert, StartProxy),
	}
	files = append(files, proxyFiles(p.Proxy)...)
	if p.Role != artifacts.Proxy {
		kubernetes, err := kubernetesFiles(p, caHash)
		if err != nil {
			return nil, fmt.Errorf("node %s: %w", p.Node, err)
		}
		files = append(files, kubernetes...)
	}
	steps, err := scriptFiles()
	if err != nil {
		return nil, err
	}
	return append(files, steps...), nil
}

// kubernetesFiles are what makes a machine a node of the cluster.
func kubernetesFiles(p Params, caHash string) ([]File, error) {
	files := []File{
		// Membership depends on nothing but who the node is and which cluster it belongs to.
		secret("identity", p.Node+" "+caHash+"\n", Init, Join, EtcdMember),
		secret("kubeadm.yaml", p.Kubeadm),
		secret("downloads", downloads(p), Prepare),
		secret("images", strings.Join(artifacts.Images(p.KubernetesVersion, p.CNI, p.Role), "\n")+"\n", Prepare),
		secret("volumes", volumes(p.Volumes), Prepare),
	}
	files = append(files, keyFiles(p.Keys)...)
	files = append(files, roleFiles(p)...)
	runtime, err := runtimeFiles(p)
	return append(files, runtime...), err
}

// secret is a file that only root may read.
func secret(name, content string, steps ...Step) File {
	return File{Path: ConfigDir + "/" + name, Mode: secretMode, Content: content, steps: steps}
}

// keyFiles lays the keys that a node has out as kubeadm expects them below
// /etc/kubernetes/pki.
func keyFiles(k *Keys) []File {
	if k == nil {
		return nil
	}
	files := []File{
		secret("pki/ca.key", k.CAKey),
		secret("pki/etcd/ca.crt", k.EtcdCACert),
		secret("pki/etcd/ca.key", k.EtcdCAKey),
		secret("pki/front-proxy-ca.crt", k.FrontProxyCACert),
		secret("pki/front-proxy-ca.key", k.FrontProxyCAKey),
		secret("pki/sa.key", k.ServiceAccountKey),
		secret("pki/sa.pub", k.ServiceAccountPub),
	}
	return slices.DeleteFunc(files, func(f File) bool { return f.Content == "" })
}

// roleFiles are those that only nodes of some roles receive.
func roleFiles(p Params) []File {
	switch p.Role {
	case artifacts.ControlPlane:
		files := []File{
			secret("join.yaml", p.KubeadmJoin),
			secret("bootstrap-token", p.Keys.BootstrapToken+"\n"),
			secret("apiserver/audit-policy.yaml", auditPolicy, Settings),
			secret("apiserver/encryption.yaml", p.Keys.Encryption, Settings, Reencrypt),
		}
		if p.DNSPatch != "" {
			files = append(files, secret("patches/corednsdeployment+strategic.yaml", p.DNSPatch))
		}
		if p.TokenWebhook != "" {
			files = append(files, secret("apiserver/token-webhook.yaml", p.TokenWebhook, Settings))
		}
		if p.EtcdClient != "" {
			files = append(files, secret("etcd-client.yaml", p.EtcdClient))
		}
		return files
	case artifacts.Etcd:
		return []File{secret("etcd-kubelet.yaml", p.EtcdKubelet)}
	}
	return nil
}

// environment is what the scripts source.
func environment(p Params) string {
	return "node=" + quote(p.Node) + "\n" +
		"role=" + quote(string(p.Role)) + "\n" +
		"endpoint=" + quote(p.Endpoint) + "\n" +
		"peers=" + quote(strings.Join(p.Peers, " ")) + "\n" +
		"snapshots_keep=" + quote(strconv.Itoa(cmp.Or(p.EtcdSnapshots.Keep, defaultKeep))) + "\n"
}

// quote makes any text one word of shell.
func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// downloads has one line per file: URL, SHA-256 or -, URL of the SHA-256 or -,
// kind, destination; separated by tabs.
func downloads(p Params) string {
	var text strings.Builder
	for _, f := range artifacts.FilesOf(p.Role, p.KubernetesVersion, p.Arch) {
		d := p.Source.Download(f)
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%s\n", d.URL, orDash(d.Checksum), orDash(d.ChecksumURL), d.Kind, d.Dest)
	}
	return text.String()
}

// orDash keeps a field from being empty: the shell would skip it.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// volumes has one line per volume: device, mount point; separated by a tab.
func volumes(vs []Volume) string {
	var text strings.Builder
	for _, v := range vs {
		fmt.Fprintf(&text, "%s\t%s\n", v.Device, v.Mount)
	}
	return text.String()
}

// defaultKeep and defaultSchedule keep three days of snapshots, one every six hours.
const (
	defaultKeep     = 12
	defaultSchedule = "*-*-* 00/6:00:00"
)

// preparing are the scripts whose change means that a node is prepared again.
var preparing = []string{"prepare.sh", "cloudinit.sh", "disks.sh", "volumes.sh", "packages.sh", "kernel.sh", "metadata.sh", "downloads.sh", "runtime.sh", "images.sh"}

// scriptFiles returns the scripts of all steps.
func scriptFiles() ([]File, error) {
	found, err := scripts.ReadDir("scripts")
	if err != nil {
		return nil, fmt.Errorf("reading the scripts: %w", err)
	}
	var files []File
	for _, entry := range found {
		text, err := scripts.ReadFile("scripts/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("reading script %s: %w", entry.Name(), err)
		}
		file := File{Path: ScriptDir + "/" + entry.Name(), Mode: scriptMode, Content: string(text)}
		if slices.Contains(preparing, entry.Name()) {
			file.steps = []Step{Prepare}
		}
		if strings.HasPrefix(entry.Name(), "proxy") {
			file.steps = []Step{StartProxy}
		}
		files = append(files, file)
	}
	return files, nil
}
