# phy_mode speaks on the serial port itself: it says at which of its two entries it
# was called for the n-th time, and is right only if that is the one it asked for.
title: a plain program is called in physical mode three times, each time where it asked to be
memory: 256
files-A: tests/vm/programs/bin/phy_mode:/boot/phy_mode
checks: 11

[A]
start_counter
fill_blob 20
ok "A loads the program" kexec --load-preserve-context --args-none phy_mode
is "a kexec image is loaded" "$(loaded)" 1
ok "kexec -e exits 0 after the first call" kexec -e
ok "kexec -e exits 0 after the second call" kexec -e
ok "kexec -e exits 0 after the third call" kexec -e
ok "the counter continues" counter_advances
ok "random data have the same checksum" check_blob
ok "the program can be unloaded" kexec -u

