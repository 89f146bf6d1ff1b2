package config

import (
	"encoding"
	"encoding/json"
	"net/netip"
	"reflect"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// scalar decodes a string, an integer or a boolean.
func (d *decoder) scalar(in any, out reflect.Value, path *field.Path) {
	switch out.Kind() {
	case reflect.String:
		if text, ok := in.(string); ok {
			out.SetString(text)
			return
		}
		if out.Type() == reflect.TypeFor[Secret]() {
			in = nil // not to be shown
		}
		d.wrongType(in, path, "text (put it in quotes)")
	case reflect.Int:
		number, _ := in.(json.Number)
		if n, err := strconv.Atoi(number.String()); err == nil {
			out.SetInt(int64(n))
			return
		}
		d.wrongType(in, path, "a whole number")
	case reflect.Bool:
		if b, ok := in.(bool); ok {
			out.SetBool(b)
			return
		}
		d.wrongType(in, path, "true or false, without quotes")
	default:
		panic("config: no decoder for " + out.Type().String()) // a type the tree does not use yet
	}
}

// text decodes an address or an address range.
func (d *decoder) text(in any, out encoding.TextUnmarshaler, path *field.Path) {
	wanted := "an address such as 10.0.0.10"
	switch out := out.(type) {
	case *netip.Prefix:
		wanted = "an address range such as 10.0.0.0/16"
		*out = malformed
	case *Date:
		wanted = "a day such as 2027-01-31"
	case *AddressRange:
		wanted = "addresses such as 10.0.0.240, 10.0.0.240-10.0.0.250 or 10.0.0.240/28"
	}
	text, ok := in.(string)
	if !ok {
		d.wrongType(in, path, wanted)
		return
	}
	// An empty string would decode to an unset value.
	if text == "" || out.UnmarshalText([]byte(text)) != nil {
		if prefix, ok := out.(*netip.Prefix); ok {
			*prefix = malformed // UnmarshalText cleared it
		}
		d.problems = append(d.problems, field.Invalid(path, text, "must be "+wanted))
	}
}
