/**
 * Runs as process 1 of a session's own mount and process namespaces, as root there. It covers `/tmp` with a memory file
 * system that no other process sees, makes the private copy of the workspace in it, carries out the requests that come
 * line by line on standard input, and ends when that closes; the kernel then kills all that was started in the session
 * and frees its files. So nothing is left behind, whatever happens to Trellis, and the host's disk is never touched.
 *
 * The folders to bind are opened before `/tmp` is covered, because they may lie below it; then they are bound by
 * descriptor, which is why `mount` must not make paths of them.
 *
 * Arguments: size in bytes, number of files, owner (`uid:gid`, or empty), strategy (`overlay` or `copy`), root of the
 * workspace, folders to bind. Answers each step with one line on standard output.
 *
 * `copy` reads the names to copy from `/tmp/list`, each ended by a zero byte. `own` gives the copy to the owner; only
 * the top of the folders that packages are installed in, which would take too long and are seldom written to, and the
 * caches that tools keep in there, such as Vite's `.vite-temp`, which they could not run without.
 */
export const namespaceScript = String.raw`
set -eu
shopt -s dotglob nullglob
umask 0
size=$1 files=$2 owner=$3 strategy=$4 root=$5
shift 5

exec {root_fd}<"$root"
source_fds=
for source; do
  exec {source_fd}<"$source"
  source_fds="$source_fds $source_fd"
done

mount -t tmpfs -o "size=$size,nr_inodes=$files,mode=0711,nosuid,nodev" trellis /tmp
cd /tmp
mkdir lower upper work tree etc bind tmp tmp/home shm
umask 022
printf 'root:x:0:0:root:/nonexistent:/usr/sbin/nologin\ntrellis:x:1000:1000::/tmp/home:/bin/sh\n' >etc/passwd
printf 'root:x:0:\ntrellis:x:1000:\n' >etc/group
printf '127.0.0.1 localhost sandbox\n::1 localhost\n' >etc/hosts
printf 'passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n' >etc/nsswitch.conf

index=0
for source_fd in $source_fds; do
  mkdir "bind/$index"
  mount --no-canonicalize --rbind "/proc/self/fd/$source_fd" "bind/$index"
  exec {source_fd}<&-
  index=$((index + 1))
done
mount --no-canonicalize --rbind "/proc/self/fd/$root_fd" lower
exec {root_fd}<&-

own() {
  cd tree
  set --
  tops='. ../tmp/home'
  for entry in *; do
    case $entry in
      .git | node_modules | .venv | venv) tops="$tops $entry" ;;
      *) set -- "$@" "./$entry" ;;
    esac
  done
  for entry in node_modules/.cache node_modules/.vite*; do
    if [ ! -L node_modules ] && [ -d "$entry" ]; then set -- "$@" "./$entry"; fi
  done
  chown --no-dereference "$owner" $tops
  if [ $# -gt 0 ]; then chown --recursive --no-dereference -P "$owner" "$@"; fi
  cd ..
}

if [ "$strategy" = overlay ]; then
  options=lowerdir=lower,upperdir=upper,workdir=work
  if [ -n "$owner" ]; then
    mount -t overlay -o "$options,metacopy=on,redirect_dir=on" overlay tree
  else
    mount -t overlay -o "$options,userxattr" overlay tree
  fi
fi
echo ready
while IFS= read -r request; do
  case $request in
    copy)
      tar --directory=lower --null --no-recursion --files-from=list --ignore-failed-read --create --file=- |
        tar --directory=tree --extract --file=- --no-same-owner
      rm list
      ;;
    own) own ;;
  esac
  echo done
done
`;
