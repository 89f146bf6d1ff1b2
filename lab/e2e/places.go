package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// inState looks at the files of the Pulumi backend as they lie on disk:
// current state, history and backups.
func (s *search) inState(_ context.Context, st *stage) error {
	return s.inFiles(st, filepath.Join(st.backend(), ".pulumi"))
}

func (s *search) inPreview(ctx context.Context, st *stage) error {
	out, err := st.pulumi(ctx, "preview", "--diff", "--show-sames")
	if err != nil {
		return err
	}
	return report(leaksIn(out, "the output of pulumi preview --diff", s.needles))
}

// inLogs looks at the logs of all scenarios and at those of the cloud.
func (s *search) inLogs(ctx context.Context, st *stage) error {
	return errors.Join(
		s.inFiles(st, st.logs),
		s.inFiles(st, st.paths.Log()),
		s.inJournal(ctx, st, "cloud"),
	)
}

func (s *search) inJournal(ctx context.Context, st *stage, machine string) error {
	journal, err := st.inside(ctx, machine, "journalctl", "--no-pager", "--all", "--output=cat")
	if err != nil {
		return err
	}
	if journal == "" {
		return fmt.Errorf("the journal of machine %s is empty", machine)
	}
	return report(leaksIn(journal, "the journal of machine "+machine, s.needles))
}

// inTemporaryFiles looks at what lies in the folder for temporary files. Small
// files only: the rest are other people's archives and caches.
func (s *search) inTemporaryFiles(_ context.Context, _ *stage) error {
	const small = 1 << 20
	files, err := os.ReadDir(os.TempDir())
	if err != nil {
		return err
	}
	var leaks []leak
	for _, file := range files {
		info, err := file.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > small {
			continue
		}
		path := filepath.Join(os.TempDir(), file.Name())
		text, err := os.ReadFile(path)
		if err == nil {
			leaks = append(leaks, leaksIn(string(text), path, s.needles)...)
		}
	}
	return report(leaks)
}

func (s *search) inCommandLines(_ context.Context, st *stage) error {
	recorder := recordCommandLines(st.commandLines()) // one look at what runs now
	if err := recorder.stop(); err != nil {
		return err
	}
	return s.inFiles(st, st.commandLines())
}

// inUserData reads user data as Nova stores it. Only administrators see it there.
func (s *search) inUserData(ctx context.Context, st *stage) error {
	servers, err := st.servers(ctx)
	if err != nil {
		return err
	}
	var leaks []leak
	for _, server := range servers {
		if server.UserData == "" {
			return fmt.Errorf("no user data of %s in Nova", server.Name)
		}
		data, err := base64.StdEncoding.DecodeString(server.UserData)
		if err != nil {
			return fmt.Errorf("decoding the user data of %s: %w", server.Name, err)
		}
		hostKeys := map[string]bool{}
		for _, l := range leaksIn(string(data), "the user data of "+server.Name, s.needles) {
			if !l.needle.hostKey() {
				leaks = append(leaks, l)
			}
			hostKeys[l.needle.owner] = true
		}
		if len(hostKeys) > 1 {
			return fmt.Errorf("the user data of %s holds the keys of %d owners", server.Name, len(hostKeys))
		}
	}
	return report(leaks)
}

// inMachines looks at the journal and the log files of every machine.
func (s *search) inMachines(ctx context.Context, st *stage) error {
	servers, err := st.servers(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for _, server := range servers {
		logs := filepath.Join(st.paths.Machines(), server.ID, "var", "log")
		problems = append(problems, s.inJournal(ctx, st, server.Name), s.inFiles(st, logs))
	}
	return errors.Join(problems...)
}

// inFiles looks at a file or at every file below a folder. A path without any
// file is an error: it would mean looking in the wrong place.
func (s *search) inFiles(st *stage, path string) error {
	var leaks []leak
	count := 0
	err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // rotated away meanwhile
		} else if err != nil {
			return err
		}
		count++
		leaks = append(leaks, leaksIn(string(text), file, s.needles)...)
		return nil
	})
	if err != nil {
		return err
	}
	if count == 0 {
		return fmt.Errorf("there is no file in %s to look at", path)
	}
	st.log.line(fmt.Sprintf("looked at %d files in %s", count, strings.TrimPrefix(path, st.root+"/")))
	return report(leaks)
}
