package machine

import (
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

// SSH is how one logs in to the machines of a cluster.
type SSH struct {
	// User is the image's login user, who may use sudo without a password. Required.
	User string
	// PrivateKey in OpenSSH form. Required, secret.
	PrivateKey pulumi.StringInput
	// Jump is the bastion in between. Optional: machines are reached directly.
	Jump *Jump
}

// Jump is a bastion: its address and the public host key it must show.
type Jump struct {
	// Host is the address. Required.
	Host pulumi.StringInput
	// HostKey is the public host key in authorized_keys form. Required.
	HostKey pulumi.StringInput
}

// Connect returns the connection to one machine, whose host key is verified
// from the first connection on, as is the bastion's.
func (s SSH) Connect(host, hostKey pulumi.StringInput) remote.ConnectionOutput {
	args := remote.ConnectionArgs{
		Host:           host,
		HostKey:        hostKey.ToStringOutput().ToStringPtrOutput(),
		User:           pulumi.String(s.User),
		PrivateKey:     s.PrivateKey.ToStringOutput().ToStringPtrOutput(),
		DialErrorLimit: pulumi.Int(dialAttempts),
		PerDialTimeout: pulumi.Int(dialTimeoutSeconds),
	}
	if s.Jump != nil {
		args.Proxy = remote.ProxyConnectionArgs{
			Host:           s.Jump.Host,
			HostKey:        s.Jump.HostKey.ToStringOutput().ToStringPtrOutput(),
			User:           pulumi.String(s.User),
			PrivateKey:     s.PrivateKey.ToStringOutput().ToStringPtrOutput(),
			DialErrorLimit: pulumi.Int(dialAttempts),
			PerDialTimeout: pulumi.Int(dialTimeoutSeconds),
		}
	}
	return pulumi.ToSecret(args.ToConnectionOutput()).(remote.ConnectionOutput)
}

// trim drops the newline that ends an OpenSSH public key, so that keys compare equal.
func trim(key pulumi.StringOutput) pulumi.StringOutput {
	return key.ApplyT(strings.TrimSpace).(pulumi.StringOutput)
}
