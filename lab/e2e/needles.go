package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"regexp"
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
	return append(found, archiveNeedles(text, owner)...)
}

// archiveNeedles looks into a gzipped tar in base64, which is how nodes receive
// their files; the archive as a whole is as secret as what it holds.
func archiveNeedles(text, owner string) []needle {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	var found []needle
	for files := tar.NewReader(unzipped); ; {
		if _, err := files.Next(); err != nil {
			break
		}
		content, err := io.ReadAll(files)
		if err != nil {
			break
		}
		found = append(found, needlesIn(string(content), owner)...)
	}
	if len(found) > 0 {
		found = append(found, needle{"archive", owner, middle(text)})
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
