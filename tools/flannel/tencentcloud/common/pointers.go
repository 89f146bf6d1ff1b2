// Package common stands in for the Tencent Cloud SDK, which is not published
// as a Go module that can be fetched everywhere. flannel links it for a backend
// that Slipway does not use.
package common

// StringPtr returns a pointer to the value.
func StringPtr(v string) *string { return &v }

// BoolPtr returns a pointer to the value.
func BoolPtr(v bool) *bool { return &v }

// StringPtrs returns pointers to the values.
func StringPtrs(values []string) []*string {
	pointers := make([]*string, len(values))
	for i := range values {
		pointers[i] = &values[i]
	}
	return pointers
}
