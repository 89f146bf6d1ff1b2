package pki

import (
	"fmt"

	"sigs.k8s.io/yaml"
)

// encryptionConfiguration mirrors apiserver.config.k8s.io/v1, which says how an
// API server encrypts what it stores in etcd.
type encryptionConfiguration struct {
	APIVersion string               `json:"apiVersion"`
	Kind       string               `json:"kind"`
	Resources  []encryptedResources `json:"resources"`
}

type encryptedResources struct {
	Resources []string   `json:"resources"`
	Providers []provider `json:"providers"`
}

// provider is one of the two.
type provider struct {
	Secretbox *secretbox `json:"secretbox,omitempty"`
	Identity  *struct{}  `json:"identity,omitempty"`
}

type secretbox struct {
	Keys []encryptionKeyEntry `json:"keys"`
}

type encryptionKeyEntry struct {
	Name   string `json:"name"`
	Secret string `json:"secret"`
}

// Encryption renders how API servers encrypt Secrets at rest with the key of a
// generation, which counts from 1 and goes up by one with each rotation.
//
// The first key encrypts, all of them decrypt. The next one is among them, so
// that API servers can go over to it one after the other and understand each
// other meanwhile; the former one until everything was encrypted anew. Identity
// reads what was stored before there was any encryption.
//
// Of the providers that need no service beside the API server, secretbox is
// the one that authenticates what it decrypts, which aescbc does not, and
// stays safe however often a key is used, which aesgcm does not.
func Encryption(seed string, generation int) (string, error) {
	if generation < 1 {
		return "", fmt.Errorf("encryption keys of generation %d: the first generation is 1", generation)
	}
	generations := []int{generation, generation + 1}
	if generation > 1 {
		generations = append(generations, generation-1)
	}
	box := &secretbox{}
	for _, g := range generations {
		key, err := encryptionKey(seed, g)
		if err != nil {
			return "", err
		}
		box.Keys = append(box.Keys, encryptionKeyEntry{Name: fmt.Sprintf("generation-%d", g), Secret: key})
	}
	text, err := yaml.Marshal(encryptionConfiguration{
		APIVersion: "apiserver.config.k8s.io/v1",
		Kind:       "EncryptionConfiguration",
		Resources: []encryptedResources{{
			Resources: []string{"secrets"},
			Providers: []provider{{Secretbox: box}, {Identity: &struct{}{}}},
		}},
	})
	if err != nil {
		return "", fmt.Errorf("rendering the encryption at rest: %w", err)
	}
	return string(text), nil
}
