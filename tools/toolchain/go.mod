module slipway/tools/toolchain

go 1.26.0
