package pulumitest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-command/sdk/go/command/remote"
	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/networking"
	tlsprovider "github.com/pulumi/pulumi-tls/sdk/v5/go/tls"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"golang.org/x/crypto/ssh"
)

// complaints stands in for a test and keeps what it is told.
type complaints struct {
	testing.TB
	messages []string
}

func (c *complaints) Errorf(format string, args ...any) {
	c.messages = append(c.messages, fmt.Sprintf(format, args...))
}

func TestRunFailsOn(t *testing.T) {
	tests := map[string]struct {
		program pulumi.RunFunc
		want    string
	}{
		"an unknown function": {
			program: func(ctx *pulumi.Context) error {
				_, _ = networking.LookupRouter(ctx, &networking.LookupRouterArgs{})
				return nil
			},
			want: "unknown function openstack:networking/getRouter:getRouter",
		},
		"a resource registered twice": {
			program: func(ctx *pulumi.Context) error {
				for range 2 {
					if _, err := networking.NewRouter(ctx, "r", nil); err != nil {
						return err
					}
				}
				return nil
			},
			want: "registered urn:pulumi:test::slipway::openstack:networking/router:Router::r twice",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := &complaints{TB: t}
			_, _ = RunErr(c, tc.program)
			if len(c.messages) != 1 || !strings.Contains(c.messages[0], tc.want) {
				t.Errorf("complaints = %q, want one with %q", c.messages, tc.want)
			}
		})
	}
}

// leaky breaks every rule that the assertions know.
func leaky(ctx *pulumi.Context) error {
	var component pulumi.ResourceState
	if err := ctx.RegisterComponentResource("slipway:index:Leaky", "leaky", &component); err != nil {
		return err
	}
	key, err := tlsprovider.NewPrivateKey(ctx, "stray", &tlsprovider.PrivateKeyArgs{Algorithm: pulumi.String("ED25519")})
	if err != nil {
		return err
	}
	plain := pulumi.Unsecret(key.PrivateKeyPem).(pulumi.StringOutput)
	ctx.Export("key", plain)
	_, err = remote.NewCommand(ctx, "leaky-command", &remote.CommandArgs{
		Connection: remote.ConnectionArgs{Host: pulumi.String("h")},
		Create:     pulumi.String("true"),
		Stdin:      key.PrivateKeyPem,
		Triggers:   pulumi.Array{plain},
	}, pulumi.Parent(&component))
	return err
}

func TestAssertions(t *testing.T) {
	recorded := Run(t, leaky)
	tests := map[string]struct {
		assert func(testing.TB)
		want   []string
	}{
		"component": {
			assert: func(t testing.TB) { recorded.AssertComponent(t, "slipway:index:Leaky", "leaky") },
			want: []string{
				`tls:index/privateKey:PrivateKey "stray" is not below slipway:index:Leaky "leaky": pass pulumi.Parent`,
				`tls:index/privateKey:PrivateKey "stray": its name must start with "leaky-"`,
				`component slipway:index:Leaky "leaky" did not register its outputs`,
			},
		},
		"parented": {
			assert: func(t testing.TB) { recorded.AssertParented(t) },
			want:   []string{`tls:index/privateKey:PrivateKey "stray" is not below a component`},
		},
		"secret inputs": {
			assert: func(t testing.TB) {
				recorded.AssertSecret(t, "command:remote:Command", "leaky-command", "stdin", "connection.host", "create", "delete")
			},
			want: []string{
				`input create of command:remote:Command "leaky-command" must be secret`,
				`command:remote:Command "leaky-command" has no input delete`,
			},
		},
		"secret outputs": {
			assert: func(t testing.TB) { recorded.AssertSecretOutput(t, "key", "kubeconfig") },
			want:   []string{"stack output key must be secret", "the stack has no output kubeconfig"},
		},
		"no plain secrets": {
			assert: func(t testing.TB) { recorded.AssertNoPlainSecrets(t) },
			want: []string{
				`command:remote:Command "leaky-command" input.triggers[0] holds a secret in plain text`,
				`command:remote:Command "leaky-command" output.triggers[0] holds a secret in plain text`,
				`stack output.key holds a secret in plain text`,
			},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := &complaints{TB: t}
			tc.assert(c)
			if got, want := strings.Join(c.messages, "\n"), strings.Join(tc.want, "\n"); got != want {
				t.Errorf("complaints:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestMadeUpCertificates(t *testing.T) {
	recorded := Run(t, func(ctx *pulumi.Context) error {
		caKey, err := tlsprovider.NewPrivateKey(ctx, "ca", &tlsprovider.PrivateKeyArgs{Algorithm: pulumi.String("ECDSA")})
		if err != nil {
			return err
		}
		ca, err := tlsprovider.NewSelfSignedCert(ctx, "ca", &tlsprovider.SelfSignedCertArgs{
			PrivateKeyPem: caKey.PrivateKeyPem, IsCaCertificate: pulumi.Bool(true), AllowedUses: pulumi.ToStringArray([]string{"cert_signing"}), ValidityPeriodHours: pulumi.Int(48),
			Subject: tlsprovider.SelfSignedCertSubjectArgs{CommonName: pulumi.String("ca")},
		})
		if err != nil {
			return err
		}
		key, err := tlsprovider.NewPrivateKey(ctx, "leaf", &tlsprovider.PrivateKeyArgs{Algorithm: pulumi.String("ECDSA")})
		if err != nil {
			return err
		}
		request, err := tlsprovider.NewCertRequest(ctx, "leaf", &tlsprovider.CertRequestArgs{
			PrivateKeyPem: key.PrivateKeyPem, DnsNames: pulumi.ToStringArray([]string{"node"}), IpAddresses: pulumi.ToStringArray([]string{"10.0.0.9"}),
		})
		if err != nil {
			return err
		}
		leaf, err := tlsprovider.NewLocallySignedCert(ctx, "leaf", &tlsprovider.LocallySignedCertArgs{
			CaCertPem: ca.CertPem, CaPrivateKeyPem: caKey.PrivateKeyPem, CertRequestPem: request.CertRequestPem,
			AllowedUses: pulumi.ToStringArray([]string{"server_auth"}), ValidityPeriodHours: pulumi.Int(24),
		})
		ctx.Export("ca", ca.CertPem)
		ctx.Export("cert", leaf.CertPem)
		ctx.Export("key", key.PrivateKeyPem)
		ctx.Export("ssh", key.PrivateKeyOpenssh)
		ctx.Export("sshPublic", key.PublicKeyOpenssh)
		return err
	})
	output := func(name string) []byte {
		v, _, _ := lookup(recorded.Outputs, name)
		return []byte(v.StringValue())
	}
	if _, err := tls.X509KeyPair(output("cert"), output("key")); err != nil {
		t.Errorf("leaf and its key: %v", err)
	}
	block, _ := pem.Decode(output("cert"))
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(output("ca"))
	for _, host := range []string{"node", "10.0.0.9"} {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: notBefore}); err != nil {
			t.Errorf("verifying the leaf for %s: %v", host, err)
		}
	}
	signer, err := ssh.ParsePrivateKey(output("ssh"))
	if err != nil {
		t.Fatalf("reading the OpenSSH key: %v", err)
	}
	if got := string(ssh.MarshalAuthorizedKey(signer.PublicKey())); got != string(output("sshPublic")) {
		t.Errorf("public key = %q, want %q", got, output("sshPublic"))
	}
	recorded.AssertSecretOutput(t, "key", "ssh")
	recorded.AssertNoPlainSecrets(t)
}

func TestPreviewLeavesComputedValuesUnknown(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		port, err := networking.NewPort(ctx, "port", &networking.PortArgs{NetworkId: pulumi.String("n")})
		if err != nil {
			return err
		}
		ctx.Export("address", port.AllFixedIps.Index(pulumi.Int(0)))
		ctx.Export("network", port.NetworkId)
		return nil
	}
	preview := Run(t, program, Preview())
	if !preview.Outputs["address"].IsComputed() || preview.Outputs["network"].StringValue() != "n" {
		t.Errorf("preview outputs = %v, want an unknown address in a known network", preview.Outputs)
	}
	if up := Run(t, program); !up.Outputs["address"].IsString() {
		t.Errorf("outputs = %v, want an address", up.Outputs)
	}
}
