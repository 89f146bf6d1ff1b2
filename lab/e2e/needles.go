package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// needle is a piece of a secret long enough that finding it means a leak.
type needle struct {
	kind  string // "private key", "token", ...
	owner string // the Pulumi resource it belongs to, or the file
	text  string
}

func (n needle) String() string { return n.kind + " of " + n.owner }

// hostKey says whether the needle is part of an SSH host key, the one secret
// that a machine's own user data may carry.
func (n needle) hostKey() bool { return strings.HasSuffix(n.owner, "-hostkey") }

// secretMark is how an exported deployment marks a secret value; its plain
// text is JSON again.
const secretMark = "4dabf18193072939515e22adb298388d"

// stateNeedles collects the needles of a deployment that was exported with
// its secrets shown.
func stateNeedles(deployment []byte) ([]needle, error) {
	var state struct {
		Deployment struct {
			Resources []struct {
				URN             string
				Inputs, Outputs map[string]any
			}
		}
	}
	if err := json.Unmarshal(deployment, &state); err != nil {
		return nil, fmt.Errorf("reading the exported state: %w", err)
	}
	found := map[string]needle{}
	for _, r := range state.Deployment.Resources {
		owner := r.URN[strings.LastIndex(r.URN, "::")+2:]
		for text := range secretTexts([]any{r.Inputs, r.Outputs}, false) {
			for _, n := range needlesIn(text, owner) {
				// The resource that made a secret owns it; others only use it.
				if earlier, known := found[n.text]; !known || !earlier.hostKey() && n.hostKey() {
					found[n.text] = n
				}
			}
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b needle) int { return strings.Compare(a.text, b.text) }), nil
}

// secretTexts yields every text inside a value that is marked secret.
func secretTexts(value any, secret bool) func(yield func(string) bool) {
	return func(yield func(string) bool) { walkSecrets(value, secret, yield) }
}

func walkSecrets(value any, secret bool, yield func(string) bool) bool {
	switch v := value.(type) {
	case string:
		return !secret || yield(v)
	case []any:
		for _, element := range v {
			if !walkSecrets(element, secret, yield) {
				return false
			}
		}
	case map[string]any:
		if plain, ok := v["plaintext"].(string); ok && v[secretMark] != nil {
			var inner any
			if json.Unmarshal([]byte(plain), &inner) != nil {
				inner = plain
			}
			return walkSecrets(inner, true, yield)
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if !walkSecrets(v[key], secret, yield) {
				return false
			}
		}
	}
	return true
}

var (
	pemKey         = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----\n.+?\n-----END [A-Z ]*PRIVATE KEY-----\n?`)
	bootstrapToken = regexp.MustCompile(`\b[a-z0-9]{6}\.[a-z0-9]{16}\b`)
	kubeconfigKey  = regexp.MustCompile(`client-key-data: ([A-Za-z0-9+/=]{40,})`)
	encryptionKey  = regexp.MustCompile(`secret: ([A-Za-z0-9+/=]{40,})`)
)

// needlesIn finds what is worth hiding in a text.
func needlesIn(text, owner string) []needle {
	var found []needle
	for _, key := range pemKey.FindAllString(text, -1) {
		found = append(found, keyNeedles(key, owner)...)
	}
	for _, token := range bootstrapToken.FindAllString(text, -1) {
		found = append(found, needle{"token", owner, token})
		// Its second half alone is the secret one.
		found = append(found, needle{"token", owner, token[strings.Index(token, ".")+1:]})
	}
	for _, m := range kubeconfigKey.FindAllStringSubmatch(text, -1) {
		found = append(found, needle{"kubeconfig", owner, middle(m[1])})
	}
	for _, m := range encryptionKey.FindAllStringSubmatch(text, -1) {
		found = append(found, needle{"encryption key", owner, m[1]})
	}
	return found
}

// keyNeedles takes a key apart, because logs wrap, indent and escape: its
// lines, and the middle of what it is when it is base64-encoded as a whole.
func keyNeedles(key, owner string) []needle {
	const enough = 40
	found := []needle{{"private key", owner, middle(base64.StdEncoding.EncodeToString([]byte(key)))}}
	for line := range strings.Lines(key) {
		line = strings.TrimSpace(line)
		// The first line of every OpenSSH key holds the same header.
		const commonHeader = "b3BlbnNzaC1rZXktdjE"
		if len(line) >= enough && !strings.HasPrefix(line, "-----") && !strings.HasPrefix(line, commonHeader) {
			found = append(found, needle{"private key", owner, line})
		}
	}
	return found
}

// middle cuts a piece that no wrapping at 64 or 76 columns of the encoded
// whole can miss entirely, and that holds no common prefix.
func middle(encoded string) string {
	const length = 48
	if len(encoded) <= length {
		return encoded
	}
	start := (len(encoded) - length) / 2 / 4 * 4
	return encoded[start : start+length]
}

// leak is a needle in a place where it must not be.
type leak struct {
	needle needle
	place  string
}

// leaksIn looks for all needles in a text. It never quotes the secret.
func leaksIn(text, place string, needles []needle) []leak {
	var found []leak
	for _, n := range needles {
		if strings.Contains(text, n.text) {
			found = append(found, leak{n, place})
		}
	}
	return found
}
