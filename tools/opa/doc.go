// Package opa pins Open Policy Agent, and has it judge the policies of
// components/keystoneauth.
package opa
