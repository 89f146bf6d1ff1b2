# shellcheck shell=bash disable=SC2154
# Sourced by prepare.sh after step.sh, whose names it uses.

# wait_for_cloud_init returns when the machine's own set-up is over. Machines
# that are not set up by cloud-init have nothing to wait for.
wait_for_cloud_init() {
  command -v cloud-init >/dev/null || return 0
  local status=0
  timeout 600 cloud-init status --wait >/dev/null 2>&1 || status=$?
  case $status in
  0) ;;
  2) say "cloud-init finished with recoverable errors: $(cloud_init_detail)" ;;
  124) fail "cloud-init did not finish in 10 minutes" "/var/log/cloud-init-output.log" ;;
  *) fail "cloud-init failed: $(cloud_init_detail)" "/var/log/cloud-init.log" ;;
  esac
}

cloud_init_detail() { cloud-init status --long 2>&1 | tr '\n' ' ' || :; }
