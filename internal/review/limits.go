package review

import (
	"fmt"
	"strings"
)

// cut puts a comment together that is short enough: of the diff what there is room
// for, the table of what is harmless if there is room, the rest in any case.
func cut(head, summary string, diff []string) string {
	if len(head) > MaxBytes-reserve {
		at := strings.LastIndex(head[:MaxBytes-reserve], "\n")
		return head[:at+1] + "\n**There is more than a comment may have.** The log of the pipeline has all of it.\n"
	}
	text := head
	if len(text)+len(summary) <= MaxBytes-reserve {
		text += summary
	}
	if len(diff) == 0 {
		return strings.TrimRight(text, "\n") + "\n"
	}
	const open, end = "<details><summary>Diff</summary>\n\n", "</details>\n"
	room := MaxBytes - reserve - len(text)
	shown := 0
	for _, line := range diff {
		if room -= len(line) + 1; room < 0 {
			break
		}
		shown++
	}
	text += open + fence("diff", strings.Join(diff[:shown], "\n")) + "\n"
	if left := len(diff) - shown; left > 0 {
		text += fmt.Sprintf("\n%d more lines: see the log of the pipeline.\n", left)
	}
	return text + "\n" + end
}

// reserve is for what is around the parts whose length varies.
const reserve = 500

// code is a text as Markdown's code, also within a table.
func code(text string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "\\|", "\n", " ").Replace(text) + "`"
}

// cell is a text in a table: one line, and nothing in it is Markdown or HTML.
func cell(text string) string {
	escaped := strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", "*", "\\*", "_", "\\_", "[", "\\[", "`", "'", "@", "@\u200b").Replace(text)
	return strings.Join(strings.Fields(escaped), " ")
}

// fence is a text as a block of code, whatever is in it.
func fence(language, text string) string {
	ticks := "```"
	for strings.Contains(text, ticks) {
		ticks += "`"
	}
	return ticks + language + "\n" + strings.TrimRight(text, "\n") + "\n" + ticks
}
