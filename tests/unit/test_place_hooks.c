/* SPDX-License-Identifier: GPL-2.0-only */
/* The user's programs for the place of the snapshot: when each is called, and what a failure of one does. */
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hibernate/place_hooks.h"
#include "lib/base/alloc.h"
#include "lib/base/file.h"
#include "tests/tap.h"
#include "tests/unit/fixtures.h"

/* A configuration in a folder, and the folder of its programs, which write to the file "note". */
struct place {
	char *root;
	char *config_path, *folder;
	struct invocation invocation;
};

static void place_init(struct place *place)
{
	*place = (struct place){ .root = make_folder() };
	place->config_path = path_below(place->root, "/kh.conf");
	place->invocation.config_path = place->config_path;
	place->folder = path_below(place->root, "/kh/hooks.d");
}

static void place_deinit(struct place *place)
{
	remove_tree(place->root);
	free(place->config_path);
	free(place->folder);
}

static void put_program(const struct place *place, const char *name, const char *lines, mode_t mode)
{
	AUTO_FREE char *path = xasprintf("/kh/hooks.d/%s", name);
	AUTO_FREE char *text = xasprintf("#!/bin/sh\necho %.2s $1 >>%s/note\n%s\n", name, place->root, lines);
	AUTO_FREE char *full = path_below(place->root, path);

	put_file_below(place->root, path, text);
	chmod(full, mode);
}

/* What was noted since the last call, without newlines. */
static void noted(const struct place *place, const char *wanted, const char *name)
{
	AUTO_FREE char *path = path_below(place->root, "/note");
	AUTO_FREE char *text = NULL;

	error_free(read_small_file("/", path, &text, NULL));
	for (size_t i = 0; text && text[i]; i++)
		if (text[i] == '\n')
			text[i] = ' ';
	is_text(text ? text : "", wanted, "%s", name);
	remove(path);
}

static void is_error(struct error *error, const char *wanted, const char *name)
{
	if (!ok(wanted ? error && strstr(error_text(error), wanted) : !error, "%s", name))
		diag("%s", error ? error_text(error) : "no error");
	error_free(error);
}

static void test_order(void)
{
	struct place place;
	struct place_hooks hooks = { 0 };

	place_init(&place);
	is_error(place_hooks_open(&hooks, &place.invocation), NULL, "there is no folder");
	ok(!hooks.folder, "nothing is open");
	put_program(&place, "20-disk", "", 0755);
	put_program(&place, "10-network", "", 0755);
	put_program(&place, "30-edited~", "", 0755);
	put_program(&place, "40-old.dpkg-old", "", 0755);
	put_program(&place, ".hidden", "", 0755);
	put_program(&place, "50-text", "", 0644);
	is_error(place_hooks_open(&hooks, &place.invocation), NULL, "the programs are called");
	noted(&place, "10 open 20 open ", "in the order of their names, and no copies and texts");
	is_error(place_hooks_close(&hooks), NULL, "closed");
	noted(&place, "20 close 10 close ", "in the reverse order");
	is_error(place_hooks_close(&hooks), NULL, "closed again");
	place_hooks_deinit(&hooks);
	noted(&place, "", "that is done once");
	place_deinit(&place);
}

static void test_failures(void)
{
	struct place place;
	struct place_hooks hooks = { 0 };

	place_init(&place);
	put_program(&place, "10-network", "", 0755);
	put_program(&place, "20-disk", "", 0755);
	put_program(&place, "15-fails", "echo one; echo the last line; [ $1 != open ] || exit 7", 0755);
	is_error(place_hooks_open(&hooks, &place.invocation), "15-fails open failed, exit status 7: the last line",
		 "one fails: with its last line");
	noted(&place, "10 open 15 open 10 close ", "the one before it is closed, the one behind it is not called");
	ok(!hooks.folder, "nothing is open");
	put_program(&place, "15-fails", "kill -9 $$", 0755);
	is_error(place_hooks_open(&hooks, &place.invocation), "15-fails open was ended by signal 9: it gave no reason",
		 "one is killed");
	put_program(&place, "15-fails", "[ $1 != close ] || exit 1", 0755);
	is_error(place_hooks_open(&hooks, &place.invocation), NULL, "all are open");
	noted(&place, "10 open 15 open 10 close 10 open 15 open 20 open ", "after that failure");
	is_error(place_hooks_close(&hooks), "15-fails close failed, exit status 1", "one does not close");
	noted(&place, "20 close 15 close 10 close ", "the others are closed all the same");
	place_hooks_deinit(&hooks);
	place_deinit(&place);
}

static void test_server(void)
{
	struct place place;
	struct place_hooks hooks = { 0 };
	time_t before = time(NULL);

	place_init(&place);
	put_program(&place, "10-server", "[ $1 != open ] || sleep 20 &", 0755);
	is_error(place_hooks_open(&hooks, &place.invocation), NULL, "a program leaves a server running");
	ok(time(NULL) - before < 15, "which is not waited for");
	place_hooks_deinit(&hooks);
	noted(&place, "10 open 10 close ", "what is open is closed in the end");
	place_deinit(&place);
}

static void test_owner(void)
{
	struct place place;
	struct place_hooks hooks = { 0 };

	place_init(&place);
	put_program(&place, "10-network", "", 0775);
	is_error(place_hooks_open(&hooks, &place.invocation), "10-network, which root would run: chown root, chmod go-w",
		 "others can change a program");
	put_program(&place, "10-network", "", 0755);
	chmod(place.folder, 0757);
	is_error(place_hooks_open(&hooks, &place.invocation), "hooks.d, which root would run", "or its folder");
	noted(&place, "", "nothing was run");
	place_hooks_deinit(&hooks);
	place_deinit(&place);
}

/* In a process of its own: another command, which opens and closes the place. */
static pid_t start_other(const struct place *place)
{
	pid_t process = fork();

	if (!process) {
		struct place_hooks hooks = { 0 };
		struct error *error = place_hooks_open(&hooks, &place->invocation);

		place_hooks_deinit(&hooks);
		_exit(error != NULL);
	}
	return process;
}

static void test_one_at_a_time(void)
{
	struct place place;
	struct place_hooks hooks = { 0 };
	int status = -1;

	place_init(&place);
	put_program(&place, "10-disk", "", 0755);
	is_error(place_hooks_open(&hooks, &place.invocation), NULL, "a command opens the place");

	pid_t other = start_other(&place);

	usleep(300000);
	is_error(place_hooks_close(&hooks), NULL, "and closes it, for a jump");
	usleep(300000);
	is_error(place_hooks_open(&hooks, &place.invocation), NULL, "and opens it again");
	noted(&place, "10 open 10 close 10 open ", "another one waits all the time");
	place_hooks_deinit(&hooks);
	ok(other > 0 && waitpid(other, &status, 0) == other && !status, "until the first has ended");
	noted(&place, "10 close 10 open 10 close ", "then it opens the place");
	place_deinit(&place);
}

/* The first call of "open" fails, or each does. */
static void test_again(void)
{
	struct place place;
	struct place_hooks hooks = { 0 };

	place_init(&place);
	put_program(&place, "10-network", "[ $1 = close ] || [ -e $0.late ] || ! : >$0.late", 0755);
	is_error(place_hooks_open_again(&hooks, &place.invocation, "/dev/nbd0"), NULL, "a network that comes late");
	noted(&place, "10 open 10 open ", "is waited for");
	place_hooks_deinit(&hooks);
	put_program(&place, "10-network", "[ $1 = close ]", 0755);
	is_error(place_hooks_open_again(&hooks, &place.invocation, "/dev/nbd0"), "of it on /dev/nbd0 must NOT be resumed",
		 "one that does not come");
	place_hooks_deinit(&hooks);
	place_deinit(&place);
}

int main(void)
{
	test_order();
	test_failures();
	test_server();
	test_owner();
	test_one_at_a_time();
	test_again();
	return tap_done();
}
