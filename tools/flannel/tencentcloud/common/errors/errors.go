// Package errors stands in for the Tencent Cloud SDK's package of that name.
package errors

// TencentCloudSDKError is what every call of the stand-in fails with.
type TencentCloudSDKError struct{}

func (*TencentCloudSDKError) Error() string { return "built without the Tencent Cloud SDK" }
