package machine

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// fakeSudo asks for the password "open sesame", unless the file "free" lies beside it.
const fakeSudo = `#!/bin/sh
free=${0%/*}/free
case "$1 $2" in
"-n -k") [ -e "$free" ]; exit ;;
"-n "*) [ -e "$free" ] || exit 1; shift ;;
"-k -S") IFS= read -r given; [ "$given" = "open sesame" ] || { echo "sudo: no password was provided" >&2; exit 1; }; shift 4 ;;
esac
exec "$@"
`

// The command gets its input and nothing else, whether sudo asks or not.
func TestSudoWithPassword(t *testing.T) {
	for name, tt := range map[string]struct {
		free  bool
		input string
		want  string
	}{
		"asks":        {false, "open sesame\none\ntwo", "[one\ntwo] a 'b' $c"},
		"needs none":  {true, "open sesame\none\ntwo", "[one\ntwo] a 'b' $c"},
		"no input":    {false, "open sesame\n", "[] a 'b' $c"},
		"is mistaken": {false, "friend\none", ""},
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			if err := os.WriteFile(filepath.Join(bin, "sudo"), []byte(fakeSudo), 0o755); err != nil {
				t.Fatal(err)
			}
			if tt.free {
				if err := os.WriteFile(filepath.Join(bin, "free"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			line := Login{sudoPassword: pulumi.String("open sesame")}.command(`sudo -n bash -c 'printf "[%s] %s" "$(cat)" "$1"' step "a 'b' \$c"`)
			command := exec.Command("sh", "-c", line)
			command.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
			command.Stdin = strings.NewReader(tt.input)
			out, err := command.Output()
			if string(out) != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("printed %q, %v; want %q", out, err, tt.want)
			}
		})
	}
}

// The password is in no command line, and secret where it is.
func TestPasswordTravelsOnStandardInput(t *testing.T) {
	ssh := login()
	ssh.SudoPassword = pulumi.String("open sesame")
	recorded, r := command(t, ssh, Step{Name: "prepare", Command: "sudo -n /opt/prepare.sh", Stdin: pulumi.String("input"), Delete: "sudo -n /opt/end.sh"})
	recorded.AssertNoPlainSecrets(t)
	recorded.AssertSecret(t, commandType, r.Name, "stdin")
	if v, _, _ := r.Input("stdin"); v.StringValue() != "open sesame\ninput" {
		t.Errorf("stdin = %q", v.StringValue())
	}
	for _, path := range []string{"create", "delete"} {
		v, _, _ := r.Input(path)
		if text := v.StringValue(); strings.Contains(text, "sesame") || !strings.HasPrefix(text, "sh -c ") {
			t.Errorf("%s = %q", path, text)
		}
	}
}

func TestWithoutPasswordCommandsStayAsTheyAre(t *testing.T) {
	_, r := command(t, login(), Step{Name: "prepare", Command: "sudo -n /opt/prepare.sh"})
	if v, _, _ := r.Input("create"); v.StringValue() != "sudo -n /opt/prepare.sh" {
		t.Errorf("create = %q", v.StringValue())
	}
	if v, _, ok := r.Input("stdin"); ok && !v.IsNull() {
		t.Errorf("stdin = %v", v)
	}
}
