package policy

import (
	"testing"
	"time"

	"slipway/internal/config"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestExceptionsEnd(t *testing.T) {
	exception := config.PolicyException{Rule: "no-open-ssh", Reason: "migration", Until: config.Date{Time: day("2027-01-31")}}
	tests := map[string]struct {
		now      time.Time
		excepted bool
		shown    string
	}{
		"before":               {day("2026-12-01"), true, "no-open-ssh is not enforced until 2027-01-31 (migration): 2 found"},
		"late on the last day": {day("2027-01-31").Add(23 * time.Hour), true, "no-open-ssh is not enforced until 2027-01-31 (migration): 2 found"},
		"the day after": {day("2027-02-01"), false,
			"the exception from no-open-ssh ended on 2027-01-31 and counts no more (migration): keep the rule, and remove the exception"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := Settings{Policy: config.Policy{Exceptions: []config.PolicyException{exception}}, Today: tt.now}
			if got := s.Excepted("no-open-ssh"); got != tt.excepted {
				t.Errorf("excepted is %v", got)
			}
			if s.Excepted("no-open-api") {
				t.Error("another rule is excepted too")
			}
			if got := s.Exceptions()[0].Shown(2); got != tt.shown {
				t.Errorf("shown is %q, want %q", got, tt.shown)
			}
		})
	}
}

func TestExceptionsFromRulesThatDoNotExist(t *testing.T) {
	c := &config.Config{Policy: config.Policy{Exceptions: []config.PolicyException{{Rule: "no-open-ssh"}, {Rule: "no-open-shh"}}}}
	errs := CheckExceptions(c)
	if len(errs) != 1 || errs[0].Field != "slipway:policy.exceptions[1].rule" {
		t.Errorf("problems are %v", errs)
	}
}
