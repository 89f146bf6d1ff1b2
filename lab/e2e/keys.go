package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"strings"
)

// keyNeedles takes a key apart, because logs wrap, indent and escape: its
// lines, and the middle of what it is when it is base64-encoded as a whole.
func keyNeedles(key, owner string) []needle {
	const enough = 40
	found := []needle{{"private key", owner, middle(base64.StdEncoding.EncodeToString([]byte(key)))}}
	public := publicHalf(key)
	for line := range strings.Lines(key) {
		line = strings.TrimSpace(line)
		// The first line of every OpenSSH key holds the same header.
		const commonHeader = "b3BlbnNzaC1rZXktdjE"
		if len(line) < enough || strings.HasPrefix(line, "-----") || strings.HasPrefix(line, commonHeader) {
			continue
		}
		content, err := base64.StdEncoding.DecodeString(line)
		if err == nil && bytes.Contains(public, content) {
			continue
		}
		found = append(found, needle{"private key", owner, line})
	}
	return found
}

// publicHalf is the public key that a file with a private key holds as well.
// Its bytes stand in certificates and authorized_keys, so they prove no leak.
// It is nil for an unknown format, of which every line counts.
func publicHalf(key string) []byte {
	block, _ := pem.Decode([]byte(key))
	if block == nil {
		return nil
	}
	if block.Type == "OPENSSH PRIVATE KEY" {
		return openSSHPublicHalf(block.Bytes)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	}
	private, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return nil
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return nil
	}
	return public
}

// openSSHPublicHalf reads the format of OpenSSH's PROTOCOL.key: after the magic
// come cipher, key derivation and its options as strings, the number of keys,
// and the first public key as a string.
func openSSHPublicHalf(file []byte) []byte {
	rest, found := bytes.CutPrefix(file, []byte("openssh-key-v1\x00"))
	if !found {
		return nil
	}
	const words, countSize = 3, 4
	for range words {
		if _, rest, found = cutString(rest); !found {
			return nil
		}
	}
	if len(rest) < countSize {
		return nil
	}
	public, _, _ := cutString(rest[countSize:])
	return public
}

// cutString takes a string with its length in front off the data.
func cutString(data []byte) (text, rest []byte, found bool) {
	const lengthSize = 4
	if len(data) < lengthSize {
		return nil, nil, false
	}
	length := uint64(binary.BigEndian.Uint32(data))
	if data = data[lengthSize:]; uint64(len(data)) < length {
		return nil, nil, false
	}
	return data[:length], data[length:], true
}
