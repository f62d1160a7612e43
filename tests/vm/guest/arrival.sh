# shellcheck shell=dash
# SPDX-License-Identifier: GPL-2.0-only
#
# For stories of ordinary loads: what a kernel was told, kept from stage to stage.
# A stage's kernels and facts travel in a second initrd, behind the one of the role.

# shellcheck source=tests/vm/guest/lib.sh
. /story/lib.sh

facts=/boot/facts
boot_params=/sys/kernel/boot_params/data
words="no_timer_check console=ttyS0 quiet panic=-1 kj.role=B"

# bytes OFFSET COUNT: of this kernel's boot_params, as hexadecimal digits.
bytes() {
	dd if=$boot_params bs=1 skip=$(($1)) count=$(($2)) 2>/dev/null | od -An -tx1 -v | tr -d ' \n'
}

# What the firmware told the first kernel: the framebuffer's type and mode and address
# (struct screen_info, from orig_video_isVGA on), and where the ACPI root is.
screen() {
	bytes 0x0f 0x31
}

acpi_root() {
	bytes 0x70 8
}

# Where it is by the firmware: EFI names it, and then boot_params of the first kernel may not.
acpi_root_of_firmware() {
	local address
	address=$(sed -n 's/^ACPI20=0x//p' /sys/firmware/efi/systab 2>/dev/null)
	if [ -z "$address" ]; then
		acpi_root
		return
	fi
	# As it lies in memory: the lowest byte first.
	printf '%016x' "0x$address" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/'
}

# keep_facts: in A.
keep_facts() {
	mkdir -p $facts
	screen >$facts/screen
	acpi_root_of_firmware >$facts/acpi_root
	# Something of every byte, which does not pack well.
	dd if=/dev/urandom of=$facts/noise bs=1M count=3 2>/dev/null
	sha256sum /boot/bzImage /boot/rootfs.gz $facts/noise >$facts/sums
}

# make_initrd: /tmp/boot.gz, with all of /boot.
make_initrd() {
	(cd / && find boot | cpio -o -H newc 2>/dev/null | gzip -1) >/tmp/boot.gz
}

# The command line of a stage: blanks inside quotes, a comma, an equals sign.
stage_words() {
	echo "$words kj.stage=$1 kj.odd=\"a  b\",c=d $2"
}

# Only asked where kexec_load has loaded: kexec_file_load gives a seed if the kernel has random numbers by then.
has_seed() {
	grep -qx 0x9 /sys/kernel/boot_params/setup_data/*/type
}

is_stock() {
	case $(uname -r) in
	*-amd64) return 0 ;;
	*) return 1 ;;
	esac
}

# check_arrival STAGE MORE-WORDS: what every kernel must find. The test kernels put
# no_timer_check in front by themselves.
check_arrival() {
	local found
	found=$(cat /proc/cmdline)
	is_stock || found=${found#no_timer_check }
	is "stage $1: the command line, byte for byte" "$found" "$(stage_words "$1" "$2")"
	ok "stage $1: both initrds, byte for byte" sha256sum -c $facts/sums
	is "stage $1: the framebuffer's address and mode" "$(screen)" "$(cat $facts/screen)"
	is "stage $1: the ACPI root" "$(acpi_root)" "$(cat $facts/acpi_root)"
}
