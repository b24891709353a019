#!/bin/bash
# make-base.sh NAME NODE NPM: imports a small root under the name of the official image of Node, which the machine may
# be unable to pull. It is made of files of this machine's own Debian packages, the Node binary NODE and the npm in the
# directory NPM. Run it with BUILDAH_ISOLATION, STORAGE_DRIVER and CONTAINERS_STORAGE_CONF as for the build.
set -euo pipefail
name=$1 node=$2 npm=$3
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

packages="base-files coreutils dash tar gzip libc6 libc-bin libgcc-s1 libatomic1 libstdc++6 libselinux1 libpcre2-8-0 libacl1 libattr1 libgmp10"
mkdir -p "$root"/usr/{bin,sbin,lib,lib64,local/bin,local/etc,local/lib/node_modules} "$root"/{proc,sys,dev,etc/ssl/certs,root,home/node}
mkdir -m 1777 "$root/tmp"
for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$root/$directory"; done
# shellcheck disable=SC2086 # a list of words
dpkg -L $packages | sort -u | while read -r path; do
  case $path in /usr/share/* | /etc/ssl/*) continue ;; esac
  if [ -f "$path" ] || [ -L "$path" ]; then printf '%s\n' "$path"; fi
done | tar -C / -cf - --no-recursion --verbatim-files-from -T - 2>/dev/null | tar -C "$root" -xf - --keep-directory-symlink
printf 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnode:x:1000:\n' >"$root/etc/group"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true

cp "$node" "$root/usr/local/bin/node"
cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
# The build mounts this machine's cache of npm there.
printf 'cache=/npm-cache\nprefer-offline=true\nupdate-notifier=false\n' >"$root/usr/local/etc/npmrc"
[ ! -s "$root/etc/ssl/certs/ca-certificates.crt" ] ||
  echo cafile=/etc/ssl/certs/ca-certificates.crt >>"$root/usr/local/etc/npmrc"

container=$(buildah from scratch)
buildah add --quiet "$container" "$root" / >/dev/null
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
buildah commit --quiet --rm "$container" "$name" >/dev/null
