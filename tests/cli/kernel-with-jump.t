#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What kernel-with-jump plans and refuses on machines that are folders, and what it does with a source package whose
# makefile stands for the kernel's.
# shellcheck source=tests/lib/environment.sh
. "$(dirname "$0")/../lib/environment.sh"
: "${srcdir:?}"
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-kernel-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
tests=0 failures=0
root=$work/root

ok() { # ok STATUS NAME
	tests=$((tests + 1))
	[ "$1" -eq 0 ] || failures=$((failures + 1))
	[ "$1" -eq 0 ] && echo "ok $tests - $2" || echo "not ok $tests - $2"
}

run() {
	status=0
	PATH=$work/bin:$PATH "$srcdir/scripts/kernel-with-jump" --root="$root" --build="$work/build" \
		--output="$work/packages" --jobs=2 "$@" >"$work/output" 2>&1 || status=$?
}

# plans NAME PATTERN OPTION...: a line of the plan.
plans() {
	local name=$1 pattern=$2
	shift 2
	run --dry-run "$@"
	[ "$status" -eq 0 ] && [ ! -e "$work/build" ] && grep -qE "^$pattern" "$work/output"
	ok $? "$name" || sed 's/^/# /' "$work/output"
}

# refuses NAME PATTERN OPTION...: one line, and nothing is written.
refuses() {
	local name=$1 pattern=$2
	shift 2
	run "$@"
	[ "$status" -eq 1 ] && [ ! -e "$work/build" ] && [ "$(grep -c '^kernel-with-jump: ' "$work/output")" -eq 1 ] &&
		grep -qE "^kernel-with-jump: .*$pattern" "$work/output"
	ok $? "$name" || sed 's/^/# /' "$work/output"
}

# config LINE...: the configuration of the kernel 6.1.0-1-amd64.
config() {
	printf '%s\n' '# Linux/x86 6.1.192 Kernel Configuration' "$@" >"$root/boot/config-6.1.0-1-amd64"
}

# program NAME: one that says it was called with which words, before all of the machine's.
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod 755 "$work/bin/$1"
}

mkdir -p "$work/bin" "$root/boot" "$root/usr/src" "$root/usr/include/openssl" "$root/proc" "$root/etc"
for name in gcc make bc bison flex xz cpio rsync depmod dpkg-buildpackage dh; do
	[ -n "$(type -P "$name")" ] || program "$name" :
done
program df 'echo head; echo "/dev/disk 99 9 52428800 1% /"'
touch "$root/usr/include/libelf.h" "$root/usr/include/openssl/ssl.h" "$root/etc/debian_version"
touch "$root/usr/src/linux-source-6.1.tar.xz"
printf 'ext4 1 0 - Live 0x0\nvirtio_blk 1 0 - Live 0x0\n' >"$root/proc/modules"
config 'CONFIG_KEXEC=y' '# CONFIG_KEXEC_JUMP is not set'
kernel=--kernel=6.1.0-1-amd64

plans 'the configuration of an installed kernel' \
	"configuration +$root/boot/config-6.1.0-1-amd64, with CONFIG_KEXEC_JUMP" $kernel
plans 'the source of its version' "source +$root/usr/src/linux-source-6.1.tar.xz\$" $kernel
plans 'the modules that are loaded' 'modules +the 2 in .*/proc/modules, .*--all-modules takes all' $kernel
plans 'all modules' 'modules +all of the configuration$' $kernel --all-modules
plans 'a name of its own' 'name +Linux 6\.1…-jump$' $kernel
plans 'another name' 'name +Linux 6\.1…-mine$' $kernel --name=-mine
plans 'the disk space' 'is built in +.*/build: 50 GiB are free, 6 GiB are needed$' $kernel
plans 'more disk space for all modules' 'is built in +.*/build: 50 GiB are free, 25 GiB are needed$' $kernel -a
plans 'the time' 'takes +roughly 31 minutes with 2 compilers at once$' $kernel
cp "$root/boot/config-6.1.0-1-amd64" "$work/copy"
plans 'a configuration of another place' "configuration +$work/copy, " --config="$work/copy"

printf 'Module Size Used by\next4 1 0\nnvme 1 0\nsd_mod 1 0\n' >"$work/lsmod"
plans "lsmod's output of another machine" 'modules +the 3 in .*/lsmod, ' $kernel --modules="$work/lsmod"

refuses 'a word that is no option' '"bzImage" is not an option' $kernel bzImage
refuses 'an option that is not known' "unrecognized option '--nonsense'" $kernel --nonsense
refuses 'both kinds of modules' '--all-modules and --modules exclude each other' $kernel -a --modules="$work/lsmod"
refuses 'no number of jobs' '--jobs=many is not a number' $kernel --jobs=many
refuses 'a name that no package can have' '--name=-Jump is not "-" with lower-case letters' $kernel --name=-Jump
refuses 'a kernel that is not installed' 'config-6\.1\.0-9-amd64, the kernel.s configuration, cannot be read; --kernel names' \
	--kernel=6.1.0-9-amd64
refuses 'a file that is no configuration' 'lsmod does not say which kernel it is for' --config="$work/lsmod"
rm "$root/usr/src/linux-source-6.1.tar.xz"
refuses 'no source package' 'linux-source-6\.1\.tar\.xz, the kernel.s source, cannot be read: apt-get install linux-source-6\.1$' \
	$kernel
touch "$root/usr/src/linux-source-6.1.tar.xz"
: >"$root/proc/modules"
refuses 'a machine without modules' 'proc/modules lists no modules: .*--modules names .* --all-modules' $kernel
printf 'ext4 1 0 - Live 0x0\n' >"$root/proc/modules"
program df 'echo head; echo "/dev/disk 99 9 3145728 1% /"'
refuses 'a full disk' 'build: only 3 GiB are free, 6 GiB are needed; --build names another folder' $kernel
program df 'echo head; echo "/dev/disk 99 9 52428800 1% /"'
config 'CONFIG_KEXEC_JUMP=y'
refuses 'a kernel that has kexec jump' 'has CONFIG_KEXEC_JUMP; nothing is to be built' $kernel
config '# CONFIG_KEXEC_JUMP is not set'
rm "$root/etc/debian_version"
refuses 'another distribution' "this is not Debian.*Ubuntu's and Fedora's kernels for x86_64" $kernel
touch "$root/etc/debian_version"
rm "$root/usr/include/libelf.h"
plans 'what has to be installed first' 'missing +apt-get install libelf-dev$' $kernel
refuses 'a build without it' 'programs for the build are missing: apt-get install libelf-dev$' $kernel
touch "$root/usr/include/libelf.h"

# A kernel whose targets write down what they were called with.
mkdir -p "$work/linux/scripts"
cat >"$work/linux/Makefile" <<'MAKE'
localmodconfig:
	grep -c virtio $(LSMOD) | sed 's/^/modules with virtio: /' >>done
	read answer
olddefconfig:
	$(OLDDEFCONFIG)
bindeb-pkg:
	@echo "  CC      init/main.o"
	$(BROKEN)
	touch ../linux-image-6.1.192-jump_1_amd64.deb ../linux-headers-6.1.192-jump_1_amd64.deb ../linux-libc-dev_1_amd64.deb
kernelrelease:
	@echo 6.1.192-jump
MAKE
cat >"$work/linux/scripts/config" <<'CONFIG'
#!/bin/sh
echo "config $*" >>done
case $* in *"--enable KEXEC_JUMP"*) sed -i 's/.*KEXEC_JUMP.*/CONFIG_KEXEC_JUMP=y/' .config ;; esac
CONFIG
chmod 755 "$work/linux/scripts/config"
touch "$work/linux/Kconfig"
printf 'ext4 1 0 - Live 0x0\nvirtio_blk 1 0 - Live 0x0\n' >"$root/proc/modules"
tar -C "$work" -cJf "$root/usr/src/linux-source-6.1.tar.xz" linux
run $kernel
[ "$status" -eq 0 ] && [ -e "$work/packages/linux-image-6.1.192-jump_1_amd64.deb" ] &&
	[ -e "$work/packages/linux-headers-6.1.192-jump_1_amd64.deb" ]
ok $? 'packages of a kernel are made' || sed 's/^/# /' "$work/output"
[ ! -e "$work/packages/linux-libc-dev_1_amd64.deb" ]
ok $? "the headers for the C library are left out: they are the distribution's"
grep -q "^next: apt install $work/packages/linux-image-6.1.192-jump_\*.deb; boot Linux 6.1.192-jump; then \"khibernate setup\"" \
	"$work/output"
ok $? 'what to do next' || sed 's/^/# /' "$work/output"
grep -q 'modules with virtio: 1' "$work/build/linux-6.1/done"
ok $? 'it has the modules that are loaded'
grep -q -- '--set-str LOCALVERSION -jump .*--set-str SYSTEM_TRUSTED_KEYS  ' "$work/build/linux-6.1/done"
ok $? "its name, and none of Debian's keys"

rm "$work/build/linux-6.1/done"
run $kernel --all-modules
[ "$status" -eq 0 ] && ! grep -q 'modules with' "$work/build/linux-6.1/done"
ok $? 'with all modules none is looked for'

# fails NAME PATTERN VARIABLE
fails() {
	(export "${3?}" && run $kernel && [ "$status" -eq 1 ] && grep -q "^kernel-with-jump: $2" "$work/output")
	ok $? "$1" || sed 's/^/# /' "$work/output"
}

fails 'a configuration in which the switch does not hold' 'the configuration does not allow CONFIG_KEXEC_JUMP' \
	OLDDEFCONFIG="sed -i /KEXEC_JUMP/d .config"
fails 'a build that fails' "the kernel cannot be built; the whole log is $work/build/log" BROKEN=false

echo "1..$tests"
exit $((failures > 0))
