# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes the initramfs of a role of a story.

# Set by the script that sources this file.
: "${srcdir:?}"

# base_tree ARCH FOLDER: busybox under all its names, init and the story library.
base_tree() {
	local arch=$1 to=$2 busybox native applet
	busybox=$("$srcdir/tests/vm/userland" "$arch" busybox)
	# The names are the same in both packages, and not every host runs 32-bit programs.
	native=$("$srcdir/tests/vm/userland" "$(uname -m | sed 's/^i.86$/i386/')" busybox)
	mkdir -p "$to"/{boot,etc,bin,sbin,usr/bin,usr/sbin,proc,sys,dev,tmp,run,root,mnt,story}
	cp "$busybox" "$to/bin/busybox"
	for applet in $("$native" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$to/bin/$applet"
	done
	cp "$srcdir/tests/vm/guest/init" "$to/init"
	cp "$srcdir/tests/vm/guest/lib.sh" "$to/story/lib.sh"
	chmod 755 "$to/init" "$to/bin/busybox"
}

# put FILE FOLDER GUEST-PATH
put() {
	mkdir -p "$2/$(dirname "$3")"
	cp "$1" "$2/$3"
}

# find_file BUILD NAME ARCH: a file that a story names, of the build or the tree.
# A program is in the build's sbin; "vmlinux" lies beside the test kernel; "kernel/NAME" is
# one of tests/vm/kernel; "kernel/selftests/NAME" is one of the kernel's own tests; "xen.gz" is Debian's hypervisor; "boot-files/NAME" is one of tests/vm/userland's; "x86_64/NAME" is a program of that build,
# whatever "userland:" says.
find_file() {
	local build=$1 name=$2 candidate kernel=
	if [ "${name%/*}" = kernel/selftests ]; then
		echo "$("$srcdir/tests/vm/kernel" selftests)/${name##*/}"
		return
	fi
	if [ "${name%%/*}" = kernel ]; then
		"$srcdir/tests/vm/kernel" "${name#*/}"
		return
	fi
	case $name in
	boot-files/*)
		echo "$("$srcdir/tests/vm/userland" x86_64 boot-files)/${name#*/}"
		return
		;;
	xen.gz)
		echo "$("$srcdir/tests/vm/userland" "$3" xen)/xen.gz"
		return
		;;
	x86_64/*)
		echo "${KJ_BUILD_x86_64-$("$srcdir/tests/vm/build" x86_64)}/sbin/${name#*/}"
		return
		;;
	esac
	[ "$name" != vmlinux ] || kernel=$("$srcdir/tests/vm/kernel" "$3")
	for candidate in "$build/sbin/$name" "$build/$name" "$srcdir/$name" "${kernel%/*}/$name"; do
		if [ -f "$candidate" ]; then
			echo "$candidate"
			return
		fi
	done
	fail "the story's file $name is neither in the build folder '$build' nor in $srcdir"
}

# put_files FILE ARCH BUILD ROLE FOLDER: what "programs:" and "files-ROLE:" name.
put_files() {
	local file=$1 arch=$2 build=$3 role=$4 to=$5 word path
	for word in $(story_value "$file" "$arch" programs kexec); do
		path=$(find_file "$build" "$word" "$arch")
		put "$path" "$to" "/sbin/${word##*/}"
		strip "$to/sbin/${word##*/}" 2>/dev/null || true
		chmod 755 "$to/sbin/${word##*/}"
	done
	put_named_files "$@"
}

# put_named_files FILE ARCH BUILD ROLE FOLDER: what "files-ROLE:" names.
put_named_files() {
	local word path
	for word in $(story_value "$1" "$2" "files-$4"); do
		path=$(find_file "$3" "${word%%:*}" "$2")
		put "$path" "$5" "${word#*:}"
	done
}

# put_story FILE ROLE FOLDER: with C's also those of C1, C2...
put_story() {
	local part
	for part in $(story_parts "$1" "$2"); do
		{
			story_section "$1" common
			story_section "$1" "$part"
		} >"$3/story/$part.sh"
	done
}

# pack FOLDER LEVEL: as a compressed cpio archive on standard output. Everything
# belongs to root, whoever made it, and the order is always the same.
pack() {
	(cd "$1" && find . -print0 | LC_ALL=C sort -z |
		cpio --null --create --format=newc --owner=0:0 --quiet --reproducible) |
		gzip "-$2" -n
}

# make_tree FILE ARCH BUILD ROLE FOLDER: all that the role's script finds.
# FOLDER is the work folder of this role; whatever is in it already goes along.
make_tree() {
	local file=$1 arch=$2 build=$3 role=$4 tree=$5 tools user_arch
	user_arch=$(story_value "$file" "$arch" userland "$arch")
	base_tree "$user_arch" "$tree"
	put_files "$file" "$arch" "$build" "$role" "$tree"
	tools=$(story_value "$file" "$arch" "tools-$role" no)
	if [ "$tools" != no ]; then
		tools=$("$srcdir/tests/vm/userland" "$user_arch" "${tools/#yes/tools}")
		cp -R "$tools/." "$tree/"
	fi
	put_story "$file" "$role" "$tree"
}

# put_modules KERNEL FOLDER: those of a test kernel that has any, and the program that the kernel calls for one.
put_modules() {
	[ -d "${1%/*}/lib/modules" ] || return 0
	mkdir -p "$2/lib"
	cp -R "${1%/*}/lib/modules" "$2/lib/"
	ln -sf ../bin/busybox "$2/sbin/modprobe"
}

# make_root TREE IMAGE SIZE [DISKS]: a file system with the files of a tree, which nobody has to mount for that. Its
# label is "root". A block is no smaller than a sector of such disks.
make_root() {
	need_programs mke2fs
	truncate -s "$3" "$2"
	local -a block=()
	[[ ${4-} != *-4096 ]] || block=(-b 4096)
	mke2fs -q -F -t ext4 -L root "${block[@]}" -d "$1" "$2"
}

# make_project_initramfs ARCH BUILD OUTPUT [OPTION...]: as users make it.
make_project_initramfs() {
	local arch=$1 build=$2 to=$3
	shift 3
	"$srcdir/initramfs/mkinitramfs" --busybox="$("$srcdir/tests/vm/userland" "$arch" busybox)" \
		--programs="$build/sbin" --config=/dev/null "$@" "$to"
}

# make_uki ARCH KERNEL INITRD CMDLINE OUTPUT: a unified kernel image: systemd's stub, and the parts as sections
# behind its own (systemd-stub(7)).
make_uki() {
	local arch=$1 kernel=$2 initrd=$3 cmdline=$4 to=$5 stub section size vma end=0 align=4096 part
	local -a options=()
	need_programs objcopy objdump
	stub=$("$srcdir/tests/vm/userland" "$arch" efi-stub)/linuxx64.efi.stub
	while read -r _ section size vma _; do
		[ $((0x$vma + 0x$size)) -le "$end" ] || end=$((0x$vma + 0x$size))
	done < <(objdump -h "$stub" | grep -E '^ *[0-9]+ \.')
	printf 'ID=kexec-jump\nPRETTY_NAME="a UKI of the tests"\n' >"$to.osrel"
	printf '%s' "$cmdline" >"$to.cmdline"
	for part in ".osrel=$to.osrel" ".cmdline=$to.cmdline" ".initrd=$initrd" ".linux=$kernel"; do
		end=$(((end + align - 1) / align * align))
		section=${part%%=*}
		options+=(--add-section "$part" --change-section-vma "$section=$end"
			--set-section-flags "$section=contents,alloc,load,readonly,data")
		end=$((end + $(stat -c %s "${part#*=}")))
	done
	objcopy "${options[@]}" "$stub" "$to"
	rm "$to.osrel" "$to.cmdline"
}
