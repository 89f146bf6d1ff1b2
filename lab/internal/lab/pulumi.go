package lab

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// PulumiState is the folder of the stacks that live in this cloud. It is part
// of the lab, because a cloud that starts anew leaves nothing for old stacks.
func (l Lab) PulumiState() string { return filepath.Join(l.Paths.Lab, "pulumi") }

// PassphraseFile encrypts the secrets of those stacks.
func (l Lab) PassphraseFile() string { return filepath.Join(l.Paths.Lab, "passphrase") }

// preparePulumi makes what `lab env` points to.
func (l Lab) preparePulumi() error {
	if err := os.MkdirAll(l.PulumiState(), 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(l.PassphraseFile()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return replaceFile(l.PassphraseFile(), []byte(rand.Text()+"\n"))
}

// Env are the exports that let the openstack and pulumi commands use the lab,
// as lines for a shell. Pulumi's state is written without the attributes that would
// lie beside each file: they are not replaced in one go as the state is, and a run
// killed while it writes them leaves a stack that cannot be read.
func (l Lab) Env() string {
	var lines strings.Builder
	for _, v := range [][2]string{
		{"OS_CLIENT_CONFIG_FILE", l.Paths.CloudsYAML()},
		{"OS_CLOUD", "slipway-lab"},
		{"PULUMI_BACKEND_URL", "file://" + l.PulumiState() + "?metadata=skip"},
		{"PULUMI_CONFIG_PASSPHRASE_FILE", l.PassphraseFile()},
	} {
		lines.WriteString("export " + v[0] + "='" + strings.ReplaceAll(v[1], "'", `'\''`) + "'\n")
	}
	return lines.String()
}
