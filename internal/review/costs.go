package review

import "strconv"

// cost is what a stack takes of its project's quota.
type cost struct {
	servers, vcpus, ramMB, volumes, volumeGB, floatingIPs int
	// flavors counts servers by flavor; their sizes are an output of the stack.
	flavors map[string]int
}

// count adds a resource to what the stack has before and after.
func (p *Preview) count(s step) {
	switch s.Op {
	case "create-replacement", "delete-replaced", "read", "read-replacement", "discard":
		return // the replacement itself has both states
	}
	if s.Op != "create" && s.Op != "import" && s.Old != nil {
		p.costs[0].add(s.Type, s.Old.Inputs)
	}
	if s.Op != "delete" && s.New != nil {
		p.costs[1].add(s.Type, s.New.Inputs)
	}
}

func (c *cost) add(typ string, inputs map[string]any) {
	switch typ {
	case instanceType:
		if c.flavors == nil {
			c.flavors = map[string]int{}
		}
		flavor, _ := inputs["flavorName"].(string)
		c.flavors[flavor]++
		c.servers++
	case "openstack:blockstorage/volume:Volume":
		size, _ := inputs["size"].(float64)
		c.volumes++
		c.volumeGB += int(size)
	case "openstack:networking/floatingIp:FloatingIp":
		c.floatingIPs++
	}
}

// sized adds what the flavors have. It fails when the size of one is not known: the
// stack was deployed by a Slipway that did not say.
func (c cost) sized(outputs map[string]any) (cost, bool) {
	flavors, _ := outputs["flavors"].(map[string]any)
	for name, servers := range c.flavors {
		size, known := flavors[name].(map[string]any)
		if !known {
			return c, false
		}
		vcpus, _ := size["vcpus"].(float64)
		ram, _ := size["ramMB"].(float64)
		c.vcpus += servers * int(vcpus)
		c.ramMB += servers * int(ram)
	}
	return c, true
}

// rows are the lines of the table of costs; none if the stack costs nothing.
func (p *Preview) rows() [][3]string {
	now, known := p.costs[0].sized(p.stacks[0])
	then, thenKnown := p.costs[1].sized(p.stacks[1])
	figure := func(n int, known bool) string {
		if !known {
			return "not known"
		}
		return strconv.Itoa(n)
	}
	var rows [][3]string
	for _, r := range []struct {
		what     string
		now, aft int
		sizes    bool
	}{
		{"servers", now.servers, then.servers, false},
		{"vCPU", now.vcpus, then.vcpus, true},
		{"RAM in MiB", now.ramMB, then.ramMB, true},
		{"volumes", now.volumes, then.volumes, false},
		{"GiB on volumes", now.volumeGB, then.volumeGB, false},
		{"floating IPs", now.floatingIPs, then.floatingIPs, false},
	} {
		if now.servers+then.servers+now.floatingIPs+then.floatingIPs > 0 {
			rows = append(rows, [3]string{r.what, figure(r.now, known || !r.sizes), figure(r.aft, thenKnown || !r.sizes)})
		}
	}
	return rows
}
