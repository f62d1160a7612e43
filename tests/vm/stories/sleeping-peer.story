# KASLR is on: each boot of A has its kernel, and its GDT, elsewhere.
title: B, booted once, is kept as a file and woken by later boots of A, which it sees by notes of their own
memory: 512
cpus: 2
disk: 150M
boots: A A C1
memory-C1: 576
programs: kexec khibernate kjump_back_param
timeout: 200
checks: 30

[A]
words="console=ttyS0 quiet panic=-1 no_console_suspend"
start_counter
mount -t ext4 /dev/vda /mnt 2>/dev/null || { mke2fs -q /dev/vda && mount -t ext4 /dev/vda /mnt; }
if [ ! -e /mnt/asleep ]; then
	refused "without a kernel that sleeps there is nothing to write" "nothing is loaded" kexec --save-asleep=/mnt/asleep
	ok "A loads B" kexec --load-preserve-context /boot/bzImage --initrd=/boot/rootfs.gz --append="$words"
	refused "nor if B never ran" "no kernel sleeps" kexec --save-asleep=/mnt/asleep
	ok "B comes back" kexec -e
	ok "A writes the sleeping B to a file" kexec --save-asleep=/mnt/asleep
	ok "kexec unloads it" kexec -u
	umount /mnt
	power_off
fi
note "$(ls -ls /mnt/asleep)"
ok "kjump_back_param tells what it is" sh -c "kjump_back_param /mnt/asleep | grep -q 'KJUMP_FORMAT *asleep'"
note "$(kjump_back_param /mnt/asleep | tr -s ' ' | tr '\n' ';')"
refused "for good it cannot be loaded" "woken by a jump" kexec -l --args-none /mnt/asleep
for round in 1 2; do
	ok "A loads the file, $round" kexec --load-preserve-context --args-none /mnt/asleep --append="khround=$round khnow=$(date +%s)"
	ok "A is back, $round" kexec -e
done
ok "and again without a load" kexec -e
ok "A has both CPUs" test "$(grep -c ^processor /proc/cpuinfo)" = 2
ok "the counter goes on" counter_advances
dd if=/dev/zero of=/mnt/asleep bs=1 count=1 seek=2000000 conv=notrunc 2>/dev/null
dd if=/dev/urandom of=/mnt/asleep bs=4096 count=1 seek=20000 conv=notrunc 2>/dev/null
refused "a damaged one is not loaded" "damaged" kexec --load-preserve-context --args-none /mnt/asleep
kexec -u
umount /mnt
power_off

[B]
kexec --load-jump-back-helper || say "not ok - B loads the way back"
# A disk that comes while B sleeps: here B looks away from the one that is there.
echo 1 >"$(readlink -f /sys/block/vda/device/..)/remove"
round=1
while :; do
	kexec -e || break
	say "ok - B is woken for the ${round}. time"
	ok "B reads what it is told, and looks for disks" khibernate awake
	note "$(cat /run/awake/words)"
	now=$(sed 's/.*khnow=\([0-9]*\).*/\1/' /run/awake/words)
	ok "its clock is right: $(date +%s), $now" test "$(($(date +%s) - now))" -ge -1 -a "$(($(date +%s) - now))" -le 20
	ok "it has the disk" test -b /dev/vda
	round=$((round + 1))
done

[C1]
ok "another machine has the file" mount -t ext4 /dev/vda /mnt
refused "and does not load it" "another machine, or this one was changed: its memory map differs" \
	kexec --load-preserve-context --args-none /mnt/asleep
