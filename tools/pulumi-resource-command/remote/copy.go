package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyToRemote is the resource command:remote:CopyToRemote.
type CopyToRemote struct{}

// CopyToRemoteInputs are the properties that a program sets.
type CopyToRemoteInputs struct {
	Connection *Connection          `pulumi:"connection" provider:"secret"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
}

// CopyToRemoteState is what was copied.
type CopyToRemoteState struct {
	CopyToRemoteInputs
}

// Check refuses sources that cannot be copied before anything is changed.
func (*CopyToRemote) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[CopyToRemoteInputs], error) {
	inputs, failures, err := infer.DefaultCheck[CopyToRemoteInputs](ctx, req.NewInputs)
	resp := infer.CheckResponse[CopyToRemoteInputs]{Inputs: inputs, Failures: failures}
	if err != nil || len(failures) > 0 || req.NewInputs.Get("source").HasComputed() {
		return resp, err
	}
	asset, archive := inputs.Source.Asset, inputs.Source.Archive
	if (asset == nil || !asset.IsPath() && !asset.IsText()) && (archive == nil || !archive.IsPath()) {
		resp.Failures = append(resp.Failures, p.CheckFailure{Property: "source", Reason: "only a FileAsset, a StringAsset or a FileArchive can be copied"})
	}
	return resp, nil
}

// Create copies the source.
func (*CopyToRemote) Create(ctx context.Context, req infer.CreateRequest[CopyToRemoteInputs]) (infer.CreateResponse[CopyToRemoteState], error) {
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = req.Inputs.copy(ctx)
	}
	if err != nil {
		return infer.CreateResponse[CopyToRemoteState]{}, err
	}
	return infer.CreateResponse[CopyToRemoteState]{ID: id, Output: CopyToRemoteState{req.Inputs}}, nil
}

// Update copies the source again. What was copied to another path stays.
func (*CopyToRemote) Update(ctx context.Context, req infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteState]) (infer.UpdateResponse[CopyToRemoteState], error) {
	if !req.DryRun {
		if err := req.Inputs.copy(ctx); err != nil {
			return infer.UpdateResponse[CopyToRemoteState]{}, err
		}
	}
	return infer.UpdateResponse[CopyToRemoteState]{Output: CopyToRemoteState{req.Inputs}}, nil
}

func (in *CopyToRemoteInputs) copy(ctx context.Context) error {
	client, err := in.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	stop := context.AfterFunc(ctx, func() { _ = client.Close() })
	defer stop()
	remote, err := sftp.NewClient(client.Client)
	if err != nil {
		return fmt.Errorf("starting SFTP on %s: %w", in.Connection.Host, err)
	}
	defer remote.Close()
	if err := in.send(remote); err != nil {
		if ctx.Err() != nil {
			err = errors.Join(ctx.Err(), err)
		}
		return fmt.Errorf("copying to %s on %s: %w", in.RemotePath, in.Connection.Host, err)
	}
	return nil
}

func (in *CopyToRemoteInputs) send(remote *sftp.Client) error {
	if asset := in.Source.Asset; asset != nil && asset.IsText() {
		return sendFile(remote, strings.NewReader(asset.Text), in.RemotePath, 0)
	}
	source := ""
	if in.Source.Asset != nil {
		source = in.Source.Asset.Path
	} else {
		source = in.Source.Archive.Path
	}
	target := in.RemotePath
	if info, err := remote.Stat(target); err == nil && info.IsDir() {
		target = path.Join(target, filepath.Base(source)) // as cp does
	}
	return filepath.WalkDir(source, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(source, name)
		if err != nil {
			return err
		}
		to := path.Join(target, filepath.ToSlash(below))
		if entry.IsDir() {
			return remote.MkdirAll(to)
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		return sendFile(remote, file, to, info.Mode().Perm())
	})
}

// sendFile writes one file; mode 0 leaves the server's default.
func sendFile(remote *sftp.Client, content io.Reader, to string, mode fs.FileMode) error {
	if err := remote.MkdirAll(path.Dir(to)); err != nil {
		return err
	}
	file, err := remote.Create(to)
	if err != nil {
		return fmt.Errorf("creating %s: %w", to, err)
	}
	if mode != 0 { // before the content: it may be private
		err = file.Chmod(mode)
	}
	if err == nil {
		_, err = file.ReadFrom(content)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", to, err)
	}
	return nil
}
