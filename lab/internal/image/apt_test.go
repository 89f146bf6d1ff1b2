package image

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const signed = "deb [signed-by=" + archiveKeyring + "] "

func TestHostSources(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{
			name: "installer's one-line format",
			files: map[string]string{"sources.list": `
# deb cdrom:[Debian]/ bookworm main
deb cdrom:[Debian]/ bookworm main
deb http://mirror.example/debian/ bookworm main non-free-firmware # comment
deb-src http://mirror.example/debian/ bookworm main
deb	[arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian-security bookworm-security main
deb http://mirror.example/debian/ bookworm-backports main
`},
			want: []string{
				signed + "http://mirror.example/debian-security bookworm-security main",
				signed + "http://mirror.example/debian/ bookworm main",
			},
		},
		{
			name: "stanzas, third parties left out",
			files: map[string]string{
				"sources.list.d/debian.sources": `Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main contrib
# a comment
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no
`,
				"sources.list.d/vendor.sources": `Types: deb
URIs: http://vendor.example/debian
Suites: bookworm
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 -----END PGP PUBLIC KEY BLOCK-----
`,
				"sources.list.d/other.list": "deb [signed-by=/etc/apt/keyrings/other.gpg] http://other.example/linux bookworm main\n" +
					"deb http://other.example/sdk sdk-bookworm main\n",
			},
			want: []string{
				signed + "http://mirror.example/debian bookworm main",
				signed + "http://mirror.example/debian bookworm-updates main",
			},
		},
		{
			name: "mirror list of a cloud image",
			files: map[string]string{
				"sources.list.d/debian.sources": "Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: bookworm\nComponents: main\n",
				"mirrors/debian.list":           "# first one wins\nhttp://first.example/debian\tpriority:1\nhttp://second.example/debian\n",
			},
			want: []string{signed + "http://first.example/debian bookworm main"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := hostSources(aptRoot(t, test.files), Suite)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestHostSourcesWithoutDebian(t *testing.T) {
	root := aptRoot(t, map[string]string{"sources.list": "deb http://mirror.example/ubuntu noble main\n"})
	_, err := hostSources(root, Suite)
	if err == nil || !strings.Contains(err.Error(), `no Debian archive for "bookworm"`) {
		t.Errorf("got %v", err)
	}
}

func aptRoot(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, "etc/apt", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestAcquireOptions(t *testing.T) {
	got := acquireOptions(`APT "";
Acquire "";
Acquire::http "";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::Check-Valid-Until "false";
Acquire::Languages:: "none";
Dir::Etc "etc/apt";
`)
	want := []string{`Acquire::http::Proxy "http://proxy.example:3128"`, `Acquire::Check-Valid-Until "false"`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An image of another release comes from the archive that the host uses for its own.
func TestHostSourcesOfAnotherRelease(t *testing.T) {
	root := aptRoot(t, map[string]string{"sources.list": "deb http://mirror.example/debian bookworm main\ndeb http://mirror.example/security bookworm-security main\n"})
	got, err := hostSources(root, "trixie")
	want := []string{signed + "http://mirror.example/debian trixie main", signed + "http://mirror.example/security trixie-security main"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
}
