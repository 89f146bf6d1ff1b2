// Package log takes a logger that nothing here writes to.
package log

import "log/slog"

// SetDefault forgets it.
func SetDefault(*slog.Logger) {}
