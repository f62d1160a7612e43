# The programs are Debian's, and speak for themselves: SeaBIOS, where a machine has no graphics, puts on the serial port
# what they print by the BIOS. GRUB soon sets that port up itself, and loses what was under way. memtest86+ draws its
# screen there itself, and never ends.
title: memtest86+, iPXE, memdisk with a floppy disk and GRUB are started, and a program that lies in low memory
memory: 128
machine: pc,graphics=off
boots: A C1 C2 C3 C4 C
files-A.x86_64: boot-files/memtest86+x64.bin:/boot/memtest boot-files/ipxe.lkrn:/boot/ipxe.lkrn
files-A.i386: boot-files/memtest86+ia32.bin:/boot/memtest boot-files/ipxe.lkrn:/boot/ipxe.lkrn
files-C: boot-files/ipxe.lkrn:/boot/ipxe.lkrn boot-files/memdisk:/boot/memdisk boot-files/lnxboot.img:/boot/lnxboot.img boot-files/core.img:/boot/core.img tests/vm/programs/bin/floppy:/boot/floppy tests/vm/programs/bin/multiboot_report_low:/boot/low
until-A: Status: Testing
until-C1: KJ ok - iPXE runs a script
checks: 16

[A]
refused "iPXE is not entered without its setup code" 'ipxe.lkrn.*give --real-mode' kexec -l ipxe.lkrn
ok "A loads memtest86+" kexec -l memtest --append="console=ttyS0,115200 nosmp"
kexec -e

[C1]
printf '#!ipxe\necho KJ ok - iPXE runs a script\nprompt\n' >script
ok "iPXE is loaded" kexec -l --real-mode ipxe.lkrn --initrd=script
kexec -e

[C2]
truncate -s 1440K floppy
ok "memdisk is loaded with a floppy disk" kexec -l --real-mode memdisk --initrd=floppy
kexec -e

[C3]
cat lnxboot.img core.img >grub
ok "GRUB is loaded" kexec -l --real-mode grub
kexec -e

[C4]
ok "GRUB is loaded as initrd of lnxboot.img" kexec -l --real-mode lnxboot.img --initrd=core.img
kexec -e

[C]
ok "a program's place is in low memory" sh -c "kexec --dry-run -l low | grep '0x000000010000-.*  program'"
ok "it is loaded" kexec -l low --command-line="last=end C"
kexec -e

[host]
said() {
	grep -qa "$2" "$serial.$1"
}

ok "memtest86+ tests memory" said A 'Memtest86+'
ok "iPXE says who it is" said C1 'iPXE 1'
ok "memdisk says who it is" said C2 'MEMDISK 6'
ok "the program in low memory was called" said C 'KJ # version 2'
