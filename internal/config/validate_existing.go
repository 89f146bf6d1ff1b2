package config

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"golang.org/x/crypto/ssh"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/hostkey"
)

// validateHosts checks the machines that exist, each by itself.
func validateHosts(h Hosts, path *field.Path) field.ErrorList {
	errs := validateRequired(h.User, path.Child("user"), "the login user of the machines, who may use sudo")
	errs = append(errs, validatePrivateKey(h.PrivateKey, path.Child("privateKey"))...)
	if h.Jump != nil {
		errs = append(errs, validateJump(h, path.Child("jump"))...)
	}
	if h.MTU != 0 && (h.MTU < minMTU || h.MTU > maxMTU) {
		errs = append(errs, field.Invalid(path.Child("mtu"), h.MTU, fmt.Sprintf("must be between %d and %d", minMTU, maxMTU)))
	}
	path = path.Child("machines")
	if len(h.Machines) == 0 {
		return append(errs, field.Required(path, "at least one machine, e.g. {h1: {address: 192.0.2.11, role: control-plane}}"))
	}
	for _, name := range slices.Sorted(maps.Keys(h.Machines)) {
		errs = append(errs, validateLabel(name, path.Key(name))...)
		errs = append(errs, validateMachine(h, h.Machines[name], path.Key(name))...)
	}
	return errs
}

func validatePrivateKey(key Secret, path *field.Path) field.ErrorList {
	if key == "" {
		return field.ErrorList{field.Required(path, "the key that logs in: pulumi config set --secret --path slipway:hosts.privateKey <file")}
	}
	_, err := ssh.ParseRawPrivateKey([]byte(key))
	switch {
	case errors.As(err, new(*ssh.PassphraseMissingError)):
		return field.ErrorList{field.Invalid(path, field.OmitValueType{}, "must have no passphrase: the stack's encryption protects it")}
	case err != nil:
		return field.ErrorList{field.Invalid(path, field.OmitValueType{}, "must be a private key in OpenSSH or PEM form")}
	}
	return nil
}

func validateJump(h Hosts, path *field.Path) field.ErrorList {
	errs := validateRequired(h.Jump.Address, path.Child("address"), "the host name or address of the SSH server in between")
	// Whoever sits in between must be known: everything passes through it.
	return append(errs, validateHostKey(h.Jump.HostKey, h.Jump.Address, h.KnownHosts, false, path.Child("hostKey"))...)
}

func validateMachine(h Hosts, m Machine, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	switch address := path.Child("address"); {
	case !m.Address.IsValid():
		errs = append(errs, field.Required(address, "where SSH and the other machines reach it"))
	case !m.Address.Is4() || m.Address.IsLoopback() || m.Address.IsUnspecified() || m.Address.IsMulticast():
		errs = append(errs, field.Invalid(address, m.Address.String(), "must be an IPv4 address that other machines can reach"))
	default:
		errs = append(errs, validateHostKey(m.HostKey, m.Address.String(), h.KnownHosts, h.TrustOnFirstUse, path.Child("hostKey"))...)
	}
	if m.Role == "" {
		errs = append(errs, field.Required(path.Child("role"), fmt.Sprintf("one of %v", machineRoles)))
	} else {
		errs = append(errs, validateOneOf(m.Role, path.Child("role"), machineRoles...)...)
	}
	switch pool := path.Child("pool"); {
	case m.Pool == "":
	case m.Role != RoleWorker:
		errs = append(errs, field.Forbidden(pool, fmt.Sprintf("belongs to the role %s", RoleWorker)))
	default:
		errs = append(errs, validateLabel(m.Pool, pool)...)
	}
	return append(errs, validateStorageDisks(m, path.Child("storageDisks"))...)
}

// diskPath is a path that stays the disk's own whatever else is plugged in.
var diskPath = regexp.MustCompile(`^/dev/disk/by-id/[A-Za-z0-9._:+=@-]+$`)

// validateStorageDisks wants names that do not change with a reboot, on a node
// whose pods may use the disks.
func validateStorageDisks(m Machine, path *field.Path) field.ErrorList {
	if len(m.StorageDisks) > 0 && m.Role != RoleWorker && m.Role != RoleStorage {
		return field.ErrorList{field.Forbidden(path, fmt.Sprintf("belongs to the roles %s and %s", RoleWorker, RoleStorage))}
	}
	var errs field.ErrorList
	for i, disk := range m.StorageDisks {
		if !diskPath.MatchString(disk) {
			errs = append(errs, field.Invalid(path.Index(i), disk, "must be a path below /dev/disk/by-id (ls -l /dev/disk/by-id): other names change with a reboot"))
		}
		if slices.Contains(m.StorageDisks[:i], disk) {
			errs = append(errs, field.Duplicate(path.Index(i), disk))
		}
	}
	return errs
}

// validateHostKey checks that a machine can be recognised at the first connection.
func validateHostKey(key, address, known string, trust bool, path *field.Path) field.ErrorList {
	if key != "" {
		if _, err := hostkey.Parse(key); err != nil {
			return field.ErrorList{field.Invalid(path, key, err.Error())}
		}
		return nil
	}
	if address == "" {
		return nil // reported at its own path
	}
	_, err := hostkey.Lookup(known, address)
	switch {
	case err == nil, trust && errors.Is(err, hostkey.ErrUnknown):
		return nil
	case errors.Is(err, hostkey.ErrUnknown):
		return field.ErrorList{field.Required(path, fmt.Sprintf("its public key (ssh-keyscan %s, checked on the machine), or an entry in %s", address, root("hosts").Child("knownHosts")))}
	}
	return field.ErrorList{field.Invalid(root("hosts").Child("knownHosts"), field.OmitValueType{}, fmt.Sprintf("for %s: %v", address, err))}
}
