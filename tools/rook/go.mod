module slipway/tools/rook

go 1.26.0

// The charts, and nothing of its programs: see ../rook-operator.
require github.com/rook/rook v1.20.6
