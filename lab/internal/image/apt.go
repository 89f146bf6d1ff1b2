package image

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Suite is the Debian release of images that name none: the last one whose OpenStack has
// Neutron's linuxbridge agent, which needs no kernel module of its own.
const Suite = "bookworm"

// archiveKeyring verifies Debian's archive; the package that owns it is part of every Debian.
const archiveKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// source is one entry of apt's configuration.
type source struct {
	uris, suites, components []string
	signedBy                 string
	disabled, notBinary      bool
}

// hostSources returns the Debian archives that the host itself uses for Suite, as
// one-line apt entries for the wanted one. Mirrors are the administrator's choice, so none is
// built in; third-party archives are left out.
func hostSources(root, wanted string) ([]string, error) {
	files := []string{filepath.Join(root, "etc/apt/sources.list")}
	for _, pattern := range []string{"*.list", "*.sources"} {
		found, err := filepath.Glob(filepath.Join(root, "etc/apt/sources.list.d", pattern))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	var lines []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		parse := parseOneLine
		if strings.HasSuffix(file, ".sources") {
			parse = parseDeb822
		}
		for _, s := range parse(string(text)) {
			lines = append(lines, s.debianLines(root, wanted)...)
		}
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, " "+wanted+" ") }) {
		return nil, fmt.Errorf("no Debian archive for %q in the host's apt sources (%s): add one, for example to /etc/apt/sources.list",
			Suite, strings.Join(files, ", "))
	}
	return lines, nil
}

// debianLines renders the part of s that is Debian's own archive.
func (s source) debianLines(root, wanted string) []string {
	if s.disabled || s.notBinary || !slices.Contains(s.components, "main") {
		return nil
	}
	if s.signedBy != "" && !strings.HasPrefix(filepath.Base(s.signedBy), "debian-archive-") {
		return nil
	}
	var lines []string
	for _, uri := range s.uris {
		if uri = resolveMirrorList(root, uri); strings.HasPrefix(uri, "cdrom:") {
			continue
		}
		for _, suite := range s.suites {
			// The archive that has one release has the others, and their updates.
			if rest, ok := strings.CutPrefix(suite, Suite); ok && slices.Contains([]string{"", "-updates", "-security"}, rest) {
				lines = append(lines, fmt.Sprintf("deb [signed-by=%s] %s %s%s main", archiveKeyring, uri, wanted, rest))
			}
		}
	}
	return lines
}

// resolveMirrorList follows the mirror+file: entries of Debian's cloud images
// to the first mirror in the list: the list does not exist inside the new tree.
func resolveMirrorList(root, uri string) string {
	path, isList := strings.CutPrefix(uri, "mirror+file:")
	if !isList {
		return uri
	}
	text, err := os.ReadFile(filepath.Join(root, "/"+strings.TrimLeft(path, "/")))
	if err != nil {
		return uri
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) > 0 && !strings.HasPrefix(fields[0], "#") {
			return fields[0]
		}
	}
	return uri
}

// parseOneLine reads the classic format: deb [options] uri suite component...
func parseOneLine(text string) []source {
	var sources []source
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		rest, isBinary := strings.CutPrefix(line, "deb")
		if !isBinary || rest == strings.TrimSpace(rest) { // deb-src
			continue
		}
		s := source{}
		rest = strings.TrimSpace(rest)
		if options, after, ok := strings.Cut(rest, "]"); ok && strings.HasPrefix(options, "[") {
			rest = after
			for _, option := range strings.Fields(options[1:]) {
				if key, value, _ := strings.Cut(option, "="); key == "signed-by" {
					s.signedBy = value
				}
			}
		}
		if fields := strings.Fields(rest); len(fields) >= 3 {
			s.uris, s.suites, s.components = fields[:1], fields[1:2], fields[2:]
			sources = append(sources, s)
		}
	}
	return sources
}

// parseDeb822 reads the stanza format. An embedded key counts as a third party's.
func parseDeb822(text string) []source {
	var sources []source
	fields := map[string]string{}
	last := ""
	finish := func() {
		if len(fields) > 0 {
			sources = append(sources, source{
				uris: strings.Fields(fields["uris"]), suites: strings.Fields(fields["suites"]),
				components: strings.Fields(fields["components"]), signedBy: strings.TrimSpace(fields["signed-by"]),
				disabled:  strings.EqualFold(strings.TrimSpace(fields["enabled"]), "no"),
				notBinary: !slices.Contains(strings.Fields(fields["types"]), "deb"),
			})
		}
		fields, last = map[string]string{}, ""
	}
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.TrimSpace(line) == "":
			finish()
		case strings.HasPrefix(line, "#"):
		case line[0] == ' ' || line[0] == '\t':
			fields[last] += " " + strings.TrimSpace(line)
		default:
			key, value, _ := strings.Cut(line, ":")
			last = strings.ToLower(key)
			fields[last] = value
		}
	}
	finish()
	return sources
}
