// Package shim exports the constructor of HashiCorp's TLS provider, which is
// internal there: a module below its import path may see it. The official
// Pulumi plugin does the same.
package shim

import (
	"github.com/hashicorp/terraform-plugin-framework/provider"
	tls "github.com/hashicorp/terraform-provider-tls/internal/provider"
)

// NewProvider returns the Terraform provider.
func NewProvider() provider.Provider { return tls.New() }
