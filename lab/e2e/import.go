package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// importing takes over what is there already, the way docs/import.md says.
func importing() scenario {
	f := foreign{}
	return scenario{
		name: "import", story: "a network, router, security group with a rule, and floating IP that exist are adopted, and keep their ids",
		stack: importStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"somebody has a network, a router, a group and a floating IP", f.create},
			{"a preview lists what a stack would create", listImports},
			{"pulumi import with the ids of what exists", f.adopt},
			{"the preview replaces and deletes nothing, and creates none of it", f.stays},
			{"make up", makeUp},
			{"every node is Ready", nodesReady},
			{"they are the same, by their new names", f.isTheSame},
			{"make up reports no change", secondUp},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// foreign is what exists before the stack: the ids of what the stack's resources
// of these names are to be.
type foreign map[string]string

// has tells whether a resource of the stack is one of them.
func (f foreign) has(kind, name string) bool {
	return strings.HasPrefix(kind, "openstack:networking/") && f[name] != ""
}

// importFile is what `pulumi preview --import-file` writes, and `pulumi import --file` reads.
type importFile struct {
	NameTable map[string]string `json:"nameTable,omitempty"`
	Resources []importEntry     `json:"resources"`
}

type importEntry struct {
	Type        string `json:"type"`
	Name        string `json:"name"`
	ID          string `json:"id,omitempty"`
	Parent      string `json:"parent,omitempty"`
	Component   bool   `json:"component,omitempty"`
	LogicalName string `json:"logicalName,omitempty"` // where several share a name
}

func (st *stage) importPath() string { return filepath.Join(st.logs, "import.json") }

func listImports(ctx context.Context, st *stage) error {
	// Makes the stack, with its configuration beside the state.
	if _, err := st.make(ctx, "preview", nil); err != nil {
		return err
	}
	_, err := st.pulumi(ctx, "preview", "--import-file", st.importPath())
	return err
}

// adopt keeps the entries of what is there, and those of their parents.
func (f foreign) adopt(ctx context.Context, st *stage) error {
	text, err := os.ReadFile(st.importPath())
	if err != nil {
		return err
	}
	var file importFile
	if err := json.Unmarshal(text, &file); err != nil {
		return err
	}
	var kept []importEntry
	parents := map[string]bool{}
	for _, entry := range file.Resources {
		if f.has(entry.Type, entry.Name) {
			entry.ID = f[entry.Name]
			kept, parents[entry.Parent] = append(kept, entry), true
		}
	}
	if len(kept) != len(f) {
		return fmt.Errorf("the import file has %d of %d resources: %v", len(kept), len(f), kept)
	}
	for _, entry := range file.Resources {
		if entry.Component && parents[entry.Name] {
			kept = append(kept, entry)
		}
	}
	file.Resources = kept
	if text, err = json.MarshalIndent(file, "", "  "); err != nil {
		return err
	}
	if err := os.WriteFile(st.importPath(), text, 0o600); err != nil {
		return err
	}
	_, err = st.pulumi(ctx, "import", "--file", st.importPath(), "--yes", "--protect=false", "--generate-code=false", "--skip-preview")
	return err
}

// stays wants updates of what was imported, and nothing else but creations.
func (f foreign) stays(ctx context.Context, st *stage) error {
	out, err := st.previewJSON(ctx, func(values) {}, "--show-sames")
	if err != nil {
		return err
	}
	var plan struct {
		Steps []struct{ Op, URN string }
	}
	if err := json.Unmarshal([]byte(out), &plan); err != nil {
		return err
	}
	ops := map[string]int{}
	var problems []string
	for _, s := range plan.Steps {
		path, name, _ := strings.Cut(strings.TrimPrefix(s.URN, "urn:pulumi:"+st.stack+"::slipway::"), "::")
		imported := f.has(path[strings.LastIndex(path, "$")+1:], name)
		if imported {
			ops[s.Op]++
		}
		if imported && s.Op == "create" || s.Op != "create" && s.Op != "update" && s.Op != "same" {
			problems = append(problems, s.Op+" "+s.URN)
		}
	}
	if ops["update"]+ops["same"] != len(f) {
		problems = append(problems, fmt.Sprintf("of %d imported resources it has %v", len(f), ops))
	}
	if len(problems) > 0 {
		return errors.New("the preview has" + indent(problems))
	}
	return nil
}

// isTheSame looks for the ids of before in the stack.
func (f foreign) isTheSame(ctx context.Context, st *stage) error {
	out, err := st.exported(ctx)
	if err != nil {
		return err
	}
	var state struct {
		Deployment struct {
			Resources []struct{ Type, URN, ID string }
		}
	}
	if err := json.Unmarshal([]byte(out), &state); err != nil {
		return err
	}
	same := 0
	for _, r := range state.Deployment.Resources {
		name := r.URN[strings.LastIndex(r.URN, "::")+2:]
		if !f.has(r.Type, name) {
			continue
		}
		same++
		if before := f[name]; r.ID != before {
			err = errors.Join(err, fmt.Errorf("%s has the id %s, not %s", name, r.ID, before))
		}
	}
	if same != len(f) {
		err = errors.Join(err, fmt.Errorf("the stack has %d of %d resources", same, len(f)))
	}
	return err
}
