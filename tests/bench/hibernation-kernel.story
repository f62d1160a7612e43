# For tests/bench/hibernation, which fills in what stands between @. The kernel's own hibernation,
# to a swap partition.
title: the kernel's own hibernation with random data in memory
arches: x86_64
memory: @MEMORY@
disk: 1G
boots: A A
timeout: 400
exceptions: no
programs:
append-A: resume=/dev/vda @WORDS@
checks: 1

[A]
mkswap /dev/vda >/dev/null
swapon /dev/vda
fill_blob @DATA@
@PREPARE@
echo shutdown >/sys/power/disk
say "off A"
note "mark hibernate"
(echo disk >/sys/power/state) 2>/tmp/said || note "refused: $(cat /tmp/said)"
note "mark alive"
ok "the data has the same checksum" check_blob
