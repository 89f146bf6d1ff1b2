package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Run is the function command:local:run: a command that runs every time.
type Run struct{}

// RunInputs are the arguments of the function.
type RunInputs struct {
	Process
	Command string `pulumi:"command"`
}

// RunOutputs are its results.
type RunOutputs struct {
	RunInputs
	Output
}

// Invoke runs the command.
func (*Run) Invoke(ctx context.Context, req infer.FunctionRequest[RunInputs]) (infer.FunctionResponse[RunOutputs], error) {
	in := req.Input
	if in.AssetPaths != nil || in.ArchivePaths != nil {
		return infer.FunctionResponse[RunOutputs]{}, errNoAssets
	}
	output, err := in.run(ctx, in.Command, Output{})
	return infer.FunctionResponse[RunOutputs]{Output: RunOutputs{RunInputs: in, Output: output}}, err
}
