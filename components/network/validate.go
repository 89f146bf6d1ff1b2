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
	if a.ExternalNetworkID == "" {
		errs = append(errs, errors.New("ExternalNetworkID is required"))
	}
	if a.APIPort < 1 || a.APIPort > 65535 {
		errs = append(errs, fmt.Errorf("APIPort %d: must be 1 to 65535", a.APIPort))
	}
	return errors.Join(errs...)
}
