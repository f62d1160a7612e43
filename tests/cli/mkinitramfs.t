#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What mkinitramfs puts into an archive, and what the hooks for initramfs-tools and dracut put into theirs.
# shellcheck source=tests/lib/environment.sh
. "$(dirname "$0")/../lib/environment.sh"
: "${srcdir:?}" "${builddir:?}"
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-mkinitramfs-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
if ! command -v cpio >/dev/null; then
	echo '1..0 # SKIP there is no cpio'
	exit 0
fi
tests=0 failures=0

ok() { # ok STATUS NAME
	tests=$((tests + 1))
	[ "$1" -eq 0 ] || failures=$((failures + 1))
	[ "$1" -eq 0 ] && echo "ok $tests - $2" || echo "not ok $tests - $2"
}

# has NAME FILE...: they are in the unpacked archive.
has() {
	local name=$1 file missing=''
	shift
	for file; do
		[ -e "$work/tree/$file" ] || [ -L "$work/tree/$file" ] || missing+=" $file"
	done
	[ -z "$missing" ]
	ok $? "$name" || echo "# missing:$missing"
}

# makes OPTION...: runs mkinitramfs and unpacks what it made.
makes() {
	rm -rf "$work/tree"
	mkdir "$work/tree"
	status=0
	sh "$srcdir/initramfs/mkinitramfs" --busybox="$work/busybox" --programs="${programs-$work/sbin}" --config=/dev/null \
		"$@" "$work/out" >"$work/output" 2>&1 || status=$?
	[ "$status" -ne 0 ] || unpack <"$work/out"
}

# unpack: an archive on standard input, and one of modules, compressed, behind it.
unpack() {
	(cd "$work/tree" && cpio -i --quiet && cat >"$work/rest")
	[ ! -s "$work/rest" ] || (cd "$work/tree" && gzip -dc "$work/rest" | cpio -i --quiet)
}

# refuses NAME PATTERN OPTION...
refuses() {
	local name=$1 pattern=$2
	shift 2
	rm -f "$work/out"
	makes "$@"
	[ "$status" -eq 1 ] && [ ! -e "$work/out" ] && [ "$(wc -l <"$work/output")" -eq 1 ] &&
		grep -qE "^mkinitramfs: .*$pattern" "$work/output"
	ok $? "$name" || sed 's/^/# /' "$work/output"
}

cp "$(type -P true)" "$work/busybox"
# A small program for all runs but the first, for the sake of time.
mkdir "$work/sbin"
echo khibernate >"$work/sbin/khibernate"
chmod 755 "$work/sbin/khibernate"
programs=$builddir/sbin
makes
ok "$status" 'an initramfs is made'
has 'with our programs' sbin/kexec sbin/kdump sbin/krestore sbin/kjump_back_param sbin/khibernate
for name in kexec kdump krestore kjump_back_param khibernate; do
	# A static build runs without the libraries of the tree.
	[ "$("$work/tree/sbin/$name" --version)" = "$("$programs/$name" --version)" ]
	ok $? "called as $name, it is that program"
done
has 'with busybox and its names' bin/busybox bin/sh bin/mount bin/switch_root bin/insmod
has 'with the scripts' init khibernate/init khibernate/boot khibernate/functions
has 'with folders for the kernel' proc sys dev run newroot
[ -x "$work/tree/init" ]
ok $? 'init can be run'
[ "$(readlink "$work/tree/init")" = sbin/khibernate ]
ok $? 'it is khibernate, which needs no shell to look for a snapshot'
unset programs
makes
cp "$work/out" "$work/first"

# For an ordinary boot.
echo kernel >"$work/kernel"
makes --boot="$work/kernel"
has 'for a boot: a kernel, and an initramfs for it' khibernate/kernel khibernate/initrd
gzip -dc "$work/tree/khibernate/initrd" | cpio -t --quiet | grep -qx sbin/krestore
ok $? 'which can restore'
cmp -s "$work/kernel" "$work/tree/khibernate/kernel"
ok $? 'the kernel is that one'
[ ! -e "$work/tree/etc/shadow" ] && [ ! -e "$work/tree/bin/sulogin" ]
ok $? 'no password is in it'

# Root's password, for the shell of last resort.
printf '%s\n' 'daemon:*:1:0:99999:7:::' 'root:$6$salt$hash:1:0:99999:7:::' 'user:$6$other:1:0:99999:7:::' >"$work/shadow"
umask 022
makes --shadow="$work/shadow" --boot="$work/kernel"
has 'with a password: who asks for it' bin/sulogin etc/passwd
[ "$(cat "$work/tree/etc/shadow")" = 'root:$6$salt$hash:::::::' ]
ok $? "only root's"
[ "$(stat -c %a "$work/out")" = 600 ] && [ "$(stat -c %a "$work/tree/etc/shadow")" = 600 ]
ok $? 'nobody else may read it'
gzip -dc "$work/tree/khibernate/initrd" | cpio -t --quiet | grep -qx etc/shadow
ok $? 'it is in the initramfs for another kernel, too'
for password in '' '*' '!' '!$6$salt$hash'; do
	printf 'root:%s:1:0:99999:7:::\n' "$password" >"$work/shadow"
	refuses "a password that nobody has, or everybody: \"$password\"" 'has no password for root' --shadow="$work/shadow"
done
refuses 'no such file' 'none cannot be read' --shadow="$work/none"

# A modular kernel: modules.dep as depmod makes it.
modules=$work/lib/modules/6.1.0-test
mkdir -p "$modules/kernel"
for name in virtio virtio_ring virtio_pci virtio_blk scsi_mod sd_mod usb-common usb-storage sound ext4 jbd2 ipmi_watchdog \
	crc32c-intel crc32c_generic; do
	echo "code of $name" >"$modules/kernel/$name.ko"
done
xz "$modules/kernel/virtio_blk.ko"
cat >"$modules/modules.dep" <<-'DEP'
	kernel/sound.ko:
	kernel/ipmi_watchdog.ko:
	kernel/virtio.ko:
	kernel/virtio_ring.ko: kernel/virtio.ko
	kernel/virtio_pci.ko: kernel/virtio_ring.ko kernel/virtio.ko
	kernel/virtio_blk.ko.xz: kernel/virtio_ring.ko kernel/virtio.ko
	kernel/scsi_mod.ko:
	kernel/sd_mod.ko: kernel/scsi_mod.ko
	kernel/usb-common.ko:
	kernel/usb-storage.ko: kernel/scsi_mod.ko kernel/usb-common.ko
	kernel/jbd2.ko:
	kernel/ext4.ko: kernel/jbd2.ko
	kernel/crc32c-intel.ko:
	kernel/crc32c_generic.ko:
DEP
printf '%s\n' '# made by depmod' 'softdep jbd2 pre: crypto-crc32c post: sound' 'softdep ext4 pre: crypto-crc32c' \
	>"$modules/modules.softdep"
printf '%s\n' 'alias pci:v*d* sound' 'alias crypto-crc32c crc32c_intel' 'alias crypto-crc32c crc32c_generic' \
	>"$modules/modules.alias"
makes --kernel=6.1.0-test --modules-root="$work"
has 'a modular kernel: the modules for disks and what they need' khibernate/modules.d/virtio_blk.ko \
	khibernate/modules.d/sd_mod.ko khibernate/modules.d/usb-storage.ko khibernate/modules.d/usb-common.ko
[ ! -e "$work/tree/khibernate/modules.d/sound.ko" ]
ok $? 'no others'
smbus=$work/sys/devices/pci0000:00/0000:00:1f.4
mkdir -p "$work/sys/class/watchdog" "$smbus/driver" "$smbus/iTCO_wdt/driver" "$smbus/iTCO_wdt/watchdog/watchdog0" \
	"$work/sys/module/sound" "$work/sys/module/ext4"
ln -s ../../../../module/sound "$smbus/driver/module"
ln -s ../../../../../module/ext4 "$smbus/iTCO_wdt/driver/module"
ln -s ../../../iTCO_wdt "$smbus/iTCO_wdt/watchdog/watchdog0/device"
ln -s ../../devices/pci0000:00/0000:00:1f.4/iTCO_wdt/watchdog/watchdog0 "$work/sys/class/watchdog/watchdog0"
makes --kernel=6.1.0-test --modules-root="$work"
has 'those of a watchdog of the machine, too' khibernate/modules.d/virtio_blk.ko
grep -q /ext4.ko "$work/tree/khibernate/modules"
ok $? 'its own'
grep -q /sound.ko "$work/tree/khibernate/modules"
ok $? 'and that of the device that it is a part of'
rm -r "$work/sys"
bmc=$work/sys/devices/platform/ipmi_bmc.0
mkdir -p "$bmc" "$smbus/i2c-0/0-0010" "$smbus/driver" "$work/sys/module/sound"
ln -s ../../../../module/sound "$smbus/driver/module"
ln -s ../../pci0000:00/0000:00:1f.4/i2c-0/0-0010 "$bmc/ipmi0"
makes --kernel=6.1.0-test --modules-root="$work"
! grep -q -e /sound.ko -e /ipmi "$work/tree/khibernate/modules"
ok $? 'a BMC that is not asked for its watchdog: none for that'
mkdir "$work/sys/module/ipmi_watchdog"
makes --kernel=6.1.0-test --modules-root="$work"
[ "$(grep -c -e /sound.ko -e /ipmi_watchdog.ko "$work/tree/khibernate/modules")" -eq 2 ]
ok $? 'the watchdog of a BMC, which is in no class: that and the driver of the interface'
rm -r "$work/sys"
makes --kernel=6.1.0-test --modules-root="$work"
[ "$(cat "$work/tree/khibernate/modules.d/virtio_blk.ko")" = 'code of virtio_blk' ]
ok $? 'unpacked'
mkdir "$work/without"
ln -sf /bin/* /usr/bin/* /sbin/* /usr/sbin/* "$work/without"
rm "$work/without/xz"
cp "$work/busybox" "$work/kept"
printf '#!/bin/sh\n[ "$1" != xz ]\n' >"$work/busybox"
PATH=$work/without refuses 'no xz' 'virtio_blk.ko.xz: is the program xz installed' --kernel=6.1.0-test --modules-root="$work"
printf '#!/bin/sh\n[ "$1" != xz ] || exec %s -dc "$3"\n' "$(type -P xz)" >"$work/busybox"
PATH=$work/without makes --kernel=6.1.0-test --modules-root="$work"
[ "$(cat "$work/tree/khibernate/modules.d/virtio_blk.ko")" = 'code of virtio_blk' ]
ok $? "busybox's, where there is none" || cat "$work/output"
mv "$work/kept" "$work/busybox"
[ "$(head -n 4 "$work/tree/khibernate/modules" | xargs -n 1 basename | xargs)" = \
	'virtio.ko virtio_ring.ko virtio_pci.ko virtio_blk.ko' ]
ok $? 'in an order in which they can be loaded'
[ "$(sort "$work/tree/khibernate/modules" | uniq -d)" = '' ]
ok $? 'each once'
[ "$(xargs -n 1 basename <"$work/tree/khibernate/modules.mount" | xargs)" = \
	'crc32c_generic.ko crc32c-intel.ko jbd2.ko ext4.ko' ]
ok $? 'file systems apart, after what they ask for only by an alias while they are loaded'
makes -k 6.1.0-test -r "$work" -m "sd_mod no_such_module"
[ "$(xargs -n 1 basename <"$work/tree/khibernate/modules" | xargs)" = 'scsi_mod.ko sd_mod.ko' ] &&
	[ ! -e "$work/tree/khibernate/modules.mount" ]
ok $? '--modules: these only'

makes --modules-root="$work"
[ "$status" -eq 0 ] && [ ! -s "$work/output" ]
ok $? 'without --kernel no modules'
mkdir "$work/lib/modules/$(uname -r)"
cp "$modules/modules.dep" "$work/lib/modules/$(uname -r)/"
makes --modules-root="$work"
[ "$status" -eq 0 ] && [ ! -e "$work/tree/khibernate/modules" ] && grep -qF -- "--kernel=$(uname -r)" "$work/output"
ok $? 'which is said if the running kernel has some'

refuses 'a kernel that is not installed' 'there is no .*/lib/modules/5.0/modules.dep' --kernel=5.0 --modules-root="$work"
refuses 'a busybox that is not there' 'there is no busybox' --busybox="$work/none"
mv "$work/sbin/khibernate" "$work/sbin/away"
mkdir "$work/path"
cp "$work/sbin/away" "$work/path/khibernate"
PATH=$work/path:$PATH refuses 'a program that is not in the folder that was named' "there is no program khibernate in $work/sbin"
mv "$work/sbin/away" "$work/sbin/khibernate"
mv "$work/sbin" "$work/two words"
programs="$work/two words" makes
ok "$status" 'a folder with a blank in its name'
mkdir "$work/with blank"
cp -R "$work/two words" "$work/with blank/sbin"
mv "$work/two words" "$work/sbin"
# Installed, and on the path.
sed "s#^sbin=\$#sbin='$work/with blank/sbin'#" "$srcdir/initramfs/mkinitramfs" >"$work/installed.sh"
sed -i "s#^scripts=.*#scripts=$srcdir/initramfs#" "$work/installed.sh"
sh "$work/installed.sh" --busybox="$work/busybox" --config=/dev/null "$work/out" >"$work/output" 2>&1
ok $? 'without --programs those that were installed with it' || cat "$work/output"
PATH="$work/with blank/sbin:$PATH" \
	sh "$srcdir/initramfs/mkinitramfs" --busybox="$work/busybox" --config=/dev/null "$work/out" >"$work/output" 2>&1
ok $? 'or on the path' || cat "$work/output"

# A busybox that tells what it has.
busybox_has() {
	# shellcheck disable=SC2016 # the dollar is the script's
	printf '#!/bin/sh\n[ "$1" = --list ] && printf "%%s\\n" %s\n' "$*" >"$work/busybox"
}
needed='sh cat cttyhack grep insmod mount poweroff reboot setsid sleep switch_root sync tail tee umount usleep'
# shellcheck disable=SC2086 # words
busybox_has $needed awk
makes
[ "$status" -eq 0 ] && [ -L "$work/tree/bin/awk" ] && [ ! -L "$work/tree/bin/findfs" ]
ok $? 'a busybox gets the names that it has'
# shellcheck disable=SC2046 # words
busybox_has $(xargs -n 1 <<<"$needed" | grep -vx 'tee\|usleep')
refuses 'a busybox without what the scripts call' "the busybox $work/busybox has no tee, usleep"
cp "$(type -P true)" "$work/busybox"
refuses 'an unknown option' 'option --nonsense is not known' --nonsense
refuses 'an option without its argument' 'option --kernel|--kernel needs an argument' --kernel=
refuses 'a second output' 'one output file only' other
sh "$srcdir/initramfs/mkinitramfs" --help | grep -q '^Usage:'
ok $? '--help'

# makes_with CONFIG: its key is put in, in a file that only its owner can read.
makes_with() {
	rm -rf "$work/tree" "$work/out"
	mkdir "$work/tree"
	(umask 022 && sh "$srcdir/initramfs/mkinitramfs" --busybox="$work/busybox" --programs="$work/sbin" --config="$1" \
		"$work/out") >"$work/output" 2>&1
	unpack <"$work/out"
	[ "$(cat "$work/tree/etc/khibernate/restoring.key")" = "key of $1" ] && [ "$(stat -c %a "$work/out")" = 600 ] &&
		[ "$(stat -c %a "$work/tree/etc/khibernate/restoring.key")" = 600 ]
}
for name in k.conf other k.conf.old; do
	folder=$work/$name.keys
	[ "$name" != k.conf ] || folder=$work/k
	mkdir -p "$folder"
	echo "device=disk" >"$work/$name"
	echo "key of $work/$name" >"$folder/restoring.key"
	makes_with "$work/$name"
	ok $? "the key of the configuration $name, for its owner only"
done

# A program for the place of the snapshot, with what it needs.
mkdir -p "$work/k/hooks.d"
printf '%s\n' '#!/bin/sh' 'echo program true; echo module sound' "echo file $work/kernel" >"$work/k/hooks.d/place"
printf '#!/bin/sh\nexit 1\n' >"$work/k/hooks.d/old~"
chmod 755 "$work"/k/hooks.d/*
makes --config="$work/k.conf" --kernel=6.1.0-test --modules-root="$work"
has 'a program of hooks.d, and the program, file and module that it needs' etc/khibernate/hooks.d/place "$(type -P true)" \
	"$work/kernel" khibernate/modules.d/sound.ko
[ ! -e "$work/tree/etc/khibernate/hooks.d/old~" ]
ok $? 'not the copy of an editor'
echo 'echo nonsense x' >>"$work/k/hooks.d/place"
refuses 'a need that is not known' "place needs: 'nonsense' is neither program, module nor file" --config="$work/k.conf" \
	--kernel=6.1.0-test --modules-root="$work"

chmod 775 "$work/k/hooks.d/place"
refuses 'a program that others can change, and that would be root'"'"'s in it' "can change $work/k/hooks.d/place.*chmod go-w" \
	--config="$work/k.conf"
chmod 755 "$work/k/hooks.d/place"
chmod 777 "$work/k/hooks.d"
refuses 'or its folder' "can change $work/k/hooks.d, .*chmod go-w" --config="$work/k.conf"
chmod 755 "$work/k/hooks.d"
sed -i '$d' "$work/k/hooks.d/place"
(umask 002 && makes --config="$work/k.conf" --kernel=6.1.0-test --modules-root="$work")
[ "$(stat -c %a "$work/tree/etc/khibernate/hooks.d")" = 755 ]
ok $? 'nor can others change them in an initramfs that was made with any umask'

# ---- hooks -------------------------------------------------------------------

printf '%s\n' '# a comment' "kernel=$work/kernel" "initrd=$work/first" 'device=PARTUUID=1-2' >"$work/khibernate.conf"

# initramfs-tools: copy_exec copies a program and its libraries below $DESTDIR.
cat >"$work/hook-functions" <<-'HOOK'
	copy_exec() {
		mkdir -p "$DESTDIR/$(dirname "$2")"
		cp "$1" "$DESTDIR/$2"
	}
	force_load() {
		echo "$1" >>"$DESTDIR/forced"
	}
HOOK
sed -e "s#/usr/share/initramfs-tools/hook-functions#$work/hook-functions#" \
	-e "s#/etc/khibernate.conf\$#$work/khibernate.conf#" "$srcdir/initramfs/initramfs-tools/hook" >"$work/hook"
run_hook() {
	rm -rf "$work/tree"
	mkdir "$work/tree"
	DESTDIR=$work/tree PATH=${hook_path-$builddir/sbin:$PATH} sh "$work/hook" "$@" >"$work/output" 2>&1
}
has_key() {
	[ -e "$work/tree/etc/khibernate/restoring.key" ]
}
run_hook
ok $? 'the hook for initramfs-tools runs'
has 'it puts in khibernate, its configuration, and kernel and initramfs of the kernel that restores' \
	sbin/khibernate khibernate/kernel khibernate/initrd etc/khibernate.conf
[ -z "$(run_hook prereqs && cat "$work/output")" ]
ok $? 'it has no prerequisites'
place=$work/khibernate/hooks.d/place
mkdir -p "$work/khibernate/hooks.d"
printf '%s\n' '#!/bin/sh' 'echo program true; echo module sound' >"$place"
chmod 755 "$place"
run_hook && [ "$(cat "$work/tree/forced")" = sound ] && [ ! -s "$work/output" ]
ok $? 'what a program of hooks.d needs'
has 'and that program' etc/khibernate/hooks.d/place "$(type -P true)"
echo 'exit 1' >>"$place"
run_hook && grep -q "^W: khibernate: '$place needs' has failed" "$work/output"
ok $? 'one that fails is a warning'
chmod 757 "$place"
run_hook && [ ! -e "$work/tree/forced" ] && [ ! -e "$work/tree/etc/khibernate/hooks.d" ] &&
	grep -q "^W: khibernate: users other than root can change '$place'" "$work/output"
ok $? 'one that others can change is not run, and not put in'
rm -r "$work/khibernate"
sed -i '/^initrd=/d' "$work/khibernate.conf"
sed "s#/boot/khibernate.img#$work/first#" "$work/hook" >"$work/hook.default"
mv "$work/hook.default" "$work/hook"
run_hook && cmp -s "$work/first" "$work/tree/khibernate/initrd"
ok $? 'without initrd= it is the usual one'
sed -i '/^kernel=/d' "$work/khibernate.conf"
# resumes_alone: khibernate is in the initramfs, and no second kernel.
resumes_alone() {
	[ -e "$work/tree/sbin/khibernate" ] && [ -e "$work/tree/etc/khibernate.conf" ] && [ ! -e "$work/tree/khibernate/initrd" ]
}
run_hook && resumes_alone && grep -q '^W: khibernate: .*khibernate.conf names no kernel' "$work/output"
ok $? 'without kernel= there is a warning that says so'
echo fallback=none >>"$work/khibernate.conf"
run_hook && resumes_alone && [ ! -s "$work/output" ]
ok $? 'fallback=none: no second kernel, and no warning'
sed -i '/^fallback=/d' "$work/khibernate.conf"
echo "kernel=$work/kernel" >>"$work/khibernate.conf"
mv "$work/kernel" "$work/kernel.away"
run_hook && resumes_alone && grep -q '^W: khibernate: there is no file ' "$work/output"
ok $? 'a kernel that is not there is a warning, and never a system that does not boot'
mv "$work/kernel.away" "$work/kernel"
# As mkinitramfs has it.
hook_path=/usr/bin:/bin
run_hook && [ -z "$(ls "$work/tree")" ] && grep -q '^W: khibernate: there is no program khibernate ' "$work/output"
ok $? 'so is a program that is not there'
mkdir "$work/installed"
cp "$builddir/sbin/khibernate" "$work/installed/"
sed -i "s#^sbin=\$#sbin=$work/installed#" "$work/hook"
run_hook
has 'where "make install" put the program, it is found, though the path is short' sbin/khibernate
unset hook_path
mv "$work/khibernate.conf" "$work/away"
run_hook && [ -z "$(ls "$work/tree")" ] && [ ! -s "$work/output" ]
ok $? 'it does nothing before khibernate is set up'
mv "$work/away" "$work/khibernate.conf"
chmod 600 "$work/first"
(umask 022 && run_hook) && resumes_alone && grep -q '^W: khibernate: only its owner can read .*UMASK=0077' "$work/output"
ok $? 'an initramfs that only its owner can read (--shadow) is not put into one that everybody can'
(umask 077 && run_hook) && cmp -s "$work/first" "$work/tree/khibernate/initrd"
ok $? 'but into one that only its owner can read, too (UMASK=0077)'
chmod 644 "$work/first"
mkdir "$work/khibernate"
echo KHKEYP1 >"$work/khibernate/restoring.key"
(umask 022 && run_hook) && has_key && grep -q '^W: khibernate: everybody can read .*passphrases.*UMASK=0077' "$work/output"
ok $? 'a sealed key in an initramfs that everybody can read is a warning'
(umask 077 && run_hook) && has_key && [ ! -s "$work/output" ]
ok $? 'and none in one that only its owner can read'
echo KHKEYO1 >"$work/khibernate/restoring.key"
(umask 022 && run_hook) && ! has_key && grep -q '^W: khibernate: .*is an open key.*UMASK=0077' "$work/output"
ok $? 'an open key is not put there'
(umask 077 && run_hook) && has_key && [ ! -s "$work/output" ]
ok $? 'but where only its owner can read it'
rm -r "$work/khibernate"
sed "s#/etc/khibernate.conf#$work/conf#" "$srcdir/initramfs/initramfs-tools/conf-hook" >"$work/conf-hook"
# chooses SETTINGS: KEYMAP and UMASK as mkinitramfs has them then.
chooses() {
	printf '%b' "$1" >"$work/conf"
	(set -e && KEYMAP=n UMASK='' && . "$work/conf-hook" && echo "$KEYMAP $UMASK")
}
[ "$(chooses 'encrypt=no\n\tencrypt = yes \n')" = 'y 0077' ] && [ "$(chooses 'encrypt=yes\nencrypt=no')" = 'n ' ] &&
	rm "$work/conf" && [ "$(set -e && KEYMAP=n UMASK='' && . "$work/conf-hook" && echo "$KEYMAP")" = n ]
ok $? 'with encrypt=yes the keyboard is put in, and nobody else can read it'
sh "$srcdir/initramfs/initramfs-tools/local-premount"
ok $? 'the boot script never stops a boot'

# dracut: its functions copy below $initdir. All that it reads is below $dracutsysrootdir.
mkdir -p "$work/sysroot/etc" "$work/sysroot/boot"
cp "$work/kernel" "$work/sysroot/boot/vmlinuz-1"
ln -s vmlinuz-1 "$work/sysroot/boot/vmlinuz"
cp "$work/first" "$work/sysroot/boot/khibernate.img"
printf '%s\n' kernel=/boot/vmlinuz initrd=/boot/khibernate.img >"$work/sysroot/etc/khibernate.conf"
# Called by the module.
# shellcheck disable=SC2317
run_module() (
	put() { mkdir -p "$work/tree/$(dirname "$2")" && cp -P "$1" "$work/tree/$2"; }
	find_binary() { command -v "$1"; }
	inst_binary() { put "$1" "$2"; }
	inst_simple() { put "$1" "$2"; }
	inst_hook() { put "$3" "hooks/$1/$2-${3##*/}"; }
	inst_multiple() { put "$(type -P "$1")" "/bin/$1"; }
	instmods() { echo "${hostonly-} $*" >"$work/instmods"; }
	dwarn() { echo "$*"; }
	hostonly=yes
	initdir=$work/tree
	PATH=${hook_path-$builddir/sbin:$PATH} dracutsysrootdir=$work/sysroot moddir=$srcdir/initramfs/dracut
	rm -rf "$work/tree"
	mkdir "$work/tree"
	# shellcheck source=initramfs/dracut/module-setup.sh
	. "$srcdir/initramfs/dracut/module-setup.sh"
	check && depends && installkernel && install
)
run_module
ok $? 'the module for dracut runs'
has 'it puts in the same, and the hook' sbin/khibernate khibernate/kernel khibernate/initrd etc/khibernate.conf \
	hooks/pre-mount/05-khibernate-resume.sh
cmp -s "$work/kernel" "$work/tree/khibernate/kernel" && [ ! -L "$work/tree/khibernate/kernel" ]
ok $? 'the kernel itself, where a link to it is configured'
place=$work/sysroot/etc/khibernate/hooks.d/place
mkdir -p "${place%/*}"
printf '%s\n' '#!/bin/sh' 'echo program true; echo module sound' >"$place"
cp "$place" "$place.dpkg-old"
chmod 755 "$place"*
run_module && [ "$(cat "$work/instmods")" = ' sound' ] && [ "$(cat "$work/tree/khibernate/modules")" = sound ]
ok $? 'the module that a program of hooks.d needs, loaded just now or not'
[ "$(ls "$work/tree/etc/khibernate/hooks.d")" = place ] && [ -x "$work/tree/bin/true" ]
ok $? 'that program, and the one that it needs'
echo 'exit 1' >>"$place"
run_module 2>"$work/output" && grep -q "^khibernate: '$place needs' has failed" "$work/output"
ok $? 'one that fails is a warning'
chmod 757 "$place"
run_module 2>"$work/output" && [ ! -e "$work/tree/etc/khibernate/hooks.d/place" ] && [ ! -e "$work/tree/khibernate/modules" ] &&
	grep -q "^khibernate: users other than root can change '$place'" "$work/output"
ok $? 'one that others can change is not run, and not put in'
rm -r "$work/sysroot/etc/khibernate"
echo kernel=/boot/vmlinuz >"$work/sysroot/etc/khibernate.conf"
run_module && cmp -s "$work/first" "$work/tree/khibernate/initrd"
ok $? 'without initrd= it is the usual one'
echo initrd=/boot/khibernate.img >"$work/sysroot/etc/khibernate.conf"
run_module >"$work/output" && resumes_alone && grep -q '^khibernate: .*khibernate.conf names no kernel' "$work/output"
ok $? 'without kernel= there is a warning that says so'
echo fallback=none >>"$work/sysroot/etc/khibernate.conf"
run_module >"$work/output" && resumes_alone && [ ! -s "$work/output" ]
ok $? 'fallback=none: no second kernel, and no warning'
sed -i '/^fallback=/d' "$work/sysroot/etc/khibernate.conf"
echo kernel=/boot/vmlinuz >>"$work/sysroot/etc/khibernate.conf"
rm "$work/sysroot/boot/khibernate.img"
run_module >"$work/output" && resumes_alone && grep -q '^khibernate: ' "$work/output"
ok $? 'a file that is not there is a warning'
hook_path=/usr/bin:/bin
! run_module >"$work/output" && grep -q '^khibernate: the program khibernate is not found' "$work/output"
ok $? 'so is a program that is not there, and the module is left out'

echo "1..$tests"
exit $((failures > 0))
