package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// killSession kills every process of a session at once, as a power cut would.
// It repeats until none is left: a process may have started another meanwhile.
func killSession(session int) {
	const pause, patience = 10 * time.Millisecond, 10 * time.Second
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(pause) {
		members := sessionMembers(session)
		if len(members) == 0 {
			return
		}
		for _, pid := range members {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// sessionMembers lists the living processes of a session.
func sessionMembers(session int) []int {
	var members []int
	for _, pid := range processes() {
		// The fields after the name, which may itself hold spaces: state, parent, group, session.
		stat, _ := os.ReadFile(procFile(pid, "stat"))
		_, rest, _ := strings.Cut(string(stat[bytes.LastIndexByte(stat, ')')+1:]), " ")
		fields := strings.Fields(rest)
		if len(fields) > 3 && fields[0] != "Z" && fields[3] == strconv.Itoa(session) {
			members = append(members, pid)
		}
	}
	return members
}

func processes() []int {
	entries, _ := os.ReadDir("/proc")
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

func procFile(pid int, name string) string { return filepath.Join("/proc", strconv.Itoa(pid), name) }
