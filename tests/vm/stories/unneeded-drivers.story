# The machine's IDE controller has no disk that A uses, and its driver is built in.
title: the kernel that saves leaves alone a controller that no needed disk is on
memory: 256
disk: 100M
programs: kexec kdump khibernate
timeout: 200
checks: 10

[common]
controllers() {
	ls -d /sys/bus/pci/drivers/ata_piix/0000:* 2>/dev/null | wc -l
}
blacklist() {
	tr ' ' '\n' </proc/cmdline | sed -n 's/^initcall_blacklist=//p'
}

[A]
# comes_back TEXT OPTION: B of this story saves nothing.
comes_back() {
	local status=0
	khibernate hibernate --device=/dev/vda --kernel=/boot/bzImage --initrd=/boot/rootfs.gz --append=console=ttyS0 \
		${2:+"$2"} 2>/tmp/reason || status=$?
	ok "$1" grep "the other kernel came back" /tmp/reason
	note "$(cat /tmp/reason)"
}
start_counter
is "the driver of the IDE controller has it" "$(controllers)" 1
ok "the snapshot's device" kdump --init /dev/vda
comes_back "B has come back"
is "A's driver still has its controller" "$(controllers)" 1
comes_back "B with all drivers has come back" --drivers=all
ok "the counter continues" counter_advances

[B]
if [ -n "$(blacklist)" ]; then
	is "B leaves out what it does not need, and no more" "$(blacklist)" piix_init
	is "its driver is not there" "$(controllers)" 0
	ok "the snapshot's disk is there" test -b /dev/vda
else
	is "with all drivers B has the controller, too" "$(controllers)" 1
fi
kexec --load-jump-back-helper
kexec -e
