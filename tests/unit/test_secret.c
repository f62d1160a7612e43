/* SPDX-License-Identifier: GPL-2.0-only */
/* The question for a passphrase: on a terminal, without echo, and not for ever. */
#include "lib/base/secret.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <linux/magic.h>

#include "tests/tap.h"

/* The child at the terminal's other end: types behind the prompt, for the question clears what was typed before it. */
static void type(int terminal, const char *line)
{
	char text[100];

	if (read(terminal, text, sizeof(text)) <= 0)
		_exit(1);
	usleep(50000);
	if (write(terminal, line, strlen(line)) < 0)
		_exit(1);
	usleep(3000000);
	_exit(0);
}

static struct error *ask(const char *line, unsigned int seconds, char **ret_passphrase, bool *ret_same)
{
	struct termios before, after;
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);

	if (terminal < 0 || grantpt(terminal) || unlockpt(terminal))
		return error_new("no terminal");

	int user = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	pid_t child = fork();

	if (!child)
		type(terminal, line);
	tcgetattr(user, &before);

	struct error *error = passphrase_ask(ptsname(terminal), "Passphrase: ", seconds, ret_passphrase);

	tcgetattr(user, &after);
	*ret_same = before.c_lflag == after.c_lflag && before.c_lflag & ECHO;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(user);
	close(terminal);
	return error;
}

static void test_forget(const char *path, bool is_memory)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char text[8] = "";

	if (fd < 0 || write(fd, "the key", 7) != 7)
		return;
	secret_file_forget(path);
	ok(!access(path, F_OK) == !is_memory, "%s is %s", path, is_memory ? "removed" : "on a disk: it stays");
	ok(pread(fd, text, 7, 0) == 7 && !strcmp(text, is_memory ? "" : "the key"), "%s",
	   is_memory ? "its pages are overwritten" : "as it is");
	close(fd);
	unlink(path);
}

int main(void)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	AUTO_SECRET char *passphrase = NULL;
	bool is_same = false;

	if (terminal < 0) {
		puts("1..0 # SKIP there are no pseudo terminals");
		return 0;
	}
	close(terminal);

	struct error *error = ask("open sesame\n", 20, &passphrase, &is_same);

	is_text(passphrase, "open sesame", "what is typed before the time is over");
	error_free(error);
	error = ask("open se", 1, &passphrase, &is_same);
	ok(error && strstr(error_text(error), "no passphrase was typed on /dev/pts/"),
	   "a line that is not ended is none");
	ok(is_same, "the terminal has its echo again");
	error_free(error);

	struct statfs system;

	if (!statfs("/dev/shm", &system) && (uint32_t)system.f_type == TMPFS_MAGIC)
		test_forget("/dev/shm/kexec-jump-test-key", true);
	if (!statfs(".", &system) && (uint32_t)system.f_type != TMPFS_MAGIC && (uint32_t)system.f_type != RAMFS_MAGIC)
		test_forget("kexec-jump-test-key", false);
	secret_file_forget("/nonexistent");
	return tap_done();
}
