package config

const (
	defaultVersion     = "v1.36.3"
	minMinor, maxMinor = 35, 37
)
