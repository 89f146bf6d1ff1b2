package policy

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// controlPlane is a control plane as a preview shows it.
func controlPlane(name string, portKnown, serverKnown bool) Stack {
	value := func(known bool, text string) property.Value {
		if known {
			return property.New(text)
		}
		return property.New(property.Computed)
	}
	resource := func(typ, name, key string, v property.Value) Resource {
		return Resource{Type: typ, Name: name, Properties: property.NewMap(map[string]property.Value{key: v})}
	}
	if !serverKnown {
		// The provider's answer, of a server as of anything else that is to be made.
		return append(Stack{resource(typeServer, name+"-server", "id", property.New(""))}, controlPlane(name, portKnown, true)[:3]...)
	}
	return Stack{
		{Type: typeNode, Name: name},
		{Type: typeCommand, Name: name + "-settings"},
		resource(typePort, name+"-port", "macAddress", value(portKnown, "fa:16:3e:00:00:01")),
		resource(typeServer, name+"-server", "id", value(serverKnown, "5f0d7ae4")),
	}
}

func TestOneMemberAtATime(t *testing.T) {
	tests := map[string]struct {
		stack Stack
		want  string
	}{
		"nothing changes": {join(controlPlane("cp1", true, true), controlPlane("cp2", true, true), controlPlane("cp3", true, true)), ""},
		"one is replaced": {join(controlPlane("cp1", true, true), controlPlane("cp2", true, false), controlPlane("cp3", true, true)), ""},
		"two are replaced": {join(controlPlane("cp1", true, true), controlPlane("cp2", true, false), controlPlane("cp3", true, false)),
			"the servers of cp2, cp3 would be replaced together"},
		"two are added": {join(controlPlane("cp1", true, true), controlPlane("cp2", false, false), controlPlane("cp3", false, false)), ""},
		"a new cluster": {join(controlPlane("cp1", false, false), controlPlane("cp2", false, false), controlPlane("cp3", false, false)), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, f := range oneMemberAtATime(tt.stack, settings()) {
				got += f.Message
			}
			if !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func join(stacks ...Stack) Stack {
	var all Stack
	for _, s := range stacks {
		all = append(all, s...)
	}
	return all
}
