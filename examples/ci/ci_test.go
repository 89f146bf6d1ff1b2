// Package ci_test runs the steps of the pipelines as they stand in their files.
package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// standIn records how it was called and does nothing. make writes what review would.
const standIn = `#!/bin/sh
name=${0##*/}
echo "$name $*" >>"$CALLS"
case $name in
make) case $* in *review*) echo "## Preview";; esac ;;
gh) case $* in *--jq*) echo "$FOUND";; esac ;;
curl) case $* in *per_page*) [ -z "$FOUND" ] || printf '[{"id": %s, "body": "<!-- slipway prod -->\\n## Preview"}]' "$FOUND";; esac ;;
esac
`

// run runs scripts one after the other in a folder of their own, with stand-ins for
// the programs they call, and returns the calls.
func run(t *testing.T, env map[string]string, scripts ...string) []string {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"make", "gh", "curl", "go"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(standIn), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	calls := filepath.Join(dir, "calls")
	for _, script := range scripts {
		c := exec.Command("bash", "-euo", "pipefail", "-c", script)
		c.Dir = dir
		c.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "CALLS=" + calls, "STACK=prod", "HOME=" + dir}
		for name, value := range env {
			c.Env = append(c.Env, name+"="+value)
		}
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s\n%s", err, out, script)
		}
	}
	text, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(string(text), dir, "DIR")), "\n")
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("the calls are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

type githubJob struct {
	Steps []struct{ Run string }
}

// TestGitHub makes a comment at the first review, and changes it at the next.
func TestGitHub(t *testing.T) {
	var file struct{ Jobs map[string]githubJob }
	load(t, "github.yaml", &file)
	runs := func(job string) (scripts []string) {
		for _, s := range file.Jobs[job].Steps {
			if s.Run != "" {
				scripts = append(scripts, s.Run)
			}
		}
		return scripts
	}
	env := map[string]string{
		"OS_CLIENT_CONFIG_FILE": "clouds.yaml", "CLOUDS": "clouds: {}", "GITHUB_REPOSITORY": "o/r", "PULL_REQUEST": "7", "FOUND": "", "GITHUB_STEP_SUMMARY": "summary",
	}
	const list = `gh api --paginate repos/o/r/issues/7/comments --jq .[] | select(.body | startswith("<!-- slipway prod -->")) | .id`
	check(t, run(t, env, runs("review")...), "make --silent review", list, "gh api --silent --method POST repos/o/r/issues/7/comments --field body=@comment.md")
	env["FOUND"] = "42"
	check(t, run(t, env, runs("review")...), "make --silent review", list, "gh api --silent --method PATCH repos/o/r/issues/comments/42 --field body=@comment.md")
	check(t, run(t, env, runs("test")...), "go test ./internal/config ./internal/policy")
	check(t, run(t, env, runs("plan")...), "make --silent review PLAN=DIR/plan.json")
	check(t, run(t, env, runs("deploy")...), "make up PLAN=DIR/plan.json")
	check(t, run(t, env, runs("drift")...), "make drift")
}

// Code of a fork never sees a secret: jobs with secrets run for pull requests of the
// repository itself, for what is merged, and after such jobs.
func TestForksGetNoSecrets(t *testing.T) {
	var file struct {
		On   map[string]any `json:"true"` // what YAML 1.1 makes of the key
		Jobs map[string]map[string]any
	}
	load(t, "github.yaml", &file)
	if _, bad := file.On["pull_request_target"]; bad || len(file.On) == 0 {
		t.Errorf("it runs on %v", file.On)
	}
	trusted := []string{"head.repo.full_name == github.repository", "github.event_name == 'push'", "github.event_name == 'schedule'"}
	secretive := 0
	for name, job := range file.Jobs {
		text, err := yaml.Marshal(job)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "secrets.") {
			continue
		}
		secretive++
		before := job
		if needed, ok := job["needs"].(string); ok {
			before = file.Jobs[needed]
		}
		condition, _ := before["if"].(string)
		if !slices.ContainsFunc(trusted, func(part string) bool { return strings.Contains(condition, part) }) {
			t.Errorf("job %s gives secrets to whatever meets %q", name, condition)
		}
	}
	if secretive == 0 {
		t.Error("no job has secrets")
	}
}

type gitlabJob struct {
	Stage       string
	Script      []string `json:"script"`
	AfterScript []string `json:"after_script"`
	Rules       []struct{ If string }
}

func TestGitLab(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq is not installed")
	}
	var jobs struct {
		Stages  []string
		Default struct {
			BeforeScript []string `json:"before_script"`
		}
		Test, Review, Plan, Deploy, Drift gitlabJob
	}
	load(t, "gitlab-ci.yaml", &jobs)
	before := strings.Join(jobs.Default.BeforeScript, "\n")
	script := func(lines []string) string { return before + "\n" + strings.Join(lines, "\n") }
	env := map[string]string{
		"CLOUDS_YAML": "/clouds", "CI_API_V4_URL": "https://gitlab.test/api/v4", "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7", "COMMENT_TOKEN": "hunter2", "FOUND": "",
	}
	const notes = "https://gitlab.test/api/v4/projects/3/merge_requests/7/notes"
	const curl = "curl --silent --fail --config comment.curl "
	review := []string{script(jobs.Review.Script), strings.Join(jobs.Review.AfterScript, "\n")}
	check(t, run(t, env, review...), "make --silent review", curl+notes+"?per_page=100", curl+"--data-urlencode body@comment.md "+notes)
	env["FOUND"] = "42"
	check(t, run(t, env, review...), "make --silent review", curl+notes+"?per_page=100", curl+"--request PUT --data-urlencode body@comment.md "+notes+"/42")
	check(t, run(t, env, script(jobs.Test.Script)), "go test ./internal/config ./internal/policy")
	check(t, run(t, env, script(jobs.Plan.Script)), "make --silent review PLAN=DIR/plan.json")
	check(t, run(t, env, script(jobs.Deploy.Script)), "make up PLAN=DIR/plan.json")
	check(t, run(t, env, script(jobs.Drift.Script)), "make drift")
	for _, j := range []gitlabJob{jobs.Test, jobs.Review, jobs.Plan, jobs.Deploy, jobs.Drift} {
		if !slices.Contains(jobs.Stages, j.Stage) || len(j.Rules) == 0 {
			t.Errorf("a job is in stage %q with the rules %v", j.Stage, j.Rules)
		}
	}
}
