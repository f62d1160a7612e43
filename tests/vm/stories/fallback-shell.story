# No root= is on the command line, so that the boot has nothing to do. Nothing but the console reaches these machines.
title: at a dead end of the initramfs there is no shell, or one after root's password
memory: 128
boots: C1 C2 C3
programs: khibernate
initramfs-C: project
password: correct horse
until-C1: gives root a shell
append-C2: khshell=ask
press-C2: password for | battery staple\necho "it is" "open"\n
until-C2: ncorrect
append-C3: khshell=ask
press-C3: password for | correct horse\necho "<1>K""J ok - who knows the password has one" >/dev/kmsg; echo "<1>K""J end C3" >/dev/kmsg; poweroff -f\n
checks: 4

[host]
ok "none by default" grep -qa 'nothing is left to do' "$serial.C1"
ok "none after a wrong password" grep -qa 'password for' "$serial.C2"
ok "and what is typed then is not run" sh -c "! grep -qa 'it is open' '$serial.C2'"
