package cloudlogin

import (
	"strings"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// CACertificateFile is the authority of the cloud's API below the folder of the
// files, if the login has one.
const CACertificateFile = caFile

// Environment is for programs that log in by variables alone: these, of which one is
// secret; the files that have to be beside them, none if every system knows the
// cloud's authority; and the digest of all but the secret: see Files.
func (l Login) Environment(credential *identity.ApplicationCredential) (variables, files pulumi.StringMap, digest pulumi.StringOutput) {
	variables = pulumi.StringMap{
		"OS_AUTH_TYPE":                     pulumi.String("v3applicationcredential"),
		"OS_AUTH_URL":                      pulumi.String(Versioned(l.AuthURL) + "/"),
		"OS_REGION_NAME":                   pulumi.String(l.Region),
		"OS_APPLICATION_CREDENTIAL_ID":     credential.ID(),
		"OS_APPLICATION_CREDENTIAL_SECRET": pulumi.ToSecret(credential.Secret).(pulumi.StringOutput),
	}
	files = pulumi.StringMap{}
	if l.CACertificate != "" {
		files[caFile] = pulumi.String(l.CACertificate)
	}
	// What is in clouds.yaml is in these, too.
	_, digest = l.CloudsFiles(credential)
	return variables, files, digest
}

// Versioned is Keystone's address with the version that is spoken to it: some
// catalogues leave it to clients.
func Versioned(url string) string {
	return strings.TrimSuffix(strings.TrimRight(url, "/"), "/v3") + "/v3"
}
