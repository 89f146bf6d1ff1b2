package pulumitest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
)

// AssertComponent checks what holds for every component: it was registered with
// the type and name, all other resources descend from it, their names start
// with its name, and every component registered its outputs.
func (r *Recorded) AssertComponent(t testing.TB, typ, name string) {
	t.Helper()
	root := r.Get(t, typ, name)
	for _, res := range r.Resources {
		if res.URN != root.URN && !r.descends(res, root.URN) {
			t.Errorf("%s %q is not below %s %q: pass pulumi.Parent", res.Type, res.Name, typ, name)
		}
	}
	r.AssertNames(t, name)
	r.AssertOutputsRegistered(t)
}

// AssertNames checks that every resource is called prefix or prefix-something.
func (r *Recorded) AssertNames(t testing.TB, prefix string) {
	t.Helper()
	for _, res := range r.Resources {
		if res.Name != prefix && !strings.HasPrefix(res.Name, prefix+"-") {
			t.Errorf("%s %q: its name must start with %q", res.Type, res.Name, prefix+"-")
		}
	}
}

// AssertParented checks that every provider resource is below a component.
func (r *Recorded) AssertParented(t testing.TB) {
	t.Helper()
	for _, res := range r.Resources {
		if _, below := r.byURN[res.Parent]; res.Custom && !below && !strings.HasPrefix(res.Type, "pulumi:providers:") {
			t.Errorf("%s %q is not below a component", res.Type, res.Name)
		}
	}
}

// AssertDeletedWith checks that every resource goes when the named Component does.
func (r *Recorded) AssertDeletedWith(t testing.TB, component string) {
	t.Helper()
	owner := r.Get(t, ComponentType, component).URN
	for _, res := range r.Resources {
		if res.Custom && res.DeletedWith != owner {
			t.Errorf("%s %q is deleted with %q, want %q", res.Type, res.Name, res.DeletedWith, owner)
		}
	}
}

// AssertOutputsRegistered checks that every component's constructor reached
// RegisterResourceOutputs.
func (r *Recorded) AssertOutputsRegistered(t testing.TB) {
	t.Helper()
	for _, res := range r.Resources {
		if !res.Custom && !res.outputsRegistered {
			t.Errorf("component %s %q did not register its outputs", res.Type, res.Name)
		}
	}
}

// AssertSecret checks that inputs exist and are secret. A path is as for Input.
func (r *Recorded) AssertSecret(t testing.TB, typ, name string, paths ...string) {
	t.Helper()
	res := r.Get(t, typ, name)
	for _, path := range paths {
		switch _, secret, found := res.Input(path); {
		case !found:
			t.Errorf("%s %q has no input %s", typ, name, path)
		case !secret:
			t.Errorf("input %s of %s %q must be secret", path, typ, name)
		}
	}
}

// AssertSecretOutput checks that stack outputs exist and are secret.
func (r *Recorded) AssertSecretOutput(t testing.TB, paths ...string) {
	t.Helper()
	for _, path := range paths {
		switch _, secret, found := lookup(r.Outputs, path); {
		case !found:
			t.Errorf("the stack has no output %s", path)
		case !secret:
			t.Errorf("stack output %s must be secret", path)
		}
	}
}

// AssertNoPlainSecrets checks that no private key, nor any of the further
// values, stands in an input or output without a secret mark, or in a message.
func (r *Recorded) AssertNoPlainSecrets(t testing.TB, values ...string) {
	t.Helper()
	needles := append([]string{"PRIVATE KEY-----"}, values...)
	check := func(where, text string) {
		for _, needle := range needles {
			if strings.Contains(text, needle) {
				t.Errorf("%s holds a secret in plain text", where)
			}
		}
	}
	for _, res := range r.Resources {
		plainText(res.Inputs, fmt.Sprintf("%s %q input", res.Type, res.Name), check)
		plainText(res.Outputs, fmt.Sprintf("%s %q output", res.Type, res.Name), check)
	}
	plainText(r.Outputs, "stack output", check)
	for _, entry := range r.Log {
		check("log message", entry.Message)
	}
}

// plainText calls visit for every string that no secret mark surrounds.
func plainText(m resource.PropertyMap, where string, visit func(where, text string)) {
	var walk func(where string, v resource.PropertyValue)
	walk = func(where string, v resource.PropertyValue) {
		switch {
		case v.IsString():
			visit(where, v.StringValue())
		case v.IsArray():
			for i, e := range v.ArrayValue() {
				walk(fmt.Sprintf("%s[%d]", where, i), e)
			}
		case v.IsObject():
			for k, e := range v.ObjectValue() {
				walk(where+"."+string(k), e)
			}
		case v.IsAsset():
			visit(where, v.AssetValue().Text)
		case v.IsArchive():
			members, _ := v.ArchiveValue().GetAssets()
			for name, member := range members {
				if a, ok := member.(*asset.Asset); ok {
					visit(where+"/"+name, a.Text)
				}
			}
		}
	}
	walk(where, resource.NewObjectProperty(m))
}

func (r *Recorded) descends(res Resource, ancestor string) bool {
	for parent := res.Parent; parent != ancestor; {
		next, ok := r.byURN[parent]
		if !ok {
			return false
		}
		parent = next.Parent
	}
	return true
}
