title: the kernel's own tests for kexec pass with this kexec
# They ask pesign and getfattr whether the kernel is signed. It is not, and here neither is there: these two say so.
linux.x86_64: 6.12
memory: 256
files-A: kernel/selftests/kexec_common_lib.sh:/tests/kexec_common_lib.sh kernel/selftests/test_kexec_load.sh:/tests/test_kexec_load.sh kernel/selftests/test_kexec_file_load.sh:/tests/test_kexec_file_load.sh
checks: 6
checks.i386: 5

[A]
mkdir -p /usr/bin /tmp
printf '#!/bin/sh\necho "No signatures found."\n' >/usr/bin/pesign
printf '#!/bin/sh\necho "security.ima: No such attribute" >&2\nexit 1\n' >/usr/bin/getfattr
chmod 755 /usr/bin/pesign /usr/bin/getfattr
cp bzImage "/boot/vmlinuz-$(uname -r)"
cd /tests

# selftest NAME: its last line to standard output; 0 is passed, 1 failed, 4 skipped
selftest() {
	local status=0
	sh "./$1" >/tmp/said 2>&1 || status=$?
	sed 's/^/# /' /tmp/said >/dev/console
	tail -n 1 /tmp/said
	return "$status"
}

ok "test_kexec_load.sh passes" selftest test_kexec_load.sh
ok "a kernel was loaded" grep 'kexec_load succeeded \[PASS\]' /tmp/said
if grep -q ' __do_sys_kexec_file_load$\| __x64_sys_kexec_file_load$' /proc/kallsyms; then
	ok "test_kexec_file_load.sh passes" selftest test_kexec_file_load.sh
	ok "a kernel was loaded" grep 'kexec_file_load succeeded \[PASS\]' /tmp/said
else
	selftest test_kexec_file_load.sh >/dev/null
	is "test_kexec_file_load.sh is skipped by a kernel without that call" "$?" 4
fi
is "nothing is loaded" "$(loaded)" 0
ok "the tests see a load that fails" sh -c 'rm /boot/vmlinuz-*; sh ./test_kexec_load.sh | grep "kexec_load failed \[FAIL\]"'

[B]
note "never booted: A only loads it"
