#!/bin/bash
# Prepares one machine for kubeadm, in the folder that holds the lists of files
# and images: node.sh control-plane NUMBER | worker NUMBER.
set -euo pipefail
cd "$(dirname "$0")"
role=$1 number=$2
mirror=http://10.79.0.1:8080 vip=10.20.0.100

cloud-init status --wait >/dev/null || :
modprobe -q overlay || :
modprobe -q br_netfilter || :
printf '%s\n' 'net.ipv4.ip_forward = 1' 'net.bridge.bridge-nf-call-iptables = 1' >/etc/sysctl.d/90-kubernetes.conf
sysctl -q -p /etc/sysctl.d/90-kubernetes.conf

# fetch URL: downloads a file and checks it against what is published beside it.
fetch() {
  local url=$mirror/files/${1#https://} name=${1##*/} sums
  curl -fsS -o "$name" "$url"
  sums=$(curl -fsS "$url.sha256" 2>/dev/null || curl -fsS "$url.sha256sum" 2>/dev/null || curl -fsS "${url%.*}.sha256sum")
  grep -qi "$(sha256sum "$name" | cut -d ' ' -f 1)" <<<"$sums"
  case $name in
  containerd-*) tar -xzf "$name" -C /usr/local ;;
  cni-plugins-*) mkdir -p /opt/cni/bin && tar -xzf "$name" -C /opt/cni/bin ;;
  runc.*) install -m 0755 "$name" /usr/local/bin/runc ;;
  *) install -m 0755 "$name" "/usr/local/bin/$name" ;;
  esac
}

in_parallel() {
  local command=$1 line pids=() pid
  while IFS= read -r line; do
    $command "$line" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
}

in_parallel fetch <files

mkdir -p /etc/containerd
cat >/etc/containerd/config.toml <<TOML
version = 3
[plugins.'io.containerd.cri.v1.runtime']
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      SystemdCgroup = true
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '$(grep /pause: images)'
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = '/etc/containerd/certs.d'
TOML
for registry in docker.io ghcr.io registry.k8s.io; do
  mkdir -p "/etc/containerd/certs.d/$registry"
  printf 'server = "%s"\n[host."%s"]\n  capabilities = ["pull", "resolve"]\n' "$mirror" "$mirror" >"/etc/containerd/certs.d/$registry/hosts.toml"
done
cat >/etc/systemd/system/containerd.service <<'UNIT'
[Service]
Type=notify
ExecStart=/usr/local/bin/containerd
KillMode=process
Delegate=yes
Restart=always
LimitNOFILE=infinity
TasksMax=infinity
[Install]
WantedBy=multi-user.target
UNIT
cat >/etc/systemd/system/kubelet.service <<'UNIT'
[Unit]
After=containerd.service
StartLimitIntervalSec=0
[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=/usr/local/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml $KUBELET_KUBEADM_ARGS
Restart=always
RestartSec=3
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl --quiet enable kubelet
systemctl --quiet enable --now containerd

pull() { ctr --namespace k8s.io images pull --hosts-dir /etc/containerd/certs.d "$1" >/dev/null; }
case $role in
control-plane) in_parallel pull <images ;;
worker) in_parallel pull < <(grep -Ev '/(kube-apiserver|kube-controller-manager|kube-scheduler|etcd):' images) ;;
esac
[ "$role" = control-plane ] || exit 0

cat >/etc/haproxy/haproxy.cfg <<'CFG'
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend api
  bind :8443
  default_backend servers
backend servers
  option httpchk GET /readyz
  default-server check check-ssl verify none inter 1s fall 2 rise 1
  server cp1 10.20.0.11:6443
  server cp2 10.20.0.12:6443
  server cp3 10.20.0.13:6443
CFG
cat >/etc/keepalived/keepalived.conf <<CONF
global_defs {
  enable_script_security
  script_user root
}
vrrp_script haproxy {
  script "/usr/bin/pgrep -x haproxy"
  interval 1
}
vrrp_instance api {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id 51
  priority $((110 - number))
  unicast_src_ip 10.20.0.1$number
  unicast_peer {
$(for peer in 1 2 3; do [ "$peer" = "$number" ] || echo "    10.20.0.1$peer"; done)
  }
  virtual_ipaddress {
    $vip/32
  }
  track_script {
    haproxy
  }
}
CONF
systemctl --quiet enable haproxy keepalived
systemctl restart haproxy keepalived
