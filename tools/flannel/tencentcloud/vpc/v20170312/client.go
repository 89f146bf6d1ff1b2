// Package v20170312 stands in for the Tencent Cloud SDK's client of routes: it
// has what flannel's tencent-vpc backend names, and each call fails.
package v20170312

import "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

// Client is a client whose calls fail.
type Client struct{}

// NewClientWithSecretId returns the client.
func NewClientWithSecretId(_, _, _ string) (*Client, error) { return &Client{}, nil }

// Filter selects route tables.
type Filter struct {
	Name   *string
	Values []*string
}

// Route is an entry of a route table.
type Route struct {
	RouteId              *uint64
	RouteType            *string
	DestinationCidrBlock *string
	GatewayType          *string
	GatewayId            *string
	Enabled              *bool
}

// RouteTable is a table of routes.
type RouteTable struct {
	RouteTableId *string
	RouteSet     []*Route
}

// DescribeRouteTablesRequest asks for route tables.
type DescribeRouteTablesRequest struct{ Filters []*Filter }

// NewDescribeRouteTablesRequest returns an empty request.
func NewDescribeRouteTablesRequest() *DescribeRouteTablesRequest {
	return &DescribeRouteTablesRequest{}
}

// DescribeRouteTablesResponse holds route tables.
type DescribeRouteTablesResponse struct {
	Response struct{ RouteTableSet []*RouteTable }
}

// RoutesRequest adds routes to a table or removes them.
type RoutesRequest struct {
	RouteTableId *string
	Routes       []*Route
}

// NewDeleteRoutesRequest returns an empty request.
func NewDeleteRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

// NewCreateRoutesRequest returns an empty request.
func NewCreateRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

// DescribeRouteTables fails.
func (*Client) DescribeRouteTables(*DescribeRouteTablesRequest) (*DescribeRouteTablesResponse, error) {
	return nil, &errors.TencentCloudSDKError{}
}

// DeleteRoutes fails.
func (*Client) DeleteRoutes(*RoutesRequest) (any, error) { return nil, &errors.TencentCloudSDKError{} }

// CreateRoutes fails.
func (*Client) CreateRoutes(*RoutesRequest) (any, error) { return nil, &errors.TencentCloudSDKError{} }
