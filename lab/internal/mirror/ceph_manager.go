package mirror

import (
	_ "embed"
	"os"
	"path/filepath"
)

// Modules of Python that are written in Rust cannot be loaded by interpreters within
// one program, which Ceph's manager has for each of its modules.
var (
	//go:embed ceph/bcrypt.py
	plainBcrypt string
	//go:embed ceph/mgr_util.py
	plainTLS string
)

// plainPython has the manager's modules do without them. Its module restful, which
// nobody uses, goes: it would be complained about for ever.
func plainPython(dir string) error {
	bcrypt := filepath.Join(dir, "usr/lib/python3/dist-packages/bcrypt")
	modules := filepath.Join(dir, "usr/share/ceph/mgr")
	for _, path := range []string{bcrypt, filepath.Join(modules, "restful")} {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	if err := os.Mkdir(bcrypt, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(bcrypt, "__init__.py"), []byte(plainBcrypt), 0o644); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(modules, "mgr_util.py"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(plainTLS)
	return err
}
