package keystoneauth

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"slipway/internal/cloudlogin"
)

const (
	appName    = "keystone-auth"
	namespace  = "kube-system"
	secretName = appName + "-certificate"
	// rolePrefix is what the server puts before the roles of a token: see review.rego.
	rolePrefix = "keystone:role:"
)

// The server's files.
const (
	reviewFile   = "review.rego"
	accessFile   = "access.rego"
	settingsFile = "settings.json"
)

//go:embed review.rego
var review string

//go:embed access.rego
var access string

// document is what the policies read as data.
type document struct {
	Settings settings `json:"settings"`
}

type settings struct {
	URL               string          `json:"url"`
	SystemAuthorities bool            `json:"systemAuthorities"`
	Authority         string          `json:"authority"`
	Projects          map[string]bool `json:"projects"`
}

// files are what the server reads when it starts; none of it is secret.
func (a *KeystoneAuthArgs) files() (map[string]string, error) {
	projects := map[string]bool{}
	for _, id := range a.ProjectIDs {
		projects[id] = true
	}
	text, err := json.MarshalIndent(document{settings{
		URL:               cloudlogin.Versioned(a.AuthURL),
		SystemAuthorities: a.CACertificate == "",
		Authority:         a.CACertificate,
		Projects:          projects,
	}}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("rendering %s: %w", settingsFile, err)
	}
	return map[string]string{reviewFile: review, accessFile: access, settingsFile: string(text) + "\n"}, nil
}

// digest changes with the files, and with it the server starts anew.
func digest(files map[string]string) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s %d\n%s\n", name, len(files[name]), files[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}
