module slipway/tools/grafana

go 1.26.0

// The chart; no proxy serves the program.
require github.com/grafana-community/helm-charts v0.0.0-20260829030558-dbf9f4fb5fa1
