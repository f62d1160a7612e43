# Each start breaks one thing that a resume depends on; the last one breaks nothing.
title: a snapshot is refused on another machine, by a kernel in its way, and when a file system was written to
memory: 256
disk: 360M
boots: A C1 C2 C3 C4 C5 C C6
timeout: 200
programs: kexec kdump krestore
# A counts on what its free pages contain.
append-A: page_poison=1
files-C: tests/vm/programs/bin/refused_jump:/sbin/refused_jump tests/tools/bin/mkempty:/sbin/mkempty
append-C: nokaslr memmap=exactmap memmap=636K@4K memmap=96M@16M iomem=relaxed
# C1 has more memory, C2 another processor.
memory-C1: 288
cpu-C2.x86_64: qemu64,+ssse3
cpu-C2.i386: qemu32,+ssse3
# C3 is not told to keep away from A's memory.
append-C3: nokaslr iomem=relaxed
# What is left of the 64 MiB in which memory ends is a "RAM buffer", which a strict kernel keeps to itself.
append-C4: nokaslr memmap=exactmap memmap=636K@4K memmap=96M@16M
append-C5: nokaslr memmap=exactmap memmap=636K@4K memmap=96M@16M iomem=relaxed lockdown=integrity
checks: 45

[common]
# The guards of the window, too. What the other way has beside it is checked by name.
krestore() {
	/sbin/krestore --method=window "$@"
}

[A]
# A file system, swap, and two partitions for snapshots.
printf 'n\np\n1\n\n+16M\nn\np\n2\n\n+16M\nn\np\n3\n\n+160M\nn\np\n\n\nw\n' | fdisk /dev/vda >"$output" 2>&1
ok "the disk has four partitions" test -b /dev/vda4
ok "one is a file system" sh -c 'mke2fs -L data /dev/vda1 && mount -t ext4 /dev/vda1 /mnt'
ok "one is swap" sh -c 'mkswap -L pages /dev/vda2 && swapon /dev/vda2'
fill_blob 20
cp /tmp/blob /mnt/blob 2>/dev/null
echo before >/mnt/file
ok "A loads B" kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x6ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
ok "kexec -e exits 0 in A when it has been restored" kexec -e
ok "20 MB of random data have the same checksum" check_blob
is "the file is still there" "$(cat /mnt/file)" before
ok "the file system can be written to, and unmounted" sh -c 'echo after >/mnt/file && umount /mnt'
ok "it can be mounted again" mount -t ext4 /dev/vda1 /mnt
is "the file is right" "$(cat /mnt/file)" after
umount /mnt
# Takes all that is free, and with it every page that was filled with poison.
ok "free pages can be used" sh -c 'dd if=/dev/zero of=/tmp/fill bs=1M count=90 && rm /tmp/fill'
ok "the kernel has found nothing wrong" sh -c '! dmesg | grep -iE "bug:|corruption|bad page|warning:"'
power_off

[B]
refused "kdump takes no partition with a file system" '/dev/vda1 .*ext2.*--overwrite' kdump --format=khimage /dev/vda1
refused "kdump takes no swap" '/dev/vda2 .*swap.*--overwrite' kdump --format=khimage /dev/vda2
ok "kdump writes a snapshot, as if A had been saved before" kdump --format=khimage --exclude=free,zero /dev/vda4
ok "kdump writes the snapshot" kdump --format=khimage --exclude=free,zero /dev/vda3
power_off

[C1]
refused "another size of memory is found out" 'guard "memory-map": .*memory map differs.*--force' krestore --check /dev/vda3
power_off

[C2]
refused "another processor is found out" 'guard "processor": .*processor differs.*--force' krestore --check /dev/vda3
power_off

[C3]
refused "a kernel in the snapshot's memory is found out" 'guard "window": this kernel itself uses .*memmap=' krestore --check /dev/vda3
ok "such a kernel restores it by placement" /sbin/krestore --check /dev/vda3
power_off

[C4]
refused "memory that the kernel does not give is found out" \
	'guard "memory-access": /dev/mem does not give 0x7000000-.*CONFIG_IO_STRICT_DEVMEM; iomem=relaxed' krestore --check /dev/vda3
power_off

[C5]
refused "a kernel that is locked down is found out" "/dev/mem may not be opened: the kernel is locked down" \
	krestore --check /dev/vda3
refused "which can do it in neither way" 'Not by placement: .*Nor as a kernel in the snapshot.s window: .*locked down' \
	/sbin/krestore --check /dev/vda3
power_off

[C]
refused "a snapshot that is not the last one is found out" 'guard "generation": a later snapshot of this kernel was made on /dev/vda3 \(number 2, this one on /dev/vda4 is 1\)' \
	krestore --check /dev/vda4
# A copy of it, of its beginning at least.
dd if=/dev/vda3 of=/dev/vda4 bs=1M count=4 2>/dev/null
ok "a copy of the snapshot is no harm yet" sh -c 'krestore --method=window --check /dev/vda3 2>/tmp/errors'
ok "it is named" grep -q '/dev/vda4 is a copy of the snapshot on /dev/vda3' /tmp/errors
kdump --discard /dev/vda4
refused "one of two copies was given up" \
	'guard "generation": /dev/vda3 and /dev/vda4 both have this snapshot, and that on /dev/vda4 is empty.*--force' \
	krestore --check /dev/vda3
# As if a disk of another computer had been plugged in; what stays there is one made by an older kdump.
mkempty /dev/vda4 0xffffffffffffffff 2
ok "an empty snapshot of another computer, with a higher number, is no matter" krestore --check /dev/vda3
mkempty /dev/vda4 50
ok "nor is one that does not say whose it is" krestore --check /dev/vda3
# As if the disk with it were not plugged in.
dd if=/dev/vda2 of=/tmp/swap bs=4k count=1 2>/dev/null
dd if=/dev/zero of=/dev/vda2 bs=4k count=1 2>/dev/null
refused "swap that is gone is missed" 'guard "file-systems": not there any more.*: swap "pages" on /dev/vda2; .*--force' \
	krestore --check /dev/vda3
ok "that can be overridden" krestore --check --force /dev/vda3
(
	sleep 3
	dd if=/tmp/swap of=/dev/vda2 bs=4k count=1 2>/dev/null
) &
ok "a disk that is found later is waited for" krestore --check --wait=30 /dev/vda3
dd if=/dev/vda1 of=/tmp/data bs=1M 2>/dev/null
mount -t ext4 -o ro /dev/vda1 /mnt
refused "one of the file systems is mounted" \
	'guard "mounts": the saved kernel.s file system ext2 "data" on /dev/vda1 is mounted on /mnt in this one.*--force' \
	krestore --check /dev/vda3
umount /mnt
dd if=/tmp/data of=/dev/vda1 bs=1M 2>/dev/null
swapon /dev/vda2
refused "its swap is in use" 'guard "mounts": .* swap "pages" on /dev/vda2 is used as swap.*--force' krestore --check /dev/vda3
ok "that can be overridden, too" krestore --check --force /dev/vda3
swapoff /dev/vda2
mount -t ext4 /dev/vda1 /mnt && umount /mnt
refused "a file system that was only mounted is found out" \
	'guard "file-systems": written to since the snapshot was made: ext2 "data" on /dev/vda1; .*destroy.*--ignore-filesystem' \
	krestore --check /dev/vda3
refused "--force does not change that" 'written to since' krestore --force --check /dev/vda3
ok "it does to name the file system" krestore --check --ignore-filesystem=data /dev/vda3
dd if=/tmp/data of=/dev/vda1 bs=1M 2>/dev/null
ok "nothing is wrong with it as it was" krestore --check /dev/vda3
# Swap's partition has the size of the file system's.
dd if=/dev/vda2 of=/tmp/data bs=1M 2>/dev/null
dd if=/dev/vda1 of=/dev/vda2 bs=1M 2>/dev/null
mount -t ext4 /dev/vda2 /mnt && umount /mnt
refused "a clone that was mounted is found out, and both are named" \
	'guard "file-systems": ext2 "data" on /dev/vda1, ext2 "data" on /dev/vda2: copies of each other' krestore --check /dev/vda3
dd if=/tmp/data of=/dev/vda2 bs=1M 2>/dev/null
rm /tmp/data
refused "a refused jump is said" "the jump was refused.*Device or resource busy; the snapshot is as it was" \
	sh -c 'refused_jump krestore --method=window /dev/vda3 >/dev/null 2>/tmp/errors; status=$?; grep refused /tmp/errors >&2; exit $status'
ok "what was to be jumped to is not loaded any more" test "$(loaded)" = 0
ok "the snapshot waits as before" krestore --check /dev/vda3
krestore /dev/vda3
ok "krestore does not come back" false

[C6]
refused "a snapshot that was restored is not restored again" 'guard "state": .*was restored already' \
	krestore --check /dev/vda3
refused "not by force, either" 'was restored already' krestore --force --check /dev/vda3
