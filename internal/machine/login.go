package machine

import (
	"strings"

	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Login is a way into one machine, as a user who may use sudo. Secret.
type Login struct {
	connection   remote.ConnectionOutput
	sudoPassword pulumi.StringInput
}

// sudo begins the command line of every step.
const sudo = "sudo -n "

// withPassword runs sudo with the password in the first line of standard input,
// and leaves the rest of the input to the command. A machine that needs no
// password must not find that line in front of the input.
const withPassword = `sh -c 'IFS= read -r password
if sudo -n -k true 2>/dev/null; then exec sudo -n "$@"; fi
{ printf "%s\n" "$password"; exec cat; } | sudo -k -S -p "" "$@"' sudo `

// command is the command line that has sudo get its password, if it needs one.
func (l Login) command(line string) string {
	if rest, ok := strings.CutPrefix(line, sudo); ok && l.sudoPassword != nil {
		return withPassword + rest
	}
	return line
}

// stdin is what the command line reads, or nil.
func (l Login) stdin(line string, input pulumi.StringInput) pulumi.StringPtrInput {
	if l.sudoPassword == nil || !strings.HasPrefix(line, sudo) {
		if input == nil {
			return nil
		}
		return input.ToStringOutput().ToStringPtrOutput()
	}
	if input == nil {
		input = pulumi.String("")
	}
	whole := pulumi.Sprintf("%s\n%s", l.sudoPassword, input)
	return pulumi.ToSecret(whole.ToStringPtrOutput()).(pulumi.StringPtrOutput)
}
