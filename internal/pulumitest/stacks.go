package pulumitest

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The engine itself answers these two about other stacks.
const (
	readStackOutputs   = "pulumi:pulumi:readStackOutputs"
	stackReferenceType = "pulumi:pulumi:StackReference"
)

// otherStack answers for a stack that OtherStack made known.
func (e *engine) otherStack(args resource.PropertyMap) (resource.PropertyMap, error) {
	name := args["name"]
	outputs, ok := e.settings.stacks[name.StringValue()]
	if !ok {
		return nil, fmt.Errorf("unknown stack %q", name.StringValue()) // as the engine says it
	}
	return resource.PropertyMap{"name": name, "outputs": resource.NewProperty(outputs), "secretOutputNames": resource.NewProperty([]resource.PropertyValue{})}, nil
}

// ReadResource reads a reference to another stack; nothing else is read.
func (e *engine) ReadResource(_ context.Context, in *pulumirpc.ReadResourceRequest) (*pulumirpc.ReadResourceResponse, error) {
	if in.GetType() != stackReferenceType {
		e.t.Errorf("the program read %s of type %s", in.GetName(), in.GetType())
		return nil, fmt.Errorf("unknown type %s", in.GetType())
	}
	state, err := e.otherStack(resource.PropertyMap{"name": resource.NewProperty(in.GetId())})
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.references = append(e.references, in.GetId())
	e.mu.Unlock()
	object, err := plugin.MarshalProperties(state, keepAll)
	return &pulumirpc.ReadResourceResponse{Urn: string(e.urn(in.GetParent(), in.GetType(), in.GetName())), Properties: object}, err
}
