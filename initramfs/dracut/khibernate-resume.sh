#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut(8) pre-mount hook: resumes the image if there is one; then it does not come back.
# Of what a hook prints, systemd shows on the console what goes to standard error.
khibernate resume --boot >&2 || :
