title: a kernel that is locked down says so
arches: x86_64
memory: 256
checks: 6
append-A: lockdown=integrity

[A]
# This kernel has no securityfs that would tell.
refused "kexec_load" "kexec_load refused to load \(perhaps the kernel is locked down: then only kexec_file_load of a signed" \
	kexec -c -l /boot/bzImage
refused "a jump" "the kernel is locked down: then only|a jump needs this kernel's own memory" \
	kexec --load-preserve-context /boot/bzImage --mem-min=0x4000000 --mem-max=0x7ffffff
refused "a change of what kexec_file_load cannot change" "the kernel is locked down" kexec -l /boot/bzImage --noefi
# This kernel is built without CONFIG_KEXEC_SIG: it loads what is not signed.
ok "kexec_file_load is left" kexec -s -l /boot/bzImage --append=quiet
is "something is loaded" "$(loaded)" 1
ok "and can be unloaded" kexec -u

[B]
