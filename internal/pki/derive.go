package pki

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// The purposes that secrets are derived for. A value never changes: another
// one means another token or key for every existing cluster.
const (
	purposeBootstrapToken = "slipway/bootstrap-token/v1"
	purposeEncryptionKey  = "slipway/encryption-key/v1"
)

// tokenAlphabet is what a bootstrap token may consist of.
const tokenAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

const (
	tokenIDLength     = 6
	tokenSecretLength = 16
	encryptionKeySize = 32 // what the secretbox provider wants
	minSeedLength     = 32 // less than this is no key
)

// BootstrapToken derives the token that joining nodes authenticate with, in
// the form <id>.<secret>.
func BootstrapToken(seed string) (string, error) {
	// Bytes that would favour some letters are skipped, so more are drawn than needed.
	raw, err := derive(seed, purposeBootstrapToken, 8*(tokenIDLength+tokenSecretLength))
	if err != nil {
		return "", err
	}
	text := letters(raw)
	if len(text) < tokenIDLength+tokenSecretLength {
		return "", errors.New("deriving the bootstrap token: too few usable bytes; choose another seed")
	}
	return text[:tokenIDLength] + "." + text[tokenIDLength:tokenIDLength+tokenSecretLength], nil
}

// encryptionKey derives the key of one generation for encryption at rest, in base64.
func encryptionKey(seed string, generation int) (string, error) {
	raw, err := derive(seed, fmt.Sprintf("%s/%d", purposeEncryptionKey, generation), encryptionKeySize)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

// derive returns bytes for one purpose that say nothing about those for another
// (HKDF with SHA-256, RFC 5869; the seed is a key already, so no salt is needed).
func derive(seed, purpose string, length int) ([]byte, error) {
	if len(seed) < minSeedLength {
		return nil, fmt.Errorf("deriving %s: the seed has %d bytes, fewer than %d", purpose, len(seed), minSeedLength)
	}
	return hkdf.Key(sha256.New, []byte(seed), nil, purpose, length)
}

// letters maps bytes to the token's alphabet without bias.
func letters(raw []byte) string {
	const fair = 256 - 256%len(tokenAlphabet)
	var text []byte
	for _, b := range raw {
		if int(b) < fair {
			text = append(text, tokenAlphabet[int(b)%len(tokenAlphabet)])
		}
	}
	return string(text)
}
