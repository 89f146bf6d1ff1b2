// Package remote runs commands and copies files on other machines over SSH.
package remote

import "github.com/pulumi/pulumi-go-provider/infer"

// Defaults of a connection, as the SDK documents them.
const (
	defaultUser           = "root"
	defaultPort           = 22
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15
)

// Connection says how to reach a machine.
type Connection struct {
	endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// ProxyConnection says how to reach the bastion in front of a machine.
type ProxyConnection struct {
	endpoint
}

// endpoint is one SSH server and the ways to log in to it.
type endpoint struct {
	User               *string  `pulumi:"user,optional"`
	Password           *string  `pulumi:"password,optional" provider:"secret"`
	Host               string   `pulumi:"host"`
	Port               *float64 `pulumi:"port,optional"`
	PrivateKey         *string  `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string  `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string  `pulumi:"agentSocketPath,optional"`
	DialErrorLimit     *int     `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int     `pulumi:"perDialTimeout,optional"`
	HostKey            *string  `pulumi:"hostKey,optional"`
}

// Annotate describes the type in the schema.
func (c *Connection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How to connect to a remote machine.")
	c.annotate(a)
	a.Describe(&c.Proxy, "How to connect to the bastion in front of the machine.")
}

// Annotate describes the type in the schema.
func (c *ProxyConnection) Annotate(a infer.Annotator) {
	a.Describe(&c, "How to connect to a bastion.")
	c.annotate(a)
}

func (e *endpoint) annotate(a infer.Annotator) {
	a.Describe(&e.User, "The user to log in as.")
	a.SetDefault(&e.User, defaultUser)
	a.Describe(&e.Host, "The address of the machine.")
	a.Describe(&e.Port, "The port of its SSH server.")
	a.SetDefault(&e.Port, float64(defaultPort))
	a.Describe(&e.PrivateKey, "The contents of a private key to log in with; tried before the password.")
	a.Describe(&e.PrivateKeyPassword, "The password of the private key, if it is encrypted.")
	a.Describe(&e.Password, "The password to log in with.")
	a.Describe(&e.AgentSocketPath, "The socket of an SSH agent. Defaults to SSH_AUTH_SOCK, where set.")
	a.Describe(&e.DialErrorLimit, "How many failed attempts to accept; -1 means any number.")
	a.SetDefault(&e.DialErrorLimit, defaultDialErrorLimit)
	a.Describe(&e.PerDialTimeout, "How many seconds one attempt may take; 0 means any time.")
	a.SetDefault(&e.PerDialTimeout, defaultPerDialTimeout)
	a.Describe(&e.HostKey, "The server's public key. Without it the server's identity is not verified.")
}
