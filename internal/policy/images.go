package policy

import "fmt"

func imageRules() []Rule {
	return []Rule{{
		ID: "pinned-images", Level: Mandatory, Title: "Images of pods are pinned",
		Why:  "A tag such as latest is another program tomorrow, and another one on each node.",
		Mend: "Name a version, or where slipway:policy.limits.imageDigests asks for it a digest", Limits: []string{"imageDigests"},
		Types: workloadTypes, Resource: pinned,
	}}
}

func pinned(r Resource, s Settings) []string {
	var problems []string
	for _, c := range containers(pod(r)) {
		image := textOf(member(c, "image"))
		if image == "" {
			continue
		}
		tag, digest := version(image)
		switch {
		case digest:
		case s.Limits.ImageDigests:
			problems = append(problems, fmt.Sprintf("the image %s has no digest", image))
		case tag == "" || tag == "latest":
			problems = append(problems, fmt.Sprintf("the image %s names no version", image))
		}
	}
	return problems
}
