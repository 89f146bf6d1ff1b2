// Package review turns what a preview of Pulumi would do into Markdown for
// people who judge a pull request. It runs nothing.
package review

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// event is one line of `pulumi preview --json` with
// PULUMI_ENABLE_STREAMING_JSON_PREVIEW: the parts of the engine's events that
// count here, by their names in apitype.EngineEvent.
type event struct {
	Resource *struct {
		Metadata step `json:"metadata"`
	} `json:"resourcePreEvent"`
	Outputs *struct {
		Metadata step `json:"metadata"`
	} `json:"resOutputsEvent"`
	Policy     *finding `json:"policyEvent"`
	Diagnostic *struct {
		URN      string `json:"urn"`
		Message  string `json:"message"`
		Severity string `json:"severity"`
	} `json:"diagnosticEvent"`
	Summary *struct {
		Changes map[string]int `json:"resourceChanges"`
	} `json:"summaryEvent"`
}

// step is what happens to one resource.
type step struct {
	Op   string `json:"op"`
	URN  string `json:"urn"`
	Type string `json:"type"`
	// Keys are the properties that force a replacement.
	Keys         []string              `json:"keys"`
	Old          *state                `json:"old"`
	New          *state                `json:"new"`
	DetailedDiff map[string]difference `json:"detailedDiff"`
}

type state struct {
	Parent  string         `json:"parent"`
	Inputs  map[string]any `json:"inputs"`
	Outputs map[string]any `json:"outputs"`
}

type difference struct {
	Kind      string `json:"diffKind"`
	InputDiff bool   `json:"inputDiff"`
}

// finding is a rule that a resource or the stack breaks.
type finding struct {
	URN     string `json:"resourceUrn"`
	Message string `json:"message"`
	Policy  string `json:"policyName"`
	Level   string `json:"enforcementLevel"`
}

// longest is above any line of an event log: a resource with a large script in it.
const longest = 64 << 20

// Read takes in what the preview printed. It fails when that is no stream of
// events, or ends before the preview did.
func Read(log io.Reader) (*Preview, error) {
	p := &Preview{parents: map[string]string{}, stacks: [2]map[string]any{}}
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, longest)
	ended := false
	for number := 1; lines.Scan(); number++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		var e event
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return nil, fmt.Errorf("line %d is no event of a preview: %w; was PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true set?", number, err)
		}
		p.take(e)
		ended = ended || e.Summary != nil
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if !ended && len(p.problems) == 0 {
		return nil, errors.New("the events end before the preview did: it was interrupted")
	}
	return p, nil
}

// take adds what one event tells.
func (p *Preview) take(e event) {
	switch {
	case e.Resource != nil:
		p.add(e.Resource.Metadata)
	case e.Outputs != nil && e.Outputs.Metadata.Type == stackType:
		for i, s := range []*state{e.Outputs.Metadata.Old, e.Outputs.Metadata.New} {
			if s != nil {
				p.stacks[i] = s.Outputs
			}
		}
	case e.Policy != nil:
		e.Policy.Message = strings.TrimSpace(markup.ReplaceAllString(e.Policy.Message, ""))
		p.findings = append(p.findings, *e.Policy)
	case e.Diagnostic != nil && e.Diagnostic.Severity == "error":
		p.problems = append(p.problems, strings.TrimSpace(markup.ReplaceAllString(e.Diagnostic.Message, "")))
	}
}
