package charts

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	valuesutil "helm.sh/helm/v4/pkg/chart/common/util"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// Release is one installation of a chart.
type Release struct {
	// Name and Namespace are what the chart's templates see as those of the
	// release. Required.
	Name, Namespace string
	// Kubernetes is the cluster's version. Required.
	Kubernetes string
	// Values is what is set of the chart's values, as a struct with JSON names.
	// Optional.
	Values any
}

// hook marks what Helm treats in its own way.
const hook = "helm.sh/hook"

// Render returns the objects of a release in a stable order, definitions of
// custom resources first. Tests of the chart are not among them.
func (c *Chart) Render(r Release) ([]Object, error) {
	objects, err := c.render(r)
	if err != nil {
		return nil, fmt.Errorf("rendering chart %s as %s: %w", c.pin, r.Name, err)
	}
	return objects, nil
}

func (c *Chart) render(r Release) ([]Object, error) {
	texts, err := c.texts(r)
	if err != nil {
		return nil, err
	}
	var objects []Object
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		found, err := parse(texts[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		objects = append(objects, found...)
	}
	for _, o := range objects {
		if kind := o.annotation(hook); kind != "" && !strings.HasPrefix(kind, "test") {
			return nil, fmt.Errorf("%s %s is a hook (%s), which Slipway does not run", o.Kind(), o.Name(), kind)
		}
	}
	objects = slices.DeleteFunc(objects, func(o Object) bool { return o.annotation(hook) != "" })
	slices.SortStableFunc(objects, Object.compare)
	return objects, nil
}

// texts are the files that the templates become, and those of the definitions.
func (c *Chart) texts(r Release) (map[string]string, error) {
	values, err := asMap(r.Values)
	if err != nil {
		return nil, err
	}
	version, err := common.ParseKubeVersion(r.Kubernetes)
	if err != nil {
		return nil, err
	}
	if wanted := c.tree.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, version.String()) {
		return nil, fmt.Errorf("it is for Kubernetes %s, but slipway:kubernetes.version is %s", wanted, r.Kubernetes)
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	if err := chartutil.ProcessDependencies(c.tree, values); err != nil {
		return nil, err
	}
	seen, err := valuesutil.ToRenderValues(c.tree, values, common.ReleaseOptions{
		Name: r.Name, Namespace: r.Namespace, Revision: 1, IsInstall: true,
	}, capabilities)
	if err != nil {
		return nil, err
	}
	texts, err := engine.Render(c.tree, seen)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(texts, func(name, _ string) bool { return strings.HasSuffix(name, "NOTES.txt") })
	for _, definition := range c.tree.CRDObjects() {
		texts[definition.Filename] = string(definition.File.Data)
	}
	return texts, nil
}

// asMap is a struct as its JSON names it.
func asMap(values any) (map[string]any, error) {
	text, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	found := map[string]any{}
	return found, json.Unmarshal(text, &found)
}

// parse reads the objects of a file, which may have several or none.
func parse(text string) ([]Object, error) {
	var objects []Object
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		var o Object
		if err := yaml.UnmarshalStrict(document, &o); err != nil {
			return nil, err
		}
		if len(o) == 0 {
			continue
		}
		if o.Kind() == "" || o.APIVersion() == "" || o.Name() == "" {
			return nil, fmt.Errorf("an object lacks kind, apiVersion or name:\n%s", document)
		}
		objects = append(objects, o)
	}
}
