package network

import (
	"errors"
	"fmt"

	"slipway/internal/subnet"
)

func (a *NetworkArgs) validate() error {
	var errs []error
	switch {
	case !a.CIDR.IsValid() || !a.CIDR.Addr().Is4():
		errs = append(errs, fmt.Errorf("CIDR %v: must be an IPv4 range", a.CIDR))
	case a.CIDR.Bits() < subnet.MinBits || a.CIDR.Bits() > subnet.MaxBits:
		errs = append(errs, fmt.Errorf("CIDR %v: prefix length must be %d to %d", a.CIDR, subnet.MinBits, subnet.MaxBits))
	}
	if a.ExternalNetworkID == "" && a.Shared == nil {
		errs = append(errs, errors.New("ExternalNetworkID is required"))
	}
	if s := a.Shared; s != nil && (s.NetworkID == "" || s.SubnetID == "" || s.RouterID == "" || s.MTU < 1) {
		errs = append(errs, errors.New("a Shared network has ids and an MTU"))
	}
	if a.Alone && a.Shared != nil {
		errs = append(errs, errors.New("at most one of Alone and Shared is possible"))
	}
	if !a.Alone && (a.APIPort < 1 || a.APIPort > 65535) {
		errs = append(errs, fmt.Errorf("APIPort %d: must be 1 to 65535", a.APIPort))
	}
	return errors.Join(errs...)
}
