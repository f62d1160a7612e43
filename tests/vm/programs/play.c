/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usage: play DEVICE FILE
 *
 * Plays silence on a sound device (/dev/snd/pcmC0D0p) until it is killed, and writes to the file how many periods the
 * device has taken. After a suspend a stream is suspended, and the program resumes it, or prepares it again, as ALSA's
 * library does.
 *
 * Source: include/uapi/sound/asound.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sound/asound.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define PERIOD 4800 /* frames: a tenth of a second */

static void set_mask(struct snd_pcm_hw_params *params, unsigned int name, unsigned int bit)
{
	struct snd_mask *mask = &params->masks[name - SNDRV_PCM_HW_PARAM_FIRST_MASK];

	memset(mask, 0, sizeof(*mask));
	mask->bits[bit / 32] = 1u << bit % 32;
}

static void set_interval(struct snd_pcm_hw_params *params, unsigned int name, unsigned int value)
{
	struct snd_interval *interval = &params->intervals[name - SNDRV_PCM_HW_PARAM_FIRST_INTERVAL];

	*interval = (struct snd_interval){ .min = value, .max = value, .integer = 1 };
}

/* Two channels of 16 bits, 48 kHz. */
static int configure(int fd)
{
	struct snd_pcm_hw_params params = { .rmask = UINT_MAX, .info = UINT_MAX };

	memset(params.masks, 0xff, sizeof(params.masks));
	for (size_t i = 0; i < sizeof(params.intervals) / sizeof(params.intervals[0]); i++)
		params.intervals[i].max = UINT_MAX;
	set_mask(&params, SNDRV_PCM_HW_PARAM_ACCESS, (unsigned int)SNDRV_PCM_ACCESS_RW_INTERLEAVED);
	set_mask(&params, SNDRV_PCM_HW_PARAM_FORMAT, (unsigned int)SNDRV_PCM_FORMAT_S16_LE);
	set_interval(&params, SNDRV_PCM_HW_PARAM_CHANNELS, 2);
	set_interval(&params, SNDRV_PCM_HW_PARAM_RATE, 48000);
	set_interval(&params, SNDRV_PCM_HW_PARAM_PERIOD_SIZE, PERIOD);
	set_interval(&params, SNDRV_PCM_HW_PARAM_PERIODS, 4);
	return ioctl(fd, SNDRV_PCM_IOCTL_HW_PARAMS, &params) || ioctl(fd, SNDRV_PCM_IOCTL_PREPARE) ? -1 : 0;
}

/* A stream that ran out of samples, or was suspended. */
static int recover(int fd)
{
	if (errno == ESTRPIPE && !ioctl(fd, SNDRV_PCM_IOCTL_RESUME))
		return 0;
	return errno == EPIPE || errno == ESTRPIPE || errno == ENOSYS ? ioctl(fd, SNDRV_PCM_IOCTL_PREPARE) : -1;
}

static int report(const char *path, unsigned int count)
{
	FILE *file = fopen(path, "a");

	return !file || fprintf(file, "%u\n", count) < 0 || fclose(file) ? -1 : 0;
}

int main(int argc, char **argv)
{
	static short silence[2 * PERIOD];
	struct snd_xferi samples = { .buf = silence, .frames = PERIOD };
	int fd = argc == 3 ? open(argv[1], O_WRONLY | O_CLOEXEC) : -1;
	int failed = fd < 0 ? -1 : configure(fd);

	for (unsigned int count = 1; !failed;) {
		if (ioctl(fd, SNDRV_PCM_IOCTL_WRITEI_FRAMES, &samples))
			failed = recover(fd);
		else
			failed = report(argv[2], count++);
	}
	perror("play");
	return 1;
}
