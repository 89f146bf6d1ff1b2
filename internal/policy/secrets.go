package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const typeStack = "pulumi:pulumi:Stack"

func secretRules() []Rule {
	return []Rule{
		{
			ID: "marked-secrets", Level: Mandatory, Title: "Keys and kubeconfigs are secret wherever they are an input",
			Why:      "What is not marked stands in plain text in the state, in previews and in logs.",
			Mend:     "Wrap the value with pulumi.ToSecret",
			Resource: markedInputs,
		},
		{
			ID: "secret-outputs", Level: Mandatory, Title: "Keys and kubeconfigs are secret in outputs",
			Why:   "Outputs are what people print and other stacks read.",
			Mend:  "Export the value with pulumi.ToSecret",
			Stack: markedOutputs,
		},
		{
			ID: "plain-user-data", Level: Mandatory, Title: "User data holds no secret but the host key",
			Why:   "Whoever may ask the metadata service, and every administrator of the cloud, reads user data.",
			Mend:  "Send secrets over SSH, on standard input",
			Types: []string{typeServer}, Resource: userDataClean,
		},
		{
			ID: "secrets-on-stdin", Level: Mandatory, Title: "Commands take secrets on standard input alone",
			Why:   "Command lines and environments are shown to every user of the machine, and end up in logs.",
			Mend:  "Pass the value in stdin, and read it in the script",
			Types: []string{typeCommand}, Resource: commandClean,
		},
	}
}

// privateKey and clientKey are how a private key and a kubeconfig that holds one look.
const (
	privateKey = "PRIVATE KEY-----"
	clientKey  = "client-key-data:"
)

func hasKey(text string) bool {
	return strings.Contains(text, privateKey) || strings.Contains(text, clientKey)
}

func markedInputs(r Resource, _ Settings) []string {
	var problems []string
	for _, path := range plainKeys(property.New(r.Properties)) {
		problems = append(problems, path+" holds a key in plain text")
	}
	return problems
}

// plainKeys are the paths of texts with a key in them that no secret mark surrounds.
func plainKeys(value property.Value) []string {
	var paths []string
	var walk func(path string, v property.Value)
	walk = func(path string, v property.Value) {
		switch {
		case v.Secret() || v.IsComputed():
		case v.IsString() && hasKey(v.AsString()):
			paths = append(paths, strings.TrimPrefix(path, "."))
		case v.IsArray():
			for i, e := range v.AsArray().All {
				walk(fmt.Sprintf("%s[%d]", path, i), e)
			}
		case v.IsMap():
			for k, e := range v.AsMap().AllStable {
				walk(path+"."+k, e)
			}
		}
	}
	walk("", value)
	return paths
}

func markedOutputs(s Stack, _ Settings) []Finding {
	var findings []Finding
	for _, r := range s {
		if r.Type != typeStack && !strings.HasPrefix(r.Type, "slipway:") {
			continue // what a provider's resource returns is the provider's to mark
		}
		for _, path := range plainKeys(property.New(r.Properties)) {
			findings = append(findings, blame(r, "the output %s holds a key in plain text", path))
		}
	}
	return findings
}

// bootstrapToken is the form of kubeadm's tokens.
var bootstrapToken = regexp.MustCompile(`\b[a-z0-9]{6}\.[a-z0-9]{16}\b`)

// userDataClean admits the host key, which sshd must have before anybody can
// connect; it is an OpenSSH key, all others are PEM of other kinds.
func userDataClean(r Resource, _ Settings) []string {
	v := r.at("userData")
	text := textOf(v)
	var problems []string
	if strings.Contains(text, privateKey) && !v.Secret() {
		problems = append(problems, "its user data is not marked secret")
	}
	keys := strings.Count(text, privateKey) / 2 // each begins and ends
	if keys > 1 || keys == 1 && !strings.Contains(text, "OPENSSH "+privateKey) {
		problems = append(problems, "its user data holds further keys")
	}
	if strings.Contains(text, clientKey) || bootstrapToken.MatchString(text) || strings.Contains(text, "passwd:") {
		problems = append(problems, "its user data holds a credential")
	}
	return problems
}

func commandClean(r Resource, _ Settings) []string {
	var problems []string
	for _, key := range []string{"create", "update", "delete"} {
		if v := r.at(key); v.Secret() || hasKey(textOf(v)) {
			problems = append(problems, "the command line "+key+" holds a secret")
		}
	}
	environment := r.at("environment")
	if environment.Secret() || environment.IsMap() && slices.ContainsFunc(slices.Collect(values(environment.AsMap())), secretText) {
		problems = append(problems, "the environment holds a secret")
	}
	return problems
}

func secretText(v property.Value) bool { return v.HasSecrets() || hasKey(textOf(v)) }

func values(m property.Map) func(yield func(property.Value) bool) {
	return func(yield func(property.Value) bool) {
		for _, v := range m.AllStable {
			if !yield(v) {
				return
			}
		}
	}
}
