package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"time"
)

// api speaks to the cloud's APIs as the administrator, just enough to tell
// whether they work.
type api struct {
	client         *http.Client
	token, project string
}

// login gets a token for the project "admin".
func login(ctx context.Context, password string) (*api, error) {
	a := &api{client: &http.Client{Timeout: 10 * time.Second}}
	domain := map[string]string{"id": "default"}
	request := map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{
			"user": map[string]any{"name": "admin", "domain": domain, "password": password}}},
		"scope": map[string]any{"project": map[string]any{"name": "admin", "domain": domain}},
	}}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	var reply struct {
		Token struct {
			Project struct{ ID string } `json:"project"`
		} `json:"token"`
	}
	header, err := a.call(ctx, http.MethodPost, ":5000/v3/auth/tokens", body, &reply)
	if err != nil {
		return nil, err
	}
	a.token, a.project = header.Get("X-Subject-Token"), reply.Token.Project.ID
	return a, nil
}

// get fetches a port and path of the cloud's address into reply.
func (a *api) get(ctx context.Context, portAndPath string, reply any) error {
	_, err := a.call(ctx, http.MethodGet, portAndPath, nil, reply)
	return err
}

func (a *api) call(ctx context.Context, method, portAndPath string, body []byte, reply any) (http.Header, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+Address+portAndPath, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if a.token != "" {
		request.Header.Set("X-Auth-Token", a.token)
	}
	response, err := a.client.Do(request)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, errors.New("not listening yet")
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s", method, request.URL, response.Status)
	}
	if reply == nil {
		return response.Header, nil
	}
	return response.Header, json.Unmarshal(text, reply)
}
