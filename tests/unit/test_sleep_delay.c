/* SPDX-License-Identifier: GPL-2.0-only */
/* How long suspend-then-hibernate stays suspended, by systemd's sleep.conf. */
#include "hibernate/sleep_delay.h"

#include "lib/base/alloc.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

static void test_spans(void)
{
	static const struct {
		const char *text;
		uint64_t seconds; /* 0: refused */
	} spans[] = {
		{ "90", 90 }, { "90s", 90 }, { "2h", 7200 }, { "2h 30min", 9000 }, { "1 hour 5 minutes", 3900 },
		{ "1h30m", 5400 }, { "1500ms", 1 }, { "1d", 86400 }, { "infinity", UINT64_MAX },
		{ "", 0 }, { "h", 0 }, { "2 fortnights", 0 }, { "-1", 0 }, { "99999999999", 0 }, { "2h,", 0 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(spans); i++) {
		uint64_t seconds = 0;
		bool parsed = sleep_delay_parse(spans[i].text, &seconds);

		ok(parsed == (spans[i].seconds != 0), "\"%s\" is %s", spans[i].text, spans[i].seconds ? "a time" : "none");
		is_u64(seconds, spans[i].seconds, "so many seconds");
	}
}

static void test_files(void)
{
	char *root = make_folder();

	is_u64(sleep_delay_seconds(root), 7200, "without a file");
	put_file_below(root, "/etc/systemd/sleep.conf", "[Sleep]\n#HibernateDelaySec=10\nHibernateDelaySec = 30min\n");
	is_u64(sleep_delay_seconds(root), 1800, "sleep.conf");
	put_file_below(root, "/usr/lib/systemd/sleep.conf.d/20.conf", "[Sleep]\nHibernateDelaySec=20\n");
	put_file_below(root, "/etc/systemd/sleep.conf.d/10.conf", "[Sleep]\nHibernateDelaySec=10\n");
	put_file_below(root, "/etc/systemd/sleep.conf.d/90.save", "[Sleep]\nHibernateDelaySec=1\n");
	is_u64(sleep_delay_seconds(root), 20, "the last file by its name, in any folder");
	put_file_below(root, "/etc/systemd/sleep.conf.d/20.conf", "[Sleep]\nHibernateDelaySec=40\nHibernateDelaySec=soon\n");
	is_u64(sleep_delay_seconds(root), 40, "a file of the same name hides it; what cannot be read is ignored");
	put_file_below(root, "/run/systemd/sleep.conf.d/30.conf", "HibernateDelaySec=\n");
	is_u64(sleep_delay_seconds(root), 7200, "an empty value is the default again");
	remove_tree(root);
}

int main(void)
{
	test_spans();
	test_files();
	return tap_done();
}
