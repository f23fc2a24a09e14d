/* fork-server.c
 * Preloaded into tshark or sharkd: starts the program once, and runs it often
 *
 * Copyright 2026 smsrc contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/* Nine tenths of a run over a small capture are the registration of Wireshark's own protocols,
 * which is the same each time. Here the program registers them and then waits, before it reads
 * preferences or opens a file; for each request it forks, and the copy goes on with the arguments
 * and the standard streams of the request. See fork_server.py, which is the other side. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FD_VARIABLE "SMSRC_FORK_SERVER"
#define STREAMS 3
#define REQUEST_MAX 65536

/* The capture of the first start is a name that begins so, and is as long as a name may be. */
#define CAPTURE_MARK "/smsrc-fork-server/"

/* What the copy has instead of the arguments of the first start. */
static char request[REQUEST_MAX];
static char *arguments[REQUEST_MAX + 1];
static int argument_count;
static bool is_copy;

/* Where tshark keeps the name of the capture, which it takes before it registers anything. */
static char *capture_name;

/* A request is the capture's name and then the arguments, each with its NUL. */
static void take_request(size_t length)
{
    if (capture_name != NULL) {
        strcpy(capture_name, request);
    }
    argument_count = 0;
    for (char *at = request + strlen(request) + 1; at < request + length;
         at += strlen(at) + 1) {
        arguments[argument_count++] = at;
    }
    arguments[argument_count] = NULL;
}

/* Waits for a request and takes its streams; returns its length, or 0 where there is no more. */
static size_t receive(int from, int *streams)
{
    char room[CMSG_SPACE(STREAMS * sizeof(int))];
    struct iovec data = { .iov_base = request, .iov_len = sizeof request - 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1,
                              .msg_control = room, .msg_controllen = sizeof room };
    ssize_t length = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);

    if (length <= 0 || head == NULL || head->cmsg_len != CMSG_LEN(STREAMS * sizeof(int))) {
        return 0;
    }
    memcpy(streams, CMSG_DATA(head), STREAMS * sizeof(int));
    request[length] = '\0';
    return (size_t)length;
}

/* Sends a number that the other side waits for: a copy's process, or what it ended with. */
static void tell(int to, int number)
{
    if (send(to, &number, sizeof number, MSG_NOSIGNAL) != (ssize_t)sizeof number) {
        _exit(1);
    }
}

/* Returns in each copy; the program itself stays here until the other side goes. */
static void serve(int fd)
{
    int streams[STREAMS], status;
    size_t length;

    tell(fd, getpid());
    while ((length = receive(fd, streams)) > 0) {
        pid_t copy = fork();
        if (copy == 0) {
            for (int i = 0; i < STREAMS; i++) {
                dup2(streams[i], i);
            }
            close(fd);
            take_request(length);
            is_copy = true;
            return;
        }
        for (int i = 0; i < STREAMS; i++) {
            close(streams[i]);
        }
        tell(fd, copy);
        if (copy < 0 || waitpid(copy, &status, 0) != copy) {
            _exit(1);
        }
        tell(fd, status);
    }
    _exit(0);
}

/* Both programs call this one after they have registered everything, and once. */
void *epan_load_settings(void);

void *epan_load_settings(void)
{
    void *(*real)(void) = (void *(*)(void))dlsym(RTLD_NEXT, "epan_load_settings");
    const char *fd = getenv(FD_VARIABLE);

    if (fd != NULL) {
        int number = atoi(fd);
        unsetenv(FD_VARIABLE);
        unsetenv("LD_PRELOAD");
        serve(number);
    }
    return real();
}

void epan_cleanup(void);

/* What was registered goes with the copy: to free each piece of it is most of a short run. */
void epan_cleanup(void)
{
    if (!is_copy) {
        ((void (*)(void))dlsym(RTLD_NEXT, "epan_cleanup"))();
    }
}

char *g_strdup(const char *text);

char *g_strdup(const char *text)
{
    static char *(*real)(const char *);

    if (real == NULL) {
        real = (char *(*)(const char *))dlsym(RTLD_NEXT, "g_strdup");
    }
    char *copy = real(text);
    if (text != NULL && strncmp(text, CAPTURE_MARK, strlen(CAPTURE_MARK)) == 0) {
        capture_name = copy;
    }
    return copy;
}

typedef int getopt_fn(int argc, char *const *argv, const char *letters, const void *words,
                      int *index);
getopt_fn ws_getopt_long;

int ws_getopt_long(int argc, char *const *argv, const char *letters, const void *words, int *index)
{
    getopt_fn *real = (getopt_fn *)dlsym(RTLD_NEXT, "ws_getopt_long");

    return is_copy ? real(argument_count, arguments, letters, words, index)
                   : real(argc, argv, letters, words, index);
}
