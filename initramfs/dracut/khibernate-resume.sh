#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut(8) pre-mount hook: resumes the snapshot if there is one, and does not return then.
# systemd shows only a hook's standard error on the console.
khibernate resume --boot >&2 || :
