package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// sdkModule matches the modules of Pulumi's SDKs, for those that cannot be
// looked into (a prebuilt program on a machine without the modules).
var sdkModule = regexp.MustCompile(`^github\.com/[^/]+/pulumi-([a-z0-9-]+)/sdk(/v\d+)?$`)

// GetRequiredPackages lists the plugins that the program's SDKs need. It reads
// go.mod, which names every module of the build, and asks no network.
func (h *host) GetRequiredPackages(ctx context.Context, req *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	resp := &pulumirpc.GetRequiredPackagesResponse{}
	modules, root, err := requirements(req.GetInfo().GetProgramDirectory())
	if err != nil || modules == nil {
		return resp, err
	}
	out, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE").Output()
	if err != nil {
		return nil, fmt.Errorf("asking go for its module cache: %w", err)
	}
	cache := strings.TrimSpace(string(out))
	for _, required := range modules.Require {
		required, err := requiredPackage(required.Mod, folder(modules, required.Mod, root, cache))
		if err != nil {
			return nil, err
		}
		if required != nil {
			resp.Packages = append(resp.Packages, required)
		}
	}
	return resp, nil
}

// GetProgramDependencies lists the modules of the program.
func (h *host) GetProgramDependencies(_ context.Context, req *pulumirpc.GetProgramDependenciesRequest) (*pulumirpc.GetProgramDependenciesResponse, error) {
	resp := &pulumirpc.GetProgramDependenciesResponse{}
	modules, _, err := requirements(req.GetInfo().GetProgramDirectory())
	if err != nil || modules == nil {
		return resp, err
	}
	for _, required := range modules.Require {
		if !required.Indirect || req.GetTransitiveDependencies() {
			resp.Dependencies = append(resp.Dependencies, &pulumirpc.DependencyInfo{Name: required.Mod.Path, Version: required.Mod.Version})
		}
	}
	return resp, nil
}

// requirements reads the go.mod of the program's module, which is in its folder
// or above. Without one (a prebuilt program) it returns nil.
func requirements(dir string) (*modfile.File, string, error) {
	for {
		path := filepath.Join(dir, "go.mod")
		content, err := os.ReadFile(path)
		switch {
		case err == nil:
			file, err := modfile.Parse(path, content, nil)
			return file, dir, err
		case !errors.Is(err, os.ErrNotExist):
			return nil, "", err
		case filepath.Dir(dir) == dir:
			return nil, "", nil
		}
		dir = filepath.Dir(dir)
	}
}

// folder returns where the module's files are, if they are there.
func folder(modules *modfile.File, mod module.Version, root, cache string) string {
	for _, replaced := range modules.Replace {
		if replaced.Old.Path != mod.Path || (replaced.Old.Version != "" && replaced.Old.Version != mod.Version) {
			continue
		}
		if replaced.New.Version == "" {
			return filepath.Join(root, replaced.New.Path)
		}
		mod = replaced.New
		break
	}
	path, err := module.EscapePath(mod.Path)
	if err != nil {
		return ""
	}
	version, err := module.EscapeVersion(mod.Version)
	if err != nil {
		return ""
	}
	return filepath.Join(cache, path+"@"+version)
}

// requiredPackage returns the plugin that a module needs, nil if none. An SDK
// says so in pulumi-plugin.json, at its root or in its Go folder.
func requiredPackage(mod module.Version, dir string) (*pulumirpc.PackageDependency, error) {
	for _, pattern := range []string{"pulumi-plugin.json", "go/*/pulumi-plugin.json", "*/pulumi-plugin.json"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if dir == "" || err != nil || len(found) == 0 {
			continue
		}
		about, err := plugin.LoadPulumiPluginJSON(found[0])
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", found[0], err)
		}
		return described(mod, about), nil
	}
	if name := sdkModule.FindStringSubmatch(mod.Path); name != nil {
		return described(mod, &plugin.PulumiPluginJSON{Resource: true, Name: name[1]}), nil
	}
	return nil, nil
}

func described(mod module.Version, about *plugin.PulumiPluginJSON) *pulumirpc.PackageDependency {
	if !about.Resource {
		return nil
	}
	dependency := &pulumirpc.PackageDependency{Name: about.Name, Kind: "resource", Version: about.Version, Server: about.Server}
	if dependency.Name == "" {
		if name := sdkModule.FindStringSubmatch(mod.Path); name != nil {
			dependency.Name = name[1]
		}
	}
	if dependency.Version == "" {
		dependency.Version = mod.Version
	}
	if !strings.HasPrefix(dependency.Version, "v") {
		dependency.Version = "v" + dependency.Version
	}
	if p := about.Parameterization; p != nil {
		dependency.Parameterization = &pulumirpc.PackageParameterization{Name: p.Name, Version: p.Version, Value: p.Value}
	}
	return dependency
}
