package elastic

// What is set of ECK's kinds, and of the pods that they make:
// https://github.com/elastic/cloud-on-k8s/tree/v3.5.0/pkg/apis

type elasticsearchSpec struct {
	Version  string    `json:"version"`
	Image    string    `json:"image"`
	NodeSets []nodeSet `json:"nodeSets"`
}

// nodeSet is a set of equal pods of Elasticsearch.
type nodeSet struct {
	Name   string         `json:"name"`
	Count  int            `json:"count"`
	Config map[string]any `json:"config"`
	Pod    podTemplate    `json:"podTemplate"`
	Claims []claim        `json:"volumeClaimTemplates"`
}

type claim struct {
	Metadata named     `json:"metadata"`
	Spec     claimSpec `json:"spec"`
}

type named struct {
	Name string `json:"name"`
}

type claimSpec struct {
	Class       string    `json:"storageClassName,omitempty"`
	AccessModes []string  `json:"accessModes"`
	Resources   resources `json:"resources"`
}

type kibanaSpec struct {
	Version       string         `json:"version"`
	Image         string         `json:"image"`
	Count         int            `json:"count"`
	Elasticsearch named          `json:"elasticsearchRef"`
	Config        map[string]any `json:"config"`
	Pod           podTemplate    `json:"podTemplate"`
}

type beatSpec struct {
	Type          string         `json:"type"`
	Version       string         `json:"version"`
	Image         string         `json:"image"`
	Elasticsearch named          `json:"elasticsearchRef"`
	Config        map[string]any `json:"config"`
	DaemonSet     daemonSet      `json:"daemonSet"`
}

type daemonSet struct {
	Pod podTemplate `json:"podTemplate"`
}

type podTemplate struct {
	Metadata *podMetadata `json:"metadata,omitempty"`
	Spec     podSpec      `json:"spec"`
}

type podMetadata struct {
	Annotations map[string]string `json:"annotations"`
}

type podSpec struct {
	Account     string       `json:"serviceAccountName,omitempty"`
	Automount   *bool        `json:"automountServiceAccountToken,omitempty"`
	Priority    string       `json:"priorityClassName,omitempty"`
	Tolerations []toleration `json:"tolerations,omitempty"`
	Containers  []container  `json:"containers"`
	Volumes     []volume     `json:"volumes,omitempty"`
}

type toleration struct {
	Operator string `json:"operator"`
}

type container struct {
	Name      string     `json:"name"`
	Resources resources  `json:"resources"`
	Env       []variable `json:"env,omitempty"`
	Security  *security  `json:"securityContext,omitempty"`
	Mounts    []mount    `json:"volumeMounts,omitempty"`
}

type resources struct {
	Requests map[string]string `json:"requests"`
	Limits   map[string]string `json:"limits,omitempty"`
}

type variable struct {
	Name string    `json:"name"`
	From fieldFrom `json:"valueFrom"`
}

type fieldFrom struct {
	Field fieldRef `json:"fieldRef"`
}

type fieldRef struct {
	Path string `json:"fieldPath"`
}

type security struct {
	User int `json:"runAsUser"`
}

type mount struct {
	Name     string `json:"name"`
	Path     string `json:"mountPath"`
	ReadOnly bool   `json:"readOnly"`
}

type volume struct {
	Name      string     `json:"name"`
	HostPath  *hostPath  `json:"hostPath,omitempty"`
	ConfigMap *configMap `json:"configMap,omitempty"`
}

type hostPath struct {
	Path string `json:"path"`
}

type configMap struct {
	Name string `json:"name"`
}
