// Package pulumitest runs Pulumi programs against a fake engine that lives in
// the test and records what they register. It plays the part of pulumi.WithMocks,
// which does not let a test see stack outputs, log messages or a resource that
// is registered twice.
//
// The fake invents what a cloud would answer: ids, addresses, real keys and
// certificates. All of it follows from resource names, so goldens are stable.
package pulumitest

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Project is the project name that programs under test see.
const Project = "slipway"

// ComponentType is the type of what Component registers.
const ComponentType = "test:index:Component"

// Option changes how a program is run.
type Option func(*settings)

// InvokeFunc answers a provider function.
type InvokeFunc func(args resource.PropertyMap) (resource.PropertyMap, error)

// OutputFunc computes what the cloud adds to a resource's inputs. It may change
// and return the map it is given, which holds a copy of the inputs.
type OutputFunc func(r Resource, state resource.PropertyMap) (resource.PropertyMap, error)

type settings struct {
	stack   string
	config  map[string]string
	preview bool
	invokes map[string]InvokeFunc
	outputs map[string]OutputFunc
	stacks  map[string]resource.PropertyMap
}

// OtherStack is a stack with outputs, by its full name, that the program may refer to.
func OtherStack(name string, outputs map[string]any) Option {
	return func(s *settings) { s.stacks[name] = resource.NewPropertyMapFromMap(outputs) }
}

// NoStack has an earlier OtherStack of that name not count.
func NoStack(name string) Option { return func(s *settings) { delete(s.stacks, name) } }

// Stack names the stack. Defaults to "test".
func Stack(name string) Option { return func(s *settings) { s.stack = name } }

// Config sets the stack's configuration: full keys such as slipway:cluster,
// values as Pulumi hands them over (structured ones as JSON).
func Config(values map[string]string) Option { return func(s *settings) { s.config = values } }

// Preview runs the program as a first `pulumi preview` does: nothing exists, so
// whatever a provider would compute is unknown.
func Preview() Option { return func(s *settings) { s.preview = true } }

// Invoke answers the provider function called token, instead of the built-in answer.
func Invoke(token string, f InvokeFunc) Option {
	return func(s *settings) { s.invokes[token] = f }
}

// Outputs computes the outputs of resources of the type called token, instead
// of the built-in ones.
func Outputs(token string, f OutputFunc) Option {
	return func(s *settings) { s.outputs[token] = f }
}

// SecretOutput has resources of a type come with a secret output.
func SecretOutput(token, output, value string) Option {
	return Outputs(token, func(_ Resource, state resource.PropertyMap) (resource.PropertyMap, error) {
		state[resource.PropertyKey(output)] = resource.MakeSecret(resource.NewProperty(value))
		return state, nil
	})
}

// Run runs the program and fails the test when the program fails.
func Run(t testing.TB, program pulumi.RunFunc, opts ...Option) *Recorded {
	t.Helper()
	recorded, err := RunErr(t, program, opts...)
	if err != nil {
		t.Fatalf("running the program: %v", err)
	}
	return recorded
}

// RunErr runs the program and returns its error, for programs that must fail.
// An unknown provider function or a resource registered twice fails the test.
func RunErr(t testing.TB, program pulumi.RunFunc, opts ...Option) (*Recorded, error) {
	t.Helper()
	s := &settings{stack: "test", invokes: knownInvokes(), outputs: knownOutputs(), stacks: map[string]resource.PropertyMap{}}
	for _, o := range opts {
		o(s)
	}
	e := &engine{t: t, settings: s, resources: map[string]*Resource{}}
	address := e.serve(t)
	err := pulumi.RunErr(program, func(info *pulumi.RunInfo) {
		info.Project, info.Stack, info.Organization = Project, s.stack, "organization"
		info.MonitorAddr, info.EngineAddr = address, address
		info.Config, info.DryRun = s.config, s.preview
	})
	return e.recorded(), err
}

// Component registers a component of no meaning: the parent of what a test makes
// up around the component that it is about, or that component's dependency.
func Component(ctx *pulumi.Context, name string) (pulumi.Resource, error) {
	c := &pulumi.ResourceState{}
	if err := ctx.RegisterComponentResource(ComponentType, name, c); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{})
}
