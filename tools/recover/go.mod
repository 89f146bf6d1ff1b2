module slipway/tools/recover

go 1.26

require github.com/gophercloud/gophercloud/v2 v2.8.0

require gopkg.in/yaml.v2 v2.4.0 // indirect
