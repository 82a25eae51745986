// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The raw half: text on a netlink protocol of its own. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <net/netlink.h>

#include "lab.h"

/* Bytes of a message that are logged. */
#define LOGGED 64

static int proto = 31;
module_param(proto, int, 0444);
MODULE_PARM_DESC(proto, "netlink protocol number, 0 to 31 (default 31)");

static uint r_grps = 3;
module_param(r_grps, uint, 0644);
MODULE_PARM_DESC(r_grps, "bit mask of the groups whose messages are received (default 3: groups 1 and 2)");

static uint b_grp = 2;
module_param(b_grp, uint, 0644);
MODULE_PARM_DESC(b_grp, "bit mask of the groups that are greeted, a broadcast for each bit (default 2: group 2)");

static char *greeting = "Greeting from kernel!";
module_param(greeting, charp, 0444);
MODULE_PARM_DESC(greeting, "text of the broadcast");

static uint interval_ms = 1000;
module_param(interval_ms, uint, 0444);
MODULE_PARM_DESC(interval_ms, "milliseconds between broadcasts, 0 for none (default 1000)");

int lab_raw_check_params(void)
{
	if (proto < 0 || proto >= MAX_LINKS) {
		pr_err("proto=%d is not a netlink protocol number (0 to %d)\n", proto, MAX_LINKS - 1);
		return -EINVAL;
	}
	return 0;
}

static struct sk_buff *lab_message(u32 portid, u32 seq, u16 type, const void *payload, int len)
{
	struct sk_buff *skb = nlmsg_new(len, GFP_KERNEL);
	struct nlmsghdr *nlh;

	if (!skb)
		return NULL;
	nlh = nlmsg_put(skb, portid, seq, type, len, 0);
	if (!nlh) {
		nlmsg_free(skb);
		return NULL;
	}
	memcpy(nlmsg_data(nlh), payload, len);
	return skb;
}

static void lab_greet(struct work_struct *work)
{
	struct lab_net *lab = container_of(to_delayed_work(work), struct lab_net, greet);
	unsigned long groups = READ_ONCE(b_grp);
	unsigned int bit;

	for_each_set_bit(bit, &groups, 32) {
		struct sk_buff *skb = lab_message(0, ++lab->greet_seq, NLMSG_MIN_TYPE, greeting, strlen(greeting) + 1);

		if (!skb)
			break;
		/* That nobody listens is no error. */
		netlink_broadcast(lab->sk, skb, 0, bit + 1, GFP_KERNEL);
		atomic64_inc(&lab->counters.greetings);
	}
	schedule_delayed_work(&lab->greet, msecs_to_jiffies(interval_ms));
}

/*
 * A payload that begins with the number of a portid is sent on to that portid: the text after the number, or all of it
 * when nothing follows. Returns 0 also when it is other text.
 */
static int lab_forward(struct lab_net *lab, const struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	const char *text = nlmsg_data(nlh);
	int len = nlmsg_len(nlh), digits = 0;
	struct sk_buff *skb;
	char number[11];
	u32 portid;
	int err;

	while (digits < len && isdigit(text[digits]))
		digits++;
	if (digits == 0 || digits >= sizeof(number))
		return 0;
	if (digits < len && text[digits] != '\0' && text[digits] != ' ')
		return 0;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (kstrtou32(number, 10, &portid) || portid == 0)
		return 0;
	if (len - digits > 1 && text[digits] == ' ' && text[digits + 1] != '\0') {
		text += digits + 1;
		len -= digits + 1;
	}
	skb = lab_message(0, nlh->nlmsg_seq, nlh->nlmsg_type, text, len);
	if (!skb)
		return -ENOMEM;
	err = nlmsg_unicast(lab->sk, skb, portid);
	if (err < 0) {
		NL_SET_ERR_MSG(extack, "The payload names a portid that does not take the message");
		return err;
	}
	atomic64_inc(&lab->counters.forwarded);
	return 0;
}

static int lab_echo(struct lab_net *lab, u32 portid, const struct nlmsghdr *nlh)
{
	struct sk_buff *skb;
	int err;

	skb = lab_message(portid, nlh->nlmsg_seq, nlh->nlmsg_type, nlmsg_data(nlh), nlmsg_len(nlh));
	if (!skb)
		return -ENOMEM;
	err = nlmsg_unicast(lab->sk, skb, portid);
	if (err < 0)
		return err;
	atomic64_inc(&lab->counters.echoed);
	return 0;
}

/*
 * A kernel socket joins no groups: whatever is sent to a group also comes to portid 0, with the number of that group.
 * So r_grps is looked up here.
 */
static int lab_receive_one(struct sk_buff *skb, struct nlmsghdr *nlh, struct netlink_ext_ack *extack)
{
	struct lab_net *lab = lab_net_of(sock_net(skb->sk));
	u32 portid = NETLINK_CB(skb).portid;
	u32 group = NETLINK_CB(skb).dst_group;
	int len = nlmsg_len(nlh);
	int err;

	if (group && (group > 32 || !(READ_ONCE(r_grps) & BIT(group - 1)))) {
		atomic64_inc(&lab->counters.ignored);
		return 0;
	}
	atomic64_inc(&lab->counters.received);
	pr_info_ratelimited("%d bytes from portid %u, group %u: %*pE\n", len, portid, group, min(len, LOGGED),
			    (char *)nlmsg_data(nlh));
	if (nlh->nlmsg_flags & NLM_F_ECHO) {
		err = lab_echo(lab, portid, nlh);
		if (err)
			return err;
	}
	return group ? 0 : lab_forward(lab, nlh, extack);
}

static void lab_receive(struct sk_buff *skb)
{
	/* Acknowledges with NLM_F_ACK and reports errors. */
	netlink_rcv_skb(skb, lab_receive_one);
}

int lab_raw_init_net(struct lab_net *lab)
{
	struct netlink_kernel_cfg cfg = {
		.groups = 32,
		.flags = NL_CFG_F_NONROOT_RECV | NL_CFG_F_NONROOT_SEND,
		.input = lab_receive,
	};

	lab->sk = netlink_kernel_create(lab->net, proto, &cfg);
	if (!lab->sk) {
		pr_err("netlink protocol %d is taken\n", proto);
		return -EBUSY;
	}
	INIT_DELAYED_WORK(&lab->greet, lab_greet);
	if (interval_ms)
		schedule_delayed_work(&lab->greet, msecs_to_jiffies(interval_ms));
	return 0;
}

void lab_raw_exit_net(struct lab_net *lab)
{
	cancel_delayed_work_sync(&lab->greet);
	netlink_kernel_release(lab->sk);
}
