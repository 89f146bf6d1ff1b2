package remote

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
)

func TestCopy(t *testing.T) {
	_, connection := machine(t)
	source, target := t.TempDir(), t.TempDir()
	file := filepath.Join(source, "private")
	if err := os.WriteFile(file, []byte("file"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := asset.FromText("text")
	if err != nil {
		t.Fatal(err)
	}
	path, err := asset.FromPath(file)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := archive.FromPath(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		to, result, content string
		source              types.AssetOrArchive
	}{
		{target + "/deep/down/file", target + "/deep/down/file", "text", types.AssetOrArchive{Asset: text}},
		{target + "/copy", target + "/copy", "file", types.AssetOrArchive{Asset: path}},
		{target, target + "/private", "file", types.AssetOrArchive{Asset: path}},
		{target + "/folder", target + "/folder/private", "file", types.AssetOrArchive{Archive: folder}},
	} {
		in := CopyToRemoteInputs{Connection: connection, Source: test.source, RemotePath: test.to}
		if _, err := (&CopyToRemote{}).Create(t.Context(), infer.CreateRequest[CopyToRemoteInputs]{Name: "c", Inputs: in}); err != nil {
			t.Errorf("copying to %s: %v", test.to, err)
			continue
		}
		content, err := os.ReadFile(test.result)
		if err != nil || string(content) != test.content {
			t.Errorf("%s holds %q, %v", test.result, content, err)
		}
		if info, err := os.Stat(test.result); test.content == "file" && (err != nil || info.Mode().Perm() != 0o600) {
			t.Errorf("%s has mode %v, %v", test.result, info.Mode(), err)
		}
	}
}
