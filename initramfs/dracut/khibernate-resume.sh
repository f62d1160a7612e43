#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut(8) pre-mount hook: resumes the snapshot if there is one, and does not return then.
# What the user's programs for the place of the snapshot need.
if [ -e /khibernate/modules ]; then
	while read -r modules; do
		# shellcheck disable=SC2086 # a list of words
		modprobe -a $modules >&2 || :
	done </khibernate/modules
fi
# systemd shows only a hook's standard error on the console.
khibernate resume --boot >&2 || :
