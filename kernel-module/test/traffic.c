/* SPDX-License-Identifier: MIT */
/* Uses nlscope_lab all the time, if it is there: short-lived sockets of its protocol, and requests to its family. */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char NAME[] = "nlscope_lab";

struct request {
	struct nlmsghdr nlh;
	struct genlmsghdr genl;
	struct nlattr attr;
	char name[16];
};

static int opened(int protocol, unsigned int groups)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW, protocol);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static int received(int fd, void *buffer, int size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	return poll(&ready, 1, 20) > 0 ? recv(fd, buffer, size, 0) : -1;
}

static void talk(void)
{
	struct { struct nlmsghdr nlh; char text[8]; } message = {
		.nlh = { sizeof(message), NLMSG_MIN_TYPE, NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO, 1, 0 },
		.text = "traffic",
	};
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = opened(31, 2);
	char answer[256];

	if (fd < 0)
		return;
	sendto(fd, &message, sizeof(message), 0, (struct sockaddr *)&to, sizeof(to));
	received(fd, answer, sizeof(answer));
	close(fd);
}

/* The family's number, from the first attribute NLA of that type in the answer; 0 when it is not there. */
static int family(int fd)
{
	struct request request = {
		.nlh = { NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN + sizeof(NAME), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 },
		.genl = { CTRL_CMD_GETFAMILY, 1, 0 },
		.attr = { NLA_HDRLEN + sizeof(NAME), CTRL_ATTR_FAMILY_NAME },
	};
	union { struct nlmsghdr nlh; char bytes[8192]; } answer;
	int length, at = NLMSG_HDRLEN + GENL_HDRLEN;

	memcpy(request.name, NAME, sizeof(NAME));
	send(fd, &request, NLMSG_ALIGN(request.nlh.nlmsg_len), 0);
	length = received(fd, &answer, sizeof(answer));
	if (length < at || answer.nlh.nlmsg_type != GENL_ID_CTRL)
		return 0;
	while (at + NLA_HDRLEN <= length) {
		struct nlattr *attr = (struct nlattr *)(answer.bytes + at);

		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(__u16 *)(attr + 1);
		at += NLA_ALIGN(attr->nla_len);
	}
	return 0;
}

static void ask(void)
{
	int fd = opened(NETLINK_GENERIC, 0), id, cmd;
	char answer[65536];

	if (fd < 0)
		return;
	id = family(fd);
	for (cmd = 1; id && cmd <= 8; cmd++) {
		struct request request = {
			.nlh = { NLMSG_HDRLEN + GENL_HDRLEN, id, NLM_F_REQUEST | NLM_F_ACK, 1, 0 },
			.genl = { cmd, 1, 0 },
		};

		if (cmd == 4)
			request.nlh.nlmsg_flags |= NLM_F_DUMP;
		send(fd, &request, request.nlh.nlmsg_len, 0);
		received(fd, answer, sizeof(answer));
	}
	close(fd);
}

int main(void)
{
	for (;;) {
		talk();
		ask();
	}
}
