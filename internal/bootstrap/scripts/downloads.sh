# shellcheck shell=bash disable=SC2154
# Sourced by prepare.sh after step.sh, whose names it uses. Each line of the
# list is: URL, SHA-256 or -, URL of the SHA-256 or -, kind, destination;
# separated by tabs. What is half downloaded stays in the cache.

installed=$state/installed # per file: its line, and the checksums of what it became

install_downloads() {
  install -d -m 0700 "$cache" "$installed"
  local line pid pids=() failures=0
  while IFS= read -r line; do
    install_download "$line" &
    pids+=($!)
  done <"$etc/downloads"
  for pid in "${pids[@]}"; do
    wait "$pid" || failures=$((failures + 1))
  done
  ((failures == 0)) || fail "$failures of ${#pids[@]} files could not be installed" "the lines above"
  link_tools kubeadm kubectl ctr
}

# link_tools NAME... puts what people use on everybody's PATH. Where /usr/local is
# read-only, as on Flatcar, /opt/bin is there already.
link_tools() {
  [ -w /usr/local/bin ] || return 0
  ln -sf "${@/#//opt/bin/}" /usr/local/bin/
}

install_download() {
  local line=$1 url sum sum_url kind dest
  IFS=$'\t' read -r url sum sum_url kind dest <<<"$line"
  local name=${url##*/}
  intact "$line" "$installed/$name" && return
  local file=$cache/$name
  [ "$sum" != - ] || sum=$(published_checksum "$sum_url" "$name") || exit
  # A second try from nothing: the first may have continued another file's part.
  verified "$sum" "$file" || fetched "$url" "$file" "$sum" || { rm -f "$file" && fetched "$url" "$file" "$sum"; } ||
    fail "$url has another SHA-256 than $sum" "the mirror, and artifacts.checksums in the stack's configuration"
  { printf '# %s\n' "$line" && place "$kind" "$file" "$dest" "$sum"; } >"$installed/$name.new"
  mv "$installed/$name.new" "$installed/$name"
  rm "$file"
  say "installed $name"
}

# intact tells whether what a line led to is still what is on disk.
intact() { [ -e "$2" ] && [ "$(head -n 1 "$2")" = "# $1" ] && sha256sum --status --check <(tail -n +2 "$2"); }

fetched() { download "$1" "$2" && verified "$3" "$2"; }

verified() { [ -e "$2" ] && printf '%s  %s\n' "$1" "$2" | sha256sum --status --check; }

# published_checksum reads "<hex>" or sha256sum's lines "<hex>  <name>".
published_checksum() {
  local file=$cache/$2.sha256 sum name
  rm -f "$file" # never continued: it is small, and may have been corrected
  download "$1" "$file"
  while read -r sum name || [ -n "$sum" ]; do
    case $name in '' | "$2" | "*$2") break ;; esac
    sum=''
  done <"$file"
  [[ $sum =~ ^[0-9a-fA-F]{64}$ ]] || fail "$1 holds no SHA-256 of $2" "the mirror"
  printf '%s' "$sum"
}

# download fetches URL to FILE, continuing a part of it, for at most 10 minutes.
download() {
  local url=$1 file=$2 answer=$2.answer
  wait_until 600 attempt "$url" "$file" "$answer" || fail "$url: $(tail -n 1 "$answer")" "the network, and artifacts in the stack's configuration"
  rm -f "$answer"
}

attempt() {
  curl --fail --silent --show-error --location --continue-at - --connect-timeout 15 \
    --speed-limit 1024 --speed-time 30 --max-time 1200 --output "$2" "$1" 2>"$3" && return
  # No ranges, or nothing left to continue: start over.
  if grep -qE 'byte ranges|error: 416' "$3"; then rm -f "$2"; fi
  # Waiting does not help against a wrong address.
  if grep -qE 'error: (400|401|403|404|410)' "$3"; then fail "$1: $(tail -n 1 "$3")" "artifacts in the stack's configuration"; fi
  return 1
}

# place installs a file so that it is there as a whole or not at all, and prints
# the checksums of the result. A running binary is replaced, not overwritten.
place() {
  local kind=$1 file=$2 dest=$3 sum=$4
  if [ "$kind" = binary ]; then
    install -D -m 0755 "$file" "$dest.new"
    mv "$dest.new" "$dest"
    printf '%s  %s\n' "$sum" "$dest"
    return
  fi
  local stage folder
  mkdir -p "$dest"
  stage=$dest/.slipway-${file##*/}
  rm -rf "$stage"
  mkdir "$stage"
  tar -xzf "$file" --no-same-owner -C "$stage"
  (cd "$stage" && find . -type f -printf "$dest/%P\0" | sort -z) >"$file.paths"
  while IFS= read -r -d '' folder; do
    mkdir -p "$dest/$folder"
    find "$stage/$folder" -maxdepth 1 -type f -exec mv -t "$dest/$folder" {} +
  done < <(cd "$stage" && find . -type d -printf '%P\0')
  rm -rf "$stage"
  xargs -0 -r sha256sum <"$file.paths"
  rm "$file.paths"
}
