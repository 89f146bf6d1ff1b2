package main

// dedicatedEtcd: every part on machines of its own.
func dedicatedEtcd() scenario {
	return scenario{
		name: "dedicated-etcd", story: "etcd on three nodes with volumes of their own, the VIP on two proxies, at the chosen address",
		stack: dedicatedStack, needs: cloud, leaves: cluster, long: true,
		steps: wholeCluster(
			step{"etcd runs on its own nodes, and on no other", etcdIsWhole},
			step{"one proxy holds the VIP, with port security on", vipIsHeld},
			step{"Prometheus reaches etcd and the proxies, and is gone again", machinesAreWatched},
		),
	}
}

// single: the smallest cluster there is.
func single() scenario {
	return scenario{
		name: "single", story: "one node is control plane and worker",
		stack: singleStack, needs: cloud, leaves: cluster, long: true,
		steps: wholeCluster(),
	}
}
