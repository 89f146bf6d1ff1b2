package main

import "context"

// pulumi runs an operation of the CLI on the stack and logs its output.
func (st *stage) pulumi(ctx context.Context, args ...string) (string, error) {
	return st.tool(ctx, command{argv: operation(st.stack, st.stackFile(), args...)})
}

// exported is the stack's state. It is not logged.
func (st *stage) exported(ctx context.Context, args ...string) (string, error) {
	return st.tool(ctx, command{argv: append(onStack(st.stack, "stack", "export"), args...), quiet: true})
}

// operation is a command line of the CLI that reads a stack's configuration.
func operation(stack, configFile string, args ...string) []string {
	return append(onStack(stack, args...), "--config-file", configFile)
}

// onStack is any other command line of the CLI about one stack.
func onStack(stack string, args ...string) []string {
	return append(append([]string{"pulumi"}, args...), "--stack", stack, "--non-interactive", "--color", "never")
}
