title: the machine loses its power while a snapshot is saved, and while one is restored
arches: x86_64
memory: 224
disk: 200M
programs: kexec kdump krestore
files-C: tests/vm/programs/bin/changed_page:/sbin/changed_page
timeout: 120

# For tests/vm/power-cut, which stops the machine at "ready", takes a copy, and continues from there.
[A]
fill_blob 12
kexec --load-preserve-context /boot/bzImage --mem-min=0x1000000 --mem-max=0x5ffffff \
	--initrd=/boot/rootfs.gz --append="console=ttyS0 quiet panic=-1 no_console_suspend"
kexec -e
check_blob && say "A continues"

[B]
kdump --format=khimage --exclude=free,zero /dev/vda
say "ready"
usleep 1500000
say "begin"
kdump --format=khimage --exclude=free,zero /dev/vda
say "saved"
sleep 1
poweroff -f

[C]
say "ready"
usleep 1500000
say "begin"
krestore /dev/vda

# The placing program refuses, and C continues.
[C1]
say "ready"
usleep 1500000
say "begin"
changed_page content krestore --method=place /dev/vda
say "refused"
sleep 60
