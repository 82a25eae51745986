import { findProtocol } from '../../app/wire/index.ts';
import type { CodeSource } from './exports.ts';

/** Where a program sends its request. */
type Destination = Pick<CodeSource, 'protocol' | 'destPortid' | 'groupMask' | 'netns'>;

/** What a reader has to know before running it, a line each. */
function remarks({ netns }: Destination): string[] {
  return netns ? [`For the network namespace of ${netns}: nsenter --net=${netns} runs it there.`] : [];
}

/**
 * A whole C program that sends a request and tells what comes of it: exit status 0, or 1 where the kernel refuses.
 * @param request lines that initialise an array of the request's bytes
 */
export function cProgram(title: string, request: readonly string[], to: Destination): string {
  const [first, ...rest] = [`${title}. Build it with: cc -o request request.c`, ...remarks(to)].map(inComment);
  return `/* ${[first, ...rest.map((line) => ` * ${line}`)].join('\n')} */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/netlink.h>

static const unsigned char request[] = {
${request.join('\n')}
};

static char answer[1 << 17] __attribute__((aligned(NLMSG_ALIGNTO)));

static int failed(const char *what)
{
    perror(what);
    return 1;
}

int main(void)
{
    const int on = 1;
    const struct timeval patience = { .tv_sec = 2 };
    const struct sockaddr_nl to = {
        .nl_family = AF_NETLINK,
        .nl_pid = ${to.destPortid ?? 0}u,
        .nl_groups = ${to.groupMask ?? 0}u,
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, ${protocolNumber(to)} /* ${inComment(to.protocol)} */);

    if (fd < 0)
        return failed("socket");
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (sendto(fd, request, sizeof(request), 0, (const struct sockaddr *)&to, sizeof(to)) < 0)
        return failed("sendto");
    for (;;) {
        ssize_t length = recv(fd, answer, sizeof(answer), 0);
        struct nlmsghdr *message = (struct nlmsghdr *)answer;
        unsigned int left = (unsigned int)length;

        if (length < 0 && errno == EAGAIN)
            return 0; /* whatever was to come has come */
        if (length < 0)
            return failed("recv");
        for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
            const int *error = NLMSG_DATA(message);

            if (message->nlmsg_type == NLMSG_DONE)
                return 0;
            if (message->nlmsg_type != NLMSG_ERROR) {
                printf("type %u, %u bytes\\n", message->nlmsg_type, message->nlmsg_len);
                continue;
            }
            if (*error == 0)
                return 0;
            fprintf(stderr, "refused: %s\\n", strerror(-*error));
            return 1;
        }
    }
}
`;
}

/**
 * The same as a Python script, with nothing but the standard library.
 * @param request lines of bytes literals that follow each other
 */
export function pythonProgram(title: string, request: readonly string[], to: Destination): string {
  return `#!/usr/bin/env python3
${[title, ...remarks(to)].map((line) => `# ${line}`).join('\n')}
import os
import socket
import struct
import sys

request = (
${request.join('\n')}
)

NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, NETLINK_EXT_ACK = 270, 11

with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, ${protocolNumber(to)}) as kernel:  # ${to.protocol}
    kernel.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
    kernel.settimeout(2)
    kernel.sendto(request, (${to.destPortid ?? 0}, ${to.groupMask ?? 0}))
    while True:
        try:
            answer = kernel.recv(1 << 17)
        except TimeoutError:
            sys.exit(0)  # whatever was to come has come
        while len(answer) >= 16:
            length, kind = struct.unpack_from('=IH', answer)
            if kind == NLMSG_DONE:
                sys.exit(0)
            if kind == NLMSG_ERROR:
                (error,) = struct.unpack_from('=i', answer, 16)
                sys.exit(f'refused: {os.strerror(-error)}' if error else 0)
            print(f'type {kind}, {length} bytes')
            answer = answer[max(16, (length + 3) & ~3):]
`;
}

function protocolNumber({ protocol }: Destination): number {
  return findProtocol(protocol)?.number ?? 0;
}

function inComment(text: string): string {
  return text.replaceAll('*/', '* /');
}
