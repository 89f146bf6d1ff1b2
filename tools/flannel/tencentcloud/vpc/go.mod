module github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc

go 1.26.0

require github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v0.0.0
