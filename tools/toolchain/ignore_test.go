package main

import "testing"

func TestIgnoreRules(t *testing.T) {
	file := t.TempDir() + "/.helmignore"
	write(t, file, "# comment\n\n*.tmp\nci/\nfiles/dashboards/\n/only-here\n")
	rules, err := readIgnoreRules(file)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"a.tmp": true, "x/a.tmp": true, "ci/": true, "x/ci/": true, "ci": false, "files/dashboards/": true, "x/files/dashboards/": false,
		"files/": false, "only-here": true, "x/only-here": false, "Chart.yaml": false,
	} {
		name, folder := path, path[len(path)-1] == '/'
		if folder {
			name = path[:len(path)-1]
		}
		if got := rules.leaveOut(name, folder); got != want {
			t.Errorf("%s is left out: %v", path, got)
		}
	}
	write(t, file, "!kept\n")
	if _, err := readIgnoreRules(file); err == nil {
		t.Error("an exception is taken for a rule")
	}
}
