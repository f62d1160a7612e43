/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration of khibernate: lines "key=value", '#' begins a comment. */
#ifndef KJ_KHIBERNATE_CONFIG_H
#define KJ_KHIBERNATE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/error.h"

#define KHIBERNATE_CONFIG_PATH "/etc/khibernate.conf"

/* All text is heap memory, and never NULL once the struct is initialised. */
struct khibernate_config {
	char *device;     /* a name for device_name_find; "" by default */
	char *file;       /* the file whose blocks `device` has; "": none (snapshot_file.h) */
	char *space;      /* of that file: "always", "on-demand" */
	char *kernel;     /* paths, of the kernel that saves, and that restores in the window */
	char *initrd;
	char *append;     /* more parameters for their command line */
	bool has_window;  /* false: the window is chosen at each load */
	uint64_t mem_min, mem_max; /* inclusive */
	char *exclude;    /* kdump's --exclude: "free,zero" */
	char *compress;   /* kdump's --compress: "auto" */
	char *prepare;    /* path of the file in which a saver sleeps, or "no" */
	char *power;      /* "off", "s4", "reboot" or "suspend" */
	char *drivers;    /* of the kernel that saves: "all", "needed" */
	char *encrypt;    /* "no", "yes": by the keys in the configuration's folder */
	char *wipe;       /* "no", "yes": what could show a used snapshot is overwritten */
	char *fallback;   /* of the initramfs of an ordinary boot, for a snapshot that it cannot place: "window", "none" */
	char *check_boot; /* whether hibernate checks the next boot (next_boot.h): "yes", "no" */
	char *keep;       /* whether a resumed snapshot is resumed again by each boot (keep_check.h): "yes", "no" */
};

/* Whether file=, if that is set, has its blocks only while they are needed. */
bool khibernate_config_is_on_demand(const struct khibernate_config *config);

/* The defaults. */
void khibernate_config_init(struct khibernate_config *config);
void khibernate_config_deinit(struct khibernate_config *config);
#define AUTO_KHIBERNATE_CONFIG __attribute__((cleanup(khibernate_config_deinit)))

/* Sets one value. Errors: no such key, an invalid value. The command line's options are the same keys. */
struct error *khibernate_config_set(struct khibernate_config *config, const char *key, const char *value);

/* Sets all values in `text`. Errors name the line; `from` is the file's name in them. */
struct error *khibernate_config_parse(struct khibernate_config *config, const char *text, const char *from);

/* Reads a file. Error if there is none (ENOENT). */
struct error *khibernate_config_read(struct khibernate_config *config, const char *path);

/* The text of the configuration for khibernate_config_parse; heap. */
char *khibernate_config_text(const struct khibernate_config *config);

#endif
