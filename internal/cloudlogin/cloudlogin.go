// Package cloudlogin owns what a part of the cluster logs in to OpenStack with:
// an application credential of its own, and the file that it reads it from.
package cloudlogin

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"text/template"

	"github.com/pulumi/pulumi-openstack/sdk/v3/go/openstack/identity"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// Dir is where a pod has to have the files.
	Dir = "/etc/config"
	// ConfigFile is the name of the file to read.
	ConfigFile = "cloud.conf"
	caFile     = "ca.crt"
)

// Login says which cloud it is and as whom.
type Login struct {
	// AuthURL is Keystone's, Region that of the other services. Required.
	AuthURL, Region string
	// CACertificate is the authority of the cloud's API in PEM. Optional: one that
	// every system knows.
	CACertificate string
	// Roles of the credential in the project. Required.
	Roles []string
	// Generation is the credential's number, from 1 up: another one is another
	// credential. Required.
	Generation int
}

// Validate reports everything that is missing.
func (l Login) Validate() error {
	var errs []error
	for _, f := range []struct {
		name    string
		missing bool
	}{{"AuthURL", l.AuthURL == ""}, {"Generation", l.Generation < 1}, {"Region", l.Region == ""}, {"Roles", len(l.Roles) == 0}} {
		if f.missing {
			errs = append(errs, fmt.Errorf("the login needs %s", f.name))
		}
	}
	return errors.Join(errs...)
}

// NewCredential makes what the owner, called name, logs in with. Its name has the
// generation, so that the next one can be there before this one goes.
func (l Login) NewCredential(ctx *pulumi.Context, name, description string, opts ...pulumi.ResourceOption) (*identity.ApplicationCredential, error) {
	return identity.NewApplicationCredential(ctx, name+"-credential", &identity.ApplicationCredentialArgs{
		Name:        pulumi.String(fmt.Sprintf("%s-%d", name, l.Generation)),
		Description: pulumi.String(description),
		Roles:       pulumi.ToStringArray(l.Roles),
	}, opts...)
}

// Files are the configuration, secret, and its digest, which is not: the
// credential's secret is not in it, and another secret has another id. The rest
// is what follows the login in the configuration.
func (l Login) Files(credential *identity.ApplicationCredential, rest pulumi.StringInput) (pulumi.StringMap, pulumi.StringOutput) {
	return l.files(credential, ConfigFile, rest, l.render)
}

// files are the rendered file of this name with the authority beside it, and the digest of both.
func (l Login) files(credential *identity.ApplicationCredential, name string, rest pulumi.StringInput, render func(id, secret, rest string) (string, error)) (pulumi.StringMap, pulumi.StringOutput) {
	digest := pulumi.All(credential.ID(), rest).ApplyT(func(v []any) (string, error) {
		text, err := render(string(v[0].(pulumi.ID)), "", v[1].(string))
		sum := sha256.Sum256([]byte(text + l.CACertificate))
		return hex.EncodeToString(sum[:]), err
	}).(pulumi.StringOutput)
	text := pulumi.All(credential.ID(), rest, credential.Secret).ApplyT(func(v []any) (string, error) {
		return render(string(v[0].(pulumi.ID)), v[2].(string), v[1].(string))
	}).(pulumi.StringOutput)
	files := pulumi.StringMap{name: pulumi.ToSecret(text).(pulumi.StringOutput)}
	if l.CACertificate != "" {
		files[caFile] = pulumi.String(l.CACertificate)
	}
	return files, digest
}

//go:embed cloud.conf.tmpl
var cloudConf string

var cloudConfTemplate = template.Must(template.New(ConfigFile).Option("missingkey=error").Parse(cloudConf))

func (l Login) render(id, secret, rest string) (string, error) {
	values := map[string]string{"AuthURL": l.AuthURL, "Region": l.Region, "ID": id, "Secret": secret, "CAFile": "", "Rest": rest}
	if l.CACertificate != "" {
		values["CAFile"] = Dir + "/" + caFile
	}
	if err := Quotable(l.AuthURL, l.Region, id, secret); err != nil {
		return "", err
	}
	var out strings.Builder
	if err := cloudConfTemplate.Execute(&out, values); err != nil {
		return "", fmt.Errorf("rendering %s: %w", ConfigFile, err)
	}
	return out.String(), nil
}

// Quotable refuses values that would end a quotation in the configuration.
func Quotable(values ...string) error {
	for _, value := range values {
		if strings.ContainsAny(value, "\"\\\n") {
			return fmt.Errorf("rendering %s: a value has a quotation mark, a backslash or a line break in it", ConfigFile)
		}
	}
	return nil
}
