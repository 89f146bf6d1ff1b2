package charts

import (
	"fmt"
	"regexp"
	"slices"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"sigs.k8s.io/yaml"
)

// The lines of values that name an image by its content, and those that ask for that.
var (
	imageDigest    = regexp.MustCompile(`(?m)^( *\w*[dD]igest:) .*$`)
	useImageDigest = regexp.MustCompile(`(?m)^( *useDigest:) .*$`)
)

// takeOutImageDigests makes a chart that was released, and one as it is in the
// source, the same: both name images by their tags.
func takeOutImageDigests(tree *chart.Chart) error {
	tree.Raw = slices.DeleteFunc(slices.Clone(tree.Raw), func(f *common.File) bool { return f.Name == "README.md" })
	for i, file := range tree.Raw {
		if file.Name != "values.yaml" {
			continue
		}
		text := imageDigest.ReplaceAll(file.Data, []byte(`$1 ""`))
		text = useImageDigest.ReplaceAll(text, []byte(`$1 false`))
		tree.Raw[i] = &common.File{Name: file.Name, Data: text, ModTime: file.ModTime}
		tree.Values = nil
		if err := yaml.Unmarshal(text, &tree.Values); err != nil {
			return fmt.Errorf("values.yaml: %w", err)
		}
	}
	return nil
}
