// Package acme has what Traefik keeps of an account with a certificate authority.
package acme

// Account is what the authority knows of it.
type Account struct {
	Status  string   `json:"status,omitempty"`
	Contact []string `json:"contact,omitempty"`
}

// ExtendedAccount is an account and where it is.
type ExtendedAccount struct {
	Account
	Location string `json:"accountURL,omitempty"`
}
