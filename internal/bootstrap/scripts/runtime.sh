# shellcheck shell=bash disable=SC2154
# Sourced by prepare.sh after step.sh, whose names it uses.

units=/etc/systemd/system

# start_containerd restarts it only when its binary, unit or configuration
# changed; containers outlive that. Registries are read at each pull.
start_containerd() {
  install -D -m 0644 "$etc/containerd/config.toml" /etc/containerd/config.toml
  rm -rf /etc/containerd/certs.d
  mkdir -p /etc/containerd/certs.d /etc/cni/net.d
  if [ -d "$etc/containerd/certs.d" ]; then cp -r "$etc/containerd/certs.d" /etc/containerd/; fi
  chmod -R u=rwX,go=rX /etc/containerd
  install_units

  local wanted
  wanted=$(cat /opt/bin/containerd /etc/containerd/config.toml "$units/containerd.service" | sha256sum)
  if systemctl is-active --quiet containerd && [ "$(cat "$state/containerd" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "starting containerd"
  systemctl restart containerd || fail "containerd does not start" "journalctl -u containerd"
  wait_until 60 ctr version >/dev/null 2>&1 || fail "containerd does not answer" "journalctl -u containerd"
  printf '%s\n' "$wanted" >"$state/containerd"
}

# install_units copies all units, the kubelet's too. The kubelet is started by
# kubeadm, once it has a configuration. systemd reads all units anew at each
# reload, so there is one.
install_units() {
  local unit timers=() enabled=(containerd.service kubelet.service)
  cp -rT "$etc/systemd" "$units"
  (cd "$etc/systemd" && find . -type f -printf "$units/%P\0") | xargs -0 chmod 0644
  chmod 0755 "$units/kubelet.service.d"
  for unit in "$etc"/systemd/*.timer; do
    [ ! -e "$unit" ] || timers+=("${unit##*/}") # not every role has one
  done
  for unit in slipway-volumes.service slipway-metadata.service; do
    if [ -e "$etc/systemd/$unit" ]; then enabled+=("$unit"); fi
  done
  systemctl --quiet --no-reload enable "${enabled[@]}" "${timers[@]}"
  systemctl daemon-reload
  ((${#timers[@]} == 0)) || systemctl restart "${timers[@]}" # or they would keep an earlier schedule
}
