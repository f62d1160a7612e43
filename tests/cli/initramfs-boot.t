#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the initramfs does in kernel B, in kernel C and in an ordinary boot, when things go well and when they fail.
# The programs that it calls are replaced: each writes down that it was called, and fails when told to.
# shellcheck source=tests/lib/environment.sh
. "$(dirname "$0")/../lib/environment.sh"
: "${srcdir:?}" "${builddir:?}"
export builddir
work=$(mktemp -d "${TMPDIR:-/tmp}/kexec-jump-boot-XXXXXX") || exit
trap 'rm -rf "$work"' EXIT
tests=0 failures=0

# A root folder of our own for all paths in the scripts, and programs that only leave a trace.
prepare() {
	local program
	mkdir -p "$work/root/sys/block" "$work/root/khibernate" "$work/root/proc/sys/kernel" "$work/root/proc/sys/vm" "$work/root/run" "$work/root/dev" "$work/bin"
	for program in functions boot; do
		sed -e "s#\([ <>=]\)/\(etc/khibernate\|khibernate\|proc\|run\|dev/kmsg\|newroot\|sys/block\)#\1$work/root/\2#g" \
			-e "s#\"/\(newroot\|khibernate\)#\"$work/root/\1#g" -e 's#>\([^ ]*/dev/kmsg\)#>>\1#' \
			"$srcdir/initramfs/$program" >"$work/root/khibernate/$program"
	done
	for program in kdump krestore kexec khibernate poweroff reboot mount sync insmod usleep; do
		cat >"$work/bin/$program" <<-'SCRIPT'
			#!/bin/sh
			[ "${0##*/} $1" != 'khibernate parameters' ] || exec "$builddir/sbin/khibernate" "$@"
			[ "${0##*/} $1" != 'khibernate device' ] || {
				case $2 in
				104:1 | /dev/none@4096,104:1@0) echo "$DISK_104_1" ;;
				esac
				exit
			}
			echo "${0##*/} $*" >>"$TRACE"
			# How often this kernel is woken; then it cannot go back.
			[ "${0##*/}" != kexec ] || [ ! -e "$TRACE.wakes" ] || {
				read -r wakes <"$TRACE.wakes"
				[ "$wakes" -gt 0 ] || {
					echo "kexec: no luck"
					exit 1
				}
				echo $((wakes - 1)) >"$TRACE.wakes"
			}
			[ "${0##*/} $1" != 'khibernate awake' ] || [ ! -e "$TRACE.words" ] || {
				mkdir -p "$AWAKE"
				cp "$TRACE.words" "$AWAKE/words"
				echo 0x8fe8000 >"$AWAKE/headers"
				echo list >"$AWAKE/used"
			}
			[ "${0##*/}" != krestore ] || [ ! -s "$TRACE.refused" ] || {
				cat "$TRACE.refused"
				exit 1
			}
			case " $FAILING " in
			*" ${0##*/} "* | *" ${0##*/}:$1 "*)
				echo "${0##*/}: no luck"
				exit 1
				;;
			esac
		SCRIPT
		chmod 755 "$work/bin/$program"
	done
	cat >"$work/bin/kjump_back_param" <<-'SCRIPT'
		#!/bin/sh
		echo "KJUMP_STATE='committed'"
		echo "KJUMP_GENERATION='7'"
		echo "KJUMP_BOOT_ID='00aa'"
	SCRIPT
	chmod 755 "$work/bin/kjump_back_param"
	# A block device that is on every machine is not to be had; a file stands in for it.
	# shellcheck disable=SC2016 # the dollar is the script's
	sed -i 's/\[ -b "\$path" \]/[ -e "$path" ]/' "$work/root/khibernate/functions"
	: >"$work/disk"
	export AWAKE=$work/root/run/awake
	# What khibernate makes of a number.
	mkdir "$work/cciss"
	: >"$work/cciss/c0d0p1"
	export DISK_104_1=$work/cciss/c0d0p1
	echo disk.ko >"$work/root/khibernate/modules"
	printf '%s\n' library.ko filesystem.ko >"$work/root/khibernate/modules.mount"
}

# boots COMMAND-LINE [PROGRAM-THAT-FAILS...]: sets status, did (what was called, a line each), loaded (modules)
# and said.
boots() {
	local cmdline=$1
	shift
	echo "$cmdline" >"$work/root/proc/cmdline"
	rm -rf "$work/trace" "$work/root/dev/kmsg" "$work/root/run" "$work/root/newroot"
	mkdir -p "$work/root/run" "$work/root/newroot/sbin"
	ln -s nowhere "$work/root/newroot/sbin/init"
	status=0
	TRACE=$work/trace FAILING="$*" PATH=$work/bin:$PATH sh "$work/root/khibernate/boot" ${argument:+"$argument"} >"$work/output" 2>&1 || status=$?
	did=$(grep -vE '^(usleep|insmod)' "$work/trace")
	loaded=$(sed -n 's/^insmod //p' "$work/trace" | xargs)
	said=$(sed 's/^<3>khibernate: //' "$work/root/dev/kmsg" 2>/dev/null)
}

# is NAME FOUND WANTED
is() {
	tests=$((tests + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tests - $1"
		return
	fi
	failures=$((failures + 1))
	echo "not ok $tests - $1"
	printf '%s\n' "found:" "$2" "wanted:" "$3" | sed 's/^/# /'
}

prepare
B="quiet go_to_hibernate khdev=$work/disk kexec_jump_back_entry=0x1000"

boots "$B khexclude=free,zero khcompress=lz4"
is 'B saves, and switches off' "$(head -n 3 <<<"$did")" "kdump --console=/dev/console --format=khimage --compress=lz4 --exclude=free,zero $work/disk
sync 
poweroff -f"
is 'if it stays on, the snapshot must not be resumed while A runs on: it is given up first' "$(tail -n +4 <<<"$did")" \
	"kdump --discard $work/disk
kexec --jump-back"
# A saver that sleeps: the parameters of a save come with the waking.
S="quiet go_to_hibernate go_to_sleep khdisks=0 kexec_jump_back_entry=0x1000"
echo 0 >"$work/trace.wakes"
boots "$S"
is 'a saver that is to sleep goes back at once' "$did" "sync 
kexec --jump-back"
is 'if it cannot, it says so' "$said" "cannot go back to the kernel that started this one: kexec: no luck"
echo 1 >"$work/trace.wakes"
echo "go_to_hibernate go_to_sleep khdev=$work/disk khcompress=lz4 khexclude=none khreport=00" >"$work/trace.words"
boots "$S"
is 'woken, it saves by the parameters and headers of that boot' "$(sed -n 3,5p <<<"$did")" "khibernate awake
kdump --console=/dev/console --format=khimage --compress=lz4 --elfcorehdr=0x8fe8000 --used=$work/root/run/awake/used $work/disk
sync "
is 'and if the machine stays on, gives the reason and sleeps again' "$(tail -n 4 <<<"$did")" "kdump --discard $work/disk
khibernate report the machine does not go off
sync 
kexec --jump-back"
echo 1 >"$work/trace.wakes"
echo "go_to_hibernate go_to_sleep khdev=$work/disk khpower=suspend khreport=00" >"$work/trace.words"
boots "$S"
is 'it suspends, and when the machine is woken, it sleeps again; it never switches off' "$(sed -n '6,$p' <<<"$did")" \
	"khibernate suspend 
kdump --discard $work/disk
khibernate report woken
sync 
kexec --jump-back"
echo 2 >"$work/trace.wakes"
boots "$S" khibernate:awake
is 'if it does not learn what to do, it only sleeps again' "$(grep -c '^kexec --jump-back' <<<"$did") $(grep -c kdump <<<"$did")" "3 0"
rm "$work/trace.wakes" "$work/trace.words"

boots "$B"
is 'free pages and zeros are left out by default' "$(head -n 1 <<<"$did")" \
	"kdump --console=/dev/console --format=khimage --exclude=free,zero $work/disk"
is 'with the modules for disks, and without those of file systems' "$loaded" disk.ko
boots "$B khexclude=none"
is 'or nothing' "$(head -n 1 <<<"$did")" "kdump --console=/dev/console --format=khimage $work/disk"
: >"$work/root/khibernate/used"
boots "$B"
is 'with the list of what the other kernel uses, if it is there' "$(head -n 1 <<<"$did")" \
	"kdump --console=/dev/console --format=khimage --exclude=free,zero --used=$work/root/khibernate/used $work/disk"
rm "$work/root/khibernate/used"
boots "$B khpower=reboot"
is 'khpower=reboot' "$(sed -n 3p <<<"$did")" 'reboot -f'
boots "$B khpower=s4"
is 'khpower=s4' "$(sed -n 3,4p <<<"$did")" "khibernate power-off
poweroff -f"
boots "$B khpower=suspend khwake=1800000000 khreport=00"
is 'khpower=suspend: woken, the snapshot is given up, and A is told' "$(tail -n +2 <<<"$did")" "sync 
khibernate suspend 1800000000
kdump --discard $work/disk
khibernate report woken
kexec --jump-back"
boots "$B khpower=suspend khreport=00" khibernate:suspend
is 'and if the machine cannot suspend, it is switched off' "$(sed -n 3,5p <<<"$did")" "khibernate suspend 
sync 
poweroff -f"

boots "a=\"b \" go_to_hibernate khdev=\"$work/disk\" kexec_jump_back_entry=0x1000 khexclude=none khpower=reboot -- khexclude=zero khpower=off x"
is 'quotes are the kernel'"'"'s, and an argument of init is no parameter' "$(head -n 3 <<<"$did")" "kdump --console=/dev/console --format=khimage $work/disk
sync 
reboot -f"
boots "$B khreport=00ff" kdump
is 'B cannot save: A is told why, and gets its machine back' "$did" \
	"kdump --console=/dev/console --format=khimage --exclude=free,zero $work/disk
khibernate report kdump: no luck
kexec --jump-back"
is 'so is who looks at the console' "$(sed -n 2p <<<"$said")" 'not saved: kdump: no luck'
boots "$B" kdump
is 'no report is expected' "$(tail -n 1 <<<"$did")" 'kexec --jump-back'
boots "go_to_hibernate khdev=$work/none kexec_jump_back_entry=0x1000 khreport=00"
is 'B finds no device' "$did" "khibernate report there is no block device $work/none
kexec --jump-back"
boots "go_to_hibernate kexec_jump_back_entry=0x1000 khreport=00"
is 'B is told of no device' "$did" "khibernate report khdev= is missing on the command line: there is nowhere to save to
kexec --jump-back"
mkdir -p "$work/root/etc/khibernate/hooks.d"
boots "$B khreport=00"
is 'the programs of hooks.d set the place up, end that before the machine is off, and again before A goes on' "$did" \
	"khibernate hooks open
kdump --console=/dev/console --format=khimage --exclude=free,zero $work/disk
sync 
khibernate hooks close
poweroff -f
khibernate hooks open
kdump --discard $work/disk
khibernate hooks close
khibernate report the machine does not go off
kexec --jump-back"
boots "$B khreport=00" khibernate:hooks
is 'if one fails, A is told why' "$did" "khibernate hooks open
khibernate report khibernate: no luck
kexec --jump-back"
boots "go_to_resume khdev=$work/disk root=$work/disk"
is 'in C, too, and they end it before the boot goes on' "$(grep -nE 'hooks|krestore|mount' <<<"$did" | cut -d' ' -f1-3)" \
	"1:khibernate hooks open
2:krestore --console=/dev/console --wait=30
4:khibernate hooks close
5:mount -o ro"
rm -r "$work/root/etc"
boots "$B khgeneration=7"
is 'B saves to the khimage that A knows' "$(head -n 1 <<<"$did")" "kdump --console=/dev/console --format=khimage --exclude=free,zero $work/disk"
boots "$B khgeneration=7 khboot=00aa"
is 'B saves to the khimage of its own boot' "$(head -n 1 <<<"$did")" "kdump --console=/dev/console --format=khimage --exclude=free,zero $work/disk"
boots "$B khgeneration=7 khboot=00ab khreport=00"
is 'B finds one with the same number, of another system: nothing is written to it' "$(head -n 1 <<<"$did")" \
	"khibernate report $work/disk is not the khimage that was meant: disks may be found in another order; name it by PARTUUID="
boots "$B khgeneration=77 khreport=00"
is 'B finds disks in another order: nothing is written to a disk that was not meant' "$did" \
	"khibernate report $work/disk is not the khimage that was meant: disks may be found in another order; name it by PARTUUID=
kexec --jump-back"
for disk in sda:8 sdb:8 sdc:0 sr0:8 loop0:8; do
	mkdir -p "$work/root/sys/block/${disk%:*}"
	echo "${disk#*:}" >"$work/root/sys/block/${disk%:*}/size"
	[ "$disk" = loop0:8 ] || : >"$work/root/sys/block/${disk%:*}/device"
done
boots "$B khdisks=2"
is 'B has the disks that A has' "$(grep -c usleep "$work/trace")" 0
boots "$B khdisks=3"
is 'B has fewer: it waits' "$(grep -c usleep "$work/trace")" 99
is 'and says so, and saves all the same' "$(head -n 1 <<<"$said") $(head -n 1 <<<"$did")" \
	"there are 2 disks, and the other kernel has 3: the others will not be watched kdump --console=/dev/console --format=khimage --exclude=free,zero $work/disk"
boots "$B" kdump kexec
is 'B cannot even go back' "$said" "saving to $work/disk
not saved: kdump: no luck
cannot go back to the kernel that is to be saved: kexec: no luck"
is 'then nothing is left to do' "$status" 1

C="go_to_resume khdev=$work/disk"
boots "$C root=$work/disk" krestore
is 'C cannot restore: the snapshot is given up before a file system is mounted, and the boot continues' "$did" \
	"krestore --console=/dev/console --wait=30 --ask=120 $work/disk
kdump --discard $work/disk
mount -o ro $work/disk $work/root/newroot"
is 'to the init of its root file system' "$status $(cat "$work/root/run/init")" '0 /sbin/init'
boots "$C root=$work/disk khelse=reboot" krestore
is 'khelse=reboot' "$(tail -n +2 <<<"$did" | head -n 2)" "kdump --discard $work/disk
reboot -f"
boots "$C root=$work/disk khelse=reboot" krestore kdump
is 'a snapshot that cannot be given up is spoken of' "$(grep -c 'cannot be given up; do not let it be resumed later: kdump: no luck' <<<"$said")" 1
boots "$C root=$work/disk khelse=reboot khgeneration=7"
is 'C restores the snapshot that the boot has seen' "$(head -n 1 <<<"$did")" "krestore --console=/dev/console --wait=30 --ask=120 $work/disk"
boots "$C root=$work/disk khelse=reboot khgeneration=6"
is 'C finds disks in another order: it leaves what is there alone' "$(head -n 1 <<<"$did")" 'reboot -f'
boots "$C root=$work/disk khelse=reboot khgeneration=7 khboot=00ab"
is "C finds another system's snapshot with the same number: it leaves it alone" "$(head -n 1 <<<"$did")" 'reboot -f'
mkdir -p "$work/root/etc/khibernate"
echo key >"$work/root/etc/khibernate/restoring.key"
# requires NAME SETTINGS WANTED: whether C restores nothing but what is encrypted.
requires() {
	printf '%b' "$2" >"$work/root/etc/khibernate.conf"
	boots "$C root=$work/disk" krestore
	is "$1" "$(head -n 1 <<<"$did" | sed 's/.*restoring.key//')" "$3 $work/disk"
}
requires 'with a key, and encrypt=no' 'encrypt=no\n' ''
requires 'encrypt=yes: nothing else is restored' 'encrypt=yes\n' ' --require-encryption'
requires 'tabs are blanks' '\tencrypt\t=\tyes \n' ' --require-encryption'
requires 'the last line counts' 'encrypt=no\nencrypt=yes\n' ' --require-encryption'
requires 'also if it is no' 'encrypt=yes\nencrypt= no\t\n' ''
requires 'what khibernate would not understand is not no' 'encrypt=ja\n' ' --require-encryption'
requires 'nor is another setting' '#encrypt=yes\ncompress=none\n' ''
rm -r "$work/root/etc"
boots "$C root=$work/disk khelse=reboot khwait=7"
is 'khwait= is how long krestore asks for a missing disk' "$(head -n 1 <<<"$did")" "krestore --console=/dev/console --wait=30 --ask=7 $work/disk"
echo 'krestore: guard "memory-map": the snapshot is from another machine, or this one was changed: its memory map differs (--force to continue)' \
	>"$work/trace.refused"
boots "$C root=$work/disk"
is "another machine's snapshot: it is left alone, and the boot continues" "$did" "krestore --console=/dev/console --wait=30 --ask=120 $work/disk
mount -o ro $work/disk $work/root/newroot"
is 'and the console has the remedy' "$(tail -n 1 <<<"$said")" \
	"the snapshot on $work/disk is left alone; if this machine's memory was changed: khibernate cancel"
boots "$C root=$work/disk khelse=reboot"
is 'the ordinary boot that started C has compared the memory: the snapshot is given up, or the two would never end' \
	"$(sed -n 2,3p <<<"$did")" "kdump --discard $work/disk
reboot -f"
echo 'krestore: guard "processor": the snapshot is from another machine, or this one was changed: its processor differs' \
	>"$work/trace.refused"
boots "$C root=$work/disk"
is 'another guard: the snapshot is given up' "$(sed -n 2p <<<"$did")" "kdump --discard $work/disk"
rm "$work/trace.refused"
boots "$C root=$work/disk noresume"
is 'noresume: C gives the snapshot up before a file system is mounted, and the boot continues' "$did" "kdump --discard $work/disk
mount -o ro $work/disk $work/root/newroot"
is 'and says why' "$(head -n 1 <<<"$said")" 'not restored: noresume is on the command line'
boots "$C root=$work/disk noresume khgeneration=6"
is 'not one that was not meant' "$(head -n 1 <<<"$did")" "mount -o ro $work/disk $work/root/newroot"
boots "$C root=$work/disk hibernate=noresume"
is 'another parameter of that value is none' "$(head -n 1 <<<"$did")" "krestore --console=/dev/console --wait=30 --ask=120 $work/disk"
boots "go_to_resume khdev=104:1"
is 'khdev= by numbers: a disk in a folder of /dev' "$(head -n 1 <<<"$did")" "krestore --console=/dev/console --wait=30 --ask=120 $work/cciss/c0d0p1"
boots "go_to_resume khdev=/dev/none@4096,104:1@0"
is 'mirrors: each name is looked up, whatever the first one is' "$(head -n 1 <<<"$did")" \
	"krestore --console=/dev/console --wait=30 --ask=120 $work/cciss/c0d0p1"
boots "go_to_resume khdev=104:2 root=$work/disk"
is 'by numbers that no disk has' "$(head -n 1 <<<"$said")" 'there is no block device 104:2 to restore from'
boots "go_to_resume khdev=$work/none root=$work/disk khelse=reboot"
is 'C finds no device: khelse=reboot' "$(head -n 1 <<<"$did")" 'reboot -f'
boots "go_to_resume khdev=$work/none root=$work/disk rw rootfstype=ext4 rootflags=noatime init=/sbin/init"
is 'C finds no device: the boot continues' "$did" "mount -t ext4 -o rw,noatime $work/disk $work/root/newroot"
boots "$C" krestore
is 'no root= to boot on to: nothing is left to do' "$status" 1

boots "root=$work/disk"
is 'an ordinary boot looks for a snapshot first' "$did" "khibernate resume --boot
mount -o ro $work/disk $work/root/newroot"
is 'and loads the modules of file systems' "$loaded" 'disk.ko library.ko filesystem.ko'
argument=tried boots "root=$work/disk"
is 'not if khibernate, as the first process, did' "$did" "mount -o ro $work/disk $work/root/newroot"
boots "root=$work/disk" khibernate
is 'and continues, whatever comes of it' "$(tail -n 1 <<<"$did")" "mount -o ro $work/disk $work/root/newroot"
boots "go_to_hibernate khdev=$work/disk root=$work/disk"
is 'go_to_hibernate in a kernel that was not jumped to is an ordinary boot' "$(head -n 1 <<<"$did")" \
	'khibernate resume --boot'
boots "root=$work/disk -- go_to_hibernate kexec_jump_back_entry=0x1000 go_to_resume rw"
is 'so are words of ours behind --' "$did" "khibernate resume --boot
mount -o ro $work/disk $work/root/newroot"
boots "root=$work/disk x=\"a go_to_resume rw b\""
is 'and what is quoted' "$did" "khibernate resume --boot
mount -o ro $work/disk $work/root/newroot"
boots "root=$work/disk" mount
is 'a root file system that cannot be mounted: nothing is left to do' "$status" 1
is 'with the reason' "$said" "cannot mount $work/disk (root=): mount: no luck"

# What is left when nothing could be booted: the other kernel's memory is within reach of a shell.
# resorts COMMAND-LINE: sets did and said; the first thing that would take time ends it.
resorts() {
	echo "$1" >"$work/root/proc/cmdline"
	rm -f "$work/trace" "$work/root/dev/kmsg"
	# shellcheck disable=SC2016 # of the shell that is started
	TRACE=$work/trace PATH=$work/bin:$PATH sh -c '. "$0"; last_resort' "$work/root/khibernate/functions" >"$work/output" 2>&1
	did=$(grep -v '^khibernate' "$work/trace")
	said=$(sed 's/^<3>khibernate: //' "$work/root/dev/kmsg" 2>/dev/null)
}
sed -i "s#/etc/shadow#$work/root/etc/shadow#" "$work/root/khibernate/functions"
# shellcheck disable=SC2016 # the dollar is the script's
printf '#!/bin/sh\necho "${0##*/} $*" >>"$TRACE"\n[ "$1" != 3600 ] || kill -PIPE "$PPID"\n' >"$work/bin/sleep"
cp "$work/bin/sleep" "$work/bin/setsid"
chmod 755 "$work/bin/sleep" "$work/bin/setsid"
mkdir -p "$work/root/etc"
echo 0 >"$work/root/proc/sys/kernel/panic"
for words in '' khshell=off khshell=yes 'khshell=open khshell=off' '-- khshell=open' khshell=ask; do
	resorts "quiet $words"
	is "there is no shell: ${words:-by default}" "$did" 'sleep 3600'
done
is 'khshell=ask without a password: it is said why' "$(head -n 1 <<<"$said")" \
	"khshell=ask, and root's password is not in this initramfs (khibernate-mkinitramfs --shadow): no shell"
resorts 'quiet khshell=open'
is 'khshell=open: a shell' "$did" 'setsid cttyhack sh
sleep 1'
echo 'root:x:::::::' >"$work/root/etc/shadow"
resorts 'quiet khshell=ask'
is 'khshell=ask: one for who knows the password' "$did" 'setsid cttyhack sulogin
sleep 1'
resorts 'quiet'
is 'a password alone opens none' "$did" 'sleep 3600'
echo 10 >"$work/root/proc/sys/kernel/panic"
resorts quiet
is 'panic=10: the machine restarts then' "$(head -n 2 <<<"$did")" 'sleep 10
reboot -f'
echo -1 >"$work/root/proc/sys/kernel/panic"
resorts quiet
is 'panic=-1: at once' "$(head -n 1 <<<"$did")" 'reboot -f'

echo "1..$tests"
exit $((failures > 0))
