package machine

import (
	"cmp"
	"strings"

	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// dialTimeoutSeconds is how long one attempt to reach sshd may take, and
// dialAttempts how many there are: together they outlast the boot of a slow
// machine behind a bastion that boots at the same time.
const (
	dialTimeoutSeconds = 15
	dialAttempts       = 40
)

// runningDialAttempts is how often to knock at a machine that is running already:
// long enough for a reboot.
const runningDialAttempts = 10

// SSH is how one logs in to the machines of a cluster.
type SSH struct {
	// User may use sudo. Required.
	User string
	// PrivateKey in OpenSSH form. Required, secret.
	PrivateKey pulumi.StringInput
	// SudoPassword is what sudo asks for. Optional: it asks for nothing. Secret.
	SudoPassword pulumi.StringInput
	// Jump is the bastion in between. Optional: machines are reached directly.
	Jump *Jump
	// Running says that the machines are there already, so that one that does not
	// answer soon never will. Optional. Defaults to false.
	Running bool
}

// Jump is a bastion: its address and the public host key it must show.
type Jump struct {
	// Host is the address. Required.
	Host pulumi.StringInput
	// HostKey is the public host key in authorized_keys form. Required.
	HostKey pulumi.StringInput
	// User to log in as. Optional: the one of the machines behind it.
	User string
}

// Connect returns the way into one machine, whose host key is verified from the
// first connection on, as is the bastion's.
func (s SSH) Connect(host, hostKey pulumi.StringInput) Login {
	args := s.connection(host)
	args.HostKey = hostKey.ToStringOutput().ToStringPtrOutput()
	return s.login(args)
}

// meet returns the way into a machine whose host key nobody knows yet.
func (s SSH) meet(host pulumi.StringInput) Login { return s.login(s.connection(host)) }

func (s SSH) login(args remote.ConnectionArgs) Login {
	return Login{pulumi.ToSecret(args.ToConnectionOutput()).(remote.ConnectionOutput), s.SudoPassword}
}

func (s SSH) connection(host pulumi.StringInput) remote.ConnectionArgs {
	attempts := pulumi.Int(dialAttempts)
	if s.Running {
		attempts = runningDialAttempts
	}
	args := remote.ConnectionArgs{
		Host:           host,
		User:           pulumi.String(s.User),
		PrivateKey:     s.PrivateKey.ToStringOutput().ToStringPtrOutput(),
		DialErrorLimit: attempts,
		PerDialTimeout: pulumi.Int(dialTimeoutSeconds),
	}
	if s.Jump != nil {
		args.Proxy = remote.ProxyConnectionArgs{
			Host:           s.Jump.Host,
			HostKey:        s.Jump.HostKey.ToStringOutput().ToStringPtrOutput(),
			User:           pulumi.String(cmp.Or(s.Jump.User, s.User)),
			PrivateKey:     s.PrivateKey.ToStringOutput().ToStringPtrOutput(),
			DialErrorLimit: attempts,
			PerDialTimeout: pulumi.Int(dialTimeoutSeconds),
		}
	}
	return args
}

// trim drops the newline that ends an OpenSSH public key, so that keys compare equal.
func trim(key pulumi.StringOutput) pulumi.StringOutput {
	return key.ApplyT(strings.TrimSpace).(pulumi.StringOutput)
}
