package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ingressKeepalived: the API's virtual address leads to Services, too.
func ingressKeepalived() scenario {
	return scenario{
		name: "ingress-keepalived", story: "routes answer at the API's virtual address without MetalLB or Octavia, and go on when its holder is lost",
		stack: ingressVIPStack, needs: cloud, leaves: cloud, long: true,
		steps: []step{
			{"make up", makeUp},
			{"the cluster is healthy", allHealthy},
			{"two servers, an HTTPRoute and an Ingress", routeServers},
			{"each answers by its host name at the API's address, no other name does", heldRoutesAnswer},
			{"the holder of the address loses its power, the next one answers", loseRouteHolder},
			{"make up reports no change", secondUp},
			{"the servers go", withoutRoutes},
			{"out of the configuration, the address is the API's alone", withoutHeldRoutes},
			{"make destroy", destroyStack},
			{"the project is empty", projectIsEmpty},
		},
	}
}

// heldGap is how long nobody may answer when the holder is lost: the address moves
// in less than 5 s, and the next holder still takes the lost one for a way to Traefik.
const heldGap = 10 * time.Second

// endpoint is where clients reach the API, and what is published beside it.
func (st *stage) endpoint() (string, error) {
	client, err := st.api()
	if err != nil {
		return "", err
	}
	return client.server.Hostname(), nil
}

func heldRoutesAnswer(ctx context.Context, st *stage) error {
	address, err := st.endpoint()
	if err != nil {
		return err
	}
	return routesAnswerAt(ctx, address)
}

func loseRouteHolder(ctx context.Context, st *stage) error {
	address, err := st.endpoint()
	if err != nil {
		return err
	}
	victim, err := st.holder(ctx)
	if err != nil {
		return err
	}
	asks := startProbe(ctx, askPace, askTimeout, func(ctx context.Context) error { return wantPage(ctx, address, "gate") })
	defer asks.stop()
	if err := asks.answered(ctx, steadily); err != nil {
		return err
	}
	err = powerLoss.during(ctx, st, victim, func() error {
		if _, err := st.holder(ctx, victim); err != nil {
			return err
		}
		return asks.answered(ctx, steadily)
	})
	if err != nil {
		return err
	}
	if err := allHealthy(ctx, st); err != nil {
		return err
	}
	if err := asks.answered(ctx, steadily); err != nil {
		return err
	}
	return st.verdict(asks, victim+", which holds the address, is lost and returns", heldGap)
}

// withoutHeldRoutes wants port 80 to be nobody's again, and the API where it was.
func withoutHeldRoutes(ctx context.Context, st *stage) error {
	if _, err := st.upWith(ctx, func(v values) { delete(v, "slipway:ingress") }); err != nil {
		return err
	}
	address, err := st.endpoint()
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	if status, _, err := askFor(limited, address, "gate.test"); err == nil {
		return fmt.Errorf("port 80 still answers %d %s", status, http.StatusText(status))
	}
	out, err := st.insideHolder(ctx, "ss", "-Hltn", "sport = :80")
	if err != nil {
		return err
	}
	if strings.TrimSpace(out) != "" {
		return errors.New("the holder still listens: " + out)
	}
	return allHealthy(ctx, st)
}

// insideHolder runs a command on the control plane that holds the virtual address.
func (st *stage) insideHolder(ctx context.Context, argv ...string) (string, error) {
	holder, err := st.holder(ctx)
	if err != nil {
		return "", err
	}
	return st.inside(ctx, holder, argv...)
}
