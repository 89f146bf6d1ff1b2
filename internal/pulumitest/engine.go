package pulumitest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// engine is the engine and resource monitor of one run. The program's
// registrations arrive concurrently.
type engine struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	t        testing.TB
	settings *settings

	mu        sync.Mutex
	resources map[string]*Resource // by URN
	outputs   resource.PropertyMap
	log       []LogEntry
	// references are the names of other stacks that were referred to.
	references []string
	root       string
}

// keepAll preserves what a test wants to see: secrets and unknown values.
var keepAll = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

func (e *engine) serve(t testing.TB) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listening for the program under test: %v", err)
	}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(server, e)
	pulumirpc.RegisterEngineServer(server, e)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

// GetDeploymentInfo leaves out output values, so that inputs arrive as plain
// values and secrets.
func (e *engine) GetDeploymentInfo(context.Context, *emptypb.Empty) (*pulumirpc.DeploymentInfo, error) {
	return &pulumirpc.DeploymentInfo{
		Project: Project, Stack: e.settings.stack,
		SupportedFeatures: []pulumirpc.ResourceMonitorFeature{
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_SECRETS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_DELETED_WITH,
			pulumirpc.ResourceMonitorFeature_RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
		},
	}, nil
}

// SupportsFeature is asked by SDK code that predates GetDeploymentInfo.
func (e *engine) SupportsFeature(_ context.Context, in *pulumirpc.SupportsFeatureRequest) (*pulumirpc.SupportsFeatureResponse, error) {
	return &pulumirpc.SupportsFeatureResponse{HasSupport: in.GetId() != "outputValues"}, nil
}

// Invoke answers a provider function.
func (e *engine) Invoke(_ context.Context, in *pulumirpc.ResourceInvokeRequest) (*pulumirpc.ResourceInvokeResponse, error) {
	f, ok := e.settings.invokes[in.GetTok()]
	if in.GetTok() == readStackOutputs {
		f, ok = e.otherStack, true
	}
	if !ok {
		e.t.Errorf("the program called the unknown function %s", in.GetTok())
		return nil, fmt.Errorf("unknown function %s", in.GetTok())
	}
	args, err := plugin.UnmarshalProperties(in.GetArgs(), keepAll)
	if err != nil {
		return nil, err
	}
	result, err := f(args)
	if err != nil {
		return nil, err
	}
	answer, err := plugin.MarshalProperties(result, keepAll)
	return &pulumirpc.ResourceInvokeResponse{Return: answer}, err
}

// RegisterResource records a resource and answers what the cloud would.
func (e *engine) RegisterResource(_ context.Context, in *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	urn := string(e.urn(in.GetParent(), in.GetType(), in.GetName()))
	if in.GetType() == string(resource.RootStackType) {
		return &pulumirpc.RegisterResourceResponse{Urn: urn}, nil
	}
	inputs, err := plugin.UnmarshalProperties(in.GetObject(), keepAll)
	if err != nil {
		return nil, fmt.Errorf("reading the inputs of %s: %w", urn, err)
	}
	e.inherit(in)
	r := &Resource{
		URN: urn, Type: in.GetType(), Name: in.GetName(), Parent: in.GetParent(), Custom: in.GetCustom(), Inputs: inputs,
		Protect: in.GetProtect(), IgnoreChanges: in.GetIgnoreChanges(), DependsOn: in.GetDependencies(),
		DeletedWith: in.GetDeletedWith(), Provider: in.GetProvider(), ReplaceOnChanges: in.GetReplaceOnChanges(),
		RetainOnDelete: in.GetRetainOnDelete(), DeleteBeforeReplace: in.GetDeleteBeforeReplace(),
		BeforeDelete: in.GetHooks().GetBeforeDelete(),
	}
	if r.Outputs, err = e.compute(r, in.GetAdditionalSecretOutputs()); err != nil {
		return nil, fmt.Errorf("computing the outputs of %s: %w", urn, err)
	}
	e.mu.Lock()
	if _, twice := e.resources[urn]; twice {
		e.t.Errorf("the program registered %s twice", urn)
	}
	e.resources[urn] = r
	e.mu.Unlock()
	object, err := plugin.MarshalProperties(r.Outputs, keepAll)
	return &pulumirpc.RegisterResourceResponse{Urn: urn, Id: r.ID, Object: object}, err
}

// inherit hands a parent's options down as the engine does.
func (e *engine) inherit(in *pulumirpc.RegisterResourceRequest) {
	e.mu.Lock()
	defer e.mu.Unlock()
	parent, ok := e.resources[in.GetParent()]
	if !ok {
		return
	}
	if in.DeletedWith == "" {
		in.DeletedWith = parent.DeletedWith
	}
	if in.Protect == nil {
		in.Protect = &parent.Protect
	}
	if in.RetainOnDelete == nil {
		in.RetainOnDelete = &parent.RetainOnDelete
	}
}

// compute sets the id and returns the state of a resource: its inputs and, once
// it exists, what the provider adds.
func (e *engine) compute(r *Resource, secret []string) (resource.PropertyMap, error) {
	state := r.Inputs.Copy()
	if !r.Custom || e.settings.preview {
		return state, nil
	}
	r.ID = fakeID(r.URN)
	if f, ok := e.settings.outputs[r.Type]; ok {
		var err error
		if state, err = f(*r, state); err != nil {
			return nil, err
		}
	}
	for _, key := range secret {
		k := resource.PropertyKey(key)
		if v, ok := state[k]; ok && !v.IsSecret() {
			state[k] = resource.MakeSecret(v)
		}
	}
	return state, nil
}

// RegisterResourceOutputs records the outputs of the stack or of a component.
func (e *engine) RegisterResourceOutputs(_ context.Context, in *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	outputs, err := plugin.UnmarshalProperties(in.GetOutputs(), keepAll)
	if err != nil {
		return nil, fmt.Errorf("reading the outputs of %s: %w", in.GetUrn(), err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r, ok := e.resources[in.GetUrn()]; ok {
		r.Outputs, r.outputsRegistered = outputs, true
	} else {
		e.outputs = outputs
	}
	return &emptypb.Empty{}, nil
}

// RegisterResourceHook takes a hook, which nothing calls: nothing is ever deleted.
func (e *engine) RegisterResourceHook(context.Context, *pulumirpc.RegisterResourceHookRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// SignalAndWaitForShutdown has nothing to wait for.
func (e *engine) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Log records a message of the program.
func (e *engine) Log(_ context.Context, in *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log = append(e.log, LogEntry{Severity: in.GetSeverity().String(), Message: in.GetMessage(), URN: in.GetUrn()})
	return &emptypb.Empty{}, nil
}

// GetRootResource returns the URN of the stack.
func (e *engine) GetRootResource(context.Context, *pulumirpc.GetRootResourceRequest) (*pulumirpc.GetRootResourceResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return &pulumirpc.GetRootResourceResponse{Urn: e.root}, nil
}

// SetRootResource remembers the URN of the stack.
func (e *engine) SetRootResource(_ context.Context, in *pulumirpc.SetRootResourceRequest) (*pulumirpc.SetRootResourceResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.root = in.GetUrn()
	return &pulumirpc.SetRootResourceResponse{}, nil
}

func (e *engine) urn(parent, typ, name string) resource.URN {
	var parentType tokens.Type
	if p := resource.URN(parent); p != "" && p.QualifiedType() != resource.RootStackType {
		parentType = p.QualifiedType()
	}
	return resource.NewURN(tokens.QName(e.settings.stack), tokens.PackageName(Project), parentType, tokens.Type(typ), name)
}
