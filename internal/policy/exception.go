package policy

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"slipway/internal/config"
)

// Exception lets a stack break a rule for a while.
type Exception struct {
	config.PolicyException
	// Expired says that the rule holds again.
	Expired bool
}

// Exceptions are those of the stack, in the order of its file.
func (s Settings) Exceptions() []Exception {
	all := make([]Exception, 0, len(s.Policy.Exceptions))
	for _, e := range s.Policy.Exceptions {
		// The last day is a whole one.
		all = append(all, Exception{e, !s.Today.Before(e.Until.AddDate(0, 0, 1))})
	}
	return all
}

// Excepted says whether the stack may break a rule today.
func (s Settings) Excepted(rule string) bool {
	return slices.ContainsFunc(s.Exceptions(), func(e Exception) bool { return e.Rule == rule && !e.Expired })
}

// Shown is what is said of the exception at each run, which lets so many
// problems pass.
func (e Exception) Shown(passed int) string {
	if e.Expired {
		return fmt.Sprintf("the exception from %s ended on %s and counts no more (%s): keep the rule, and remove the exception", e.Rule, e.Until, e.Reason)
	}
	return fmt.Sprintf("%s is not enforced until %s (%s): %d found", e.Rule, e.Until, e.Reason, passed)
}

// CheckExceptions refuses exceptions from rules that do not exist.
func CheckExceptions(c *config.Config) field.ErrorList {
	var ids []string
	for _, rule := range Rules() {
		ids = append(ids, rule.ID)
	}
	slices.Sort(ids)
	var errs field.ErrorList
	path := field.NewPath(config.Namespace+":policy", "exceptions")
	for i, e := range c.Policy.Exceptions {
		if e.Rule != "" && !slices.Contains(ids, e.Rule) {
			errs = append(errs, field.NotSupported(path.Index(i).Child("rule"), e.Rule, ids))
		}
	}
	return errs
}
