// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The generic netlink family "nlscope_lab". */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/version.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "lab.h"
#include "nlscope_lab.h"

#define MOST_DATA	8192

enum { GROUP_VALUES, GROUP_TICKS };

static const struct genl_multicast_group lab_groups[] = {
	[GROUP_VALUES] = { .name = NLSCOPE_LAB_MCGRP_VALUES },
	[GROUP_TICKS] = { .name = NLSCOPE_LAB_MCGRP_TICKS },
};

static struct genl_family lab_family;

/* Integers of 4 or 8 bytes came with Linux 6.7. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)

#define LAB_POLICY_UINT	{ .type = NLA_UINT }
#define LAB_POLICY_SINT	{ .type = NLA_SINT }

#define lab_put_uint nla_put_uint
#define lab_put_sint nla_put_sint
#define lab_get_uint nla_get_uint
#define lab_get_sint nla_get_sint

static struct nlattr **lab_dump_attrs(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}

#else

static int lab_check_int(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (nla_len(attr) == sizeof(u32) || nla_len(attr) == sizeof(u64))
		return 0;
	NL_SET_ERR_MSG(extack, "An integer of 4 or 8 bytes is expected");
	return -EINVAL;
}

#define LAB_POLICY_UINT	NLA_POLICY_VALIDATE_FN(NLA_BINARY, lab_check_int)
#define LAB_POLICY_SINT	LAB_POLICY_UINT

static int lab_put_uint(struct sk_buff *skb, int type, u64 value)
{
	u32 narrow = value;

	return narrow == value ? nla_put(skb, type, sizeof(narrow), &narrow) : nla_put(skb, type, sizeof(value), &value);
}

static int lab_put_sint(struct sk_buff *skb, int type, s64 value)
{
	s32 narrow = value;

	return narrow == value ? nla_put(skb, type, sizeof(narrow), &narrow) : nla_put(skb, type, sizeof(value), &value);
}

static u64 lab_get_uint(const struct nlattr *attr)
{
	return nla_len(attr) == sizeof(u32) ? nla_get_u32(attr) : nla_get_u64(attr);
}

static s64 lab_get_sint(const struct nlattr *attr)
{
	return nla_len(attr) == sizeof(s32) ? nla_get_s32(attr) : nla_get_s64(attr);
}

static struct nlattr **lab_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->attrs;
}

#endif

static const struct nla_policy lab_nest_policy[NLSCOPE_LAB_NEST_A_MAX + 1] = {
	[NLSCOPE_LAB_NEST_A_ID] = { .type = NLA_U32 },
	[NLSCOPE_LAB_NEST_A_NAME] = { .type = NLA_NUL_STRING, .len = 31 },
};

static const struct nla_policy lab_values_policy[NLSCOPE_LAB_A_MAX + 1] = {
	[NLSCOPE_LAB_A_U8] = { .type = NLA_U8 },
	[NLSCOPE_LAB_A_U16] = { .type = NLA_U16 },
	[NLSCOPE_LAB_A_U32] = { .type = NLA_U32 },
	[NLSCOPE_LAB_A_U64] = { .type = NLA_U64 },
	[NLSCOPE_LAB_A_S8] = { .type = NLA_S8 },
	[NLSCOPE_LAB_A_S16] = { .type = NLA_S16 },
	[NLSCOPE_LAB_A_S32] = { .type = NLA_S32 },
	[NLSCOPE_LAB_A_S64] = { .type = NLA_S64 },
	[NLSCOPE_LAB_A_BE16] = { .type = NLA_BE16 },
	[NLSCOPE_LAB_A_BE32] = { .type = NLA_BE32 },
	[NLSCOPE_LAB_A_BE64] = NLA_POLICY_EXACT_LEN(sizeof(__be64)),
	[NLSCOPE_LAB_A_UINT] = LAB_POLICY_UINT,
	[NLSCOPE_LAB_A_SINT] = LAB_POLICY_SINT,
	[NLSCOPE_LAB_A_STRING] = { .type = NLA_STRING, .len = 64 },
	[NLSCOPE_LAB_A_NUL_STRING] = { .type = NLA_NUL_STRING, .len = 64 },
	[NLSCOPE_LAB_A_BINARY] = { .type = NLA_BINARY, .len = 256 },
	[NLSCOPE_LAB_A_FLAG] = { .type = NLA_FLAG },
	[NLSCOPE_LAB_A_NEST] = NLA_POLICY_NESTED(lab_nest_policy),
	[NLSCOPE_LAB_A_ARRAY] = NLA_POLICY_NESTED_ARRAY(lab_nest_policy),
	[NLSCOPE_LAB_A_MULTI] = { .type = NLA_U32 },
	[NLSCOPE_LAB_A_BITS] =
		NLA_POLICY_BITFIELD32(NLSCOPE_LAB_BIT_RED | NLSCOPE_LAB_BIT_GREEN | NLSCOPE_LAB_BIT_BLUE),
	[NLSCOPE_LAB_A_PAD] = { .type = NLA_REJECT },
};

static struct netlink_range_validation lab_entries = { .max = 1000000 };
static struct netlink_range_validation lab_ticks = { .min = 1, .max = 10000000 };

static const struct nla_policy lab_entry_policy[NLSCOPE_LAB_ENTRY_A_MAX + 1] = {
	[NLSCOPE_LAB_ENTRY_A_COUNT] = NLA_POLICY_FULL_RANGE(NLA_U32, &lab_entries),
	[NLSCOPE_LAB_ENTRY_A_SIZE] = NLA_POLICY_MAX(NLA_U32, MOST_DATA),
	[NLSCOPE_LAB_ENTRY_A_INTERRUPT] = { .type = NLA_FLAG },
};

static const struct nla_policy lab_burst_policy[NLSCOPE_LAB_TICK_A_MAX + 1] = {
	[NLSCOPE_LAB_TICK_A_COUNT] = NLA_POLICY_FULL_RANGE(NLA_U32, &lab_ticks),
	[NLSCOPE_LAB_TICK_A_RATE] = { .type = NLA_U32 },
	[NLSCOPE_LAB_TICK_A_SIZE] = NLA_POLICY_MAX(NLA_U32, MOST_DATA),
};

static const struct nla_policy lab_fail_policy[NLSCOPE_LAB_FAIL_A_MAX + 1] = {
	[NLSCOPE_LAB_FAIL_A_KIND] = NLA_POLICY_MAX(NLA_U32, NLSCOPE_LAB_FAILURE_COOKIE),
	[NLSCOPE_LAB_FAIL_A_ERRNO] = NLA_POLICY_RANGE(NLA_U32, 1, MAX_ERRNO),
	[NLSCOPE_LAB_FAIL_A_VALUE] = { .type = NLA_U32 },
	[NLSCOPE_LAB_FAIL_A_RANGED] = NLA_POLICY_RANGE(NLA_U8, 1, 10),
	[NLSCOPE_LAB_FAIL_A_NEST] = NLA_POLICY_NESTED(lab_nest_policy),
	[NLSCOPE_LAB_FAIL_A_REQUIRED] = { .type = NLA_U32 },
};

static int lab_put_nest(struct sk_buff *skb, int type, u32 id, const char *name)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NLSCOPE_LAB_NEST_A_ID, id) || nla_put_string(skb, NLSCOPE_LAB_NEST_A_NAME, name)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* A value of every type, for a namespace where none was set. */
static int lab_put_samples(struct sk_buff *skb)
{
	static const u8 binary[] = { 0xde, 0xad, 0xbe, 0xef };
	struct nlattr *array;
	int i;

	if (nla_put_u8(skb, NLSCOPE_LAB_A_U8, 8) ||
	    nla_put_u16(skb, NLSCOPE_LAB_A_U16, 1600) ||
	    nla_put_u32(skb, NLSCOPE_LAB_A_U32, 3200000000U) ||
	    nla_put_u64_64bit(skb, NLSCOPE_LAB_A_U64, 6400000000000000000ULL, NLSCOPE_LAB_A_PAD) ||
	    nla_put_s8(skb, NLSCOPE_LAB_A_S8, -8) ||
	    nla_put_s16(skb, NLSCOPE_LAB_A_S16, -1600) ||
	    nla_put_s32(skb, NLSCOPE_LAB_A_S32, -3200000) ||
	    nla_put_s64(skb, NLSCOPE_LAB_A_S64, -6400000000LL, NLSCOPE_LAB_A_PAD) ||
	    nla_put_be16(skb, NLSCOPE_LAB_A_BE16, cpu_to_be16(0x0102)) ||
	    nla_put_be32(skb, NLSCOPE_LAB_A_BE32, cpu_to_be32(0x01020304)) ||
	    nla_put_be64(skb, NLSCOPE_LAB_A_BE64, cpu_to_be64(0x0102030405060708ULL), NLSCOPE_LAB_A_PAD) ||
	    lab_put_uint(skb, NLSCOPE_LAB_A_UINT, 1ULL << 40) ||
	    lab_put_sint(skb, NLSCOPE_LAB_A_SINT, -40) ||
	    nla_put(skb, NLSCOPE_LAB_A_STRING, 4, "text") ||
	    nla_put_string(skb, NLSCOPE_LAB_A_NUL_STRING, "text with an end") ||
	    nla_put(skb, NLSCOPE_LAB_A_BINARY, sizeof(binary), binary) ||
	    nla_put_flag(skb, NLSCOPE_LAB_A_FLAG) ||
	    lab_put_nest(skb, NLSCOPE_LAB_A_NEST, 1, "nested"))
		return -EMSGSIZE;
	array = nla_nest_start(skb, NLSCOPE_LAB_A_ARRAY);
	if (!array)
		return -EMSGSIZE;
	for (i = 1; i <= 2; i++) {
		if (lab_put_nest(skb, i, i, i == 1 ? "first" : "second"))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, array);
	if (nla_put_u32(skb, NLSCOPE_LAB_A_MULTI, 10) ||
	    nla_put_u32(skb, NLSCOPE_LAB_A_MULTI, 20) ||
	    nla_put_bitfield32(skb, NLSCOPE_LAB_A_BITS, NLSCOPE_LAB_BIT_GREEN,
			       NLSCOPE_LAB_BIT_RED | NLSCOPE_LAB_BIT_GREEN))
		return -EMSGSIZE;
	return 0;
}

/* Puts an attribute anew from its value: what the reader of the copy sees is what the kernel understood. */
static int lab_put_again(struct sk_buff *skb, const struct nlattr *attr)
{
	int type = nla_type(attr);

	switch (type) {
	case NLSCOPE_LAB_A_U8:
		return nla_put_u8(skb, type, nla_get_u8(attr));
	case NLSCOPE_LAB_A_U16:
		return nla_put_u16(skb, type, nla_get_u16(attr));
	case NLSCOPE_LAB_A_U32:
	case NLSCOPE_LAB_A_MULTI:
		return nla_put_u32(skb, type, nla_get_u32(attr));
	case NLSCOPE_LAB_A_U64:
		return nla_put_u64_64bit(skb, type, nla_get_u64(attr), NLSCOPE_LAB_A_PAD);
	case NLSCOPE_LAB_A_S8:
		return nla_put_s8(skb, type, nla_get_s8(attr));
	case NLSCOPE_LAB_A_S16:
		return nla_put_s16(skb, type, nla_get_s16(attr));
	case NLSCOPE_LAB_A_S32:
		return nla_put_s32(skb, type, nla_get_s32(attr));
	case NLSCOPE_LAB_A_S64:
		return nla_put_s64(skb, type, nla_get_s64(attr), NLSCOPE_LAB_A_PAD);
	case NLSCOPE_LAB_A_BE16:
		return nla_put_be16(skb, type, nla_get_be16(attr));
	case NLSCOPE_LAB_A_BE32:
		return nla_put_be32(skb, type, nla_get_be32(attr));
	case NLSCOPE_LAB_A_BE64:
		return nla_put_be64(skb, type, nla_get_be64(attr), NLSCOPE_LAB_A_PAD);
	case NLSCOPE_LAB_A_UINT:
		return lab_put_uint(skb, type, lab_get_uint(attr));
	case NLSCOPE_LAB_A_SINT:
		return lab_put_sint(skb, type, lab_get_sint(attr));
	case NLSCOPE_LAB_A_FLAG:
		return nla_put_flag(skb, type);
	default:
		/* Text, bytes, nests and bit fields are what they are. */
		return nla_put(skb, attr->nla_type, nla_len(attr), nla_data(attr));
	}
}

static struct sk_buff *lab_reply(const struct genl_info *info, u8 cmd, int size, void **header)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put(skb, info->snd_portid, info->snd_seq, &lab_family, 0, cmd);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int lab_values_get(struct sk_buff *request, struct genl_info *info)
{
	struct lab_net *lab = lab_net_of(genl_info_net(info));
	struct sk_buff *skb;
	void *header;
	int err;

	mutex_lock(&lab->lock);
	skb = lab_reply(info, NLSCOPE_LAB_CMD_VALUES_GET, max_t(int, lab->values_len, GENLMSG_DEFAULT_SIZE), &header);
	if (!skb)
		err = -ENOMEM;
	else if (lab->values)
		err = nla_append(skb, lab->values_len, lab->values);
	else
		err = lab_put_samples(skb);
	mutex_unlock(&lab->lock);
	if (!skb)
		return err;
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/* Bytes that the attributes of a request take when they are put anew, padding for 64-bit values included. */
static int lab_copy_size(const struct genl_info *info)
{
	return 2 * nlmsg_len(info->nlhdr) + 256;
}

static int lab_put_request(struct sk_buff *skb, const struct genl_info *info)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		err = lab_put_again(skb, attr);
		if (err)
			return err;
	}
	return 0;
}

static int lab_values_set(struct sk_buff *request, struct genl_info *info)
{
	struct lab_net *lab = lab_net_of(genl_info_net(info));
	struct sk_buff *skb, *news;
	void *header, *values;
	int len, err;

	skb = lab_reply(info, NLSCOPE_LAB_CMD_VALUES_SET, lab_copy_size(info), &header);
	if (!skb)
		return -ENOMEM;
	err = lab_put_request(skb, info);
	if (err)
		goto free_reply;
	genlmsg_end(skb, header);

	len = nlmsg_len(nlmsg_hdr(skb)) - GENL_HDRLEN;
	err = -ENOMEM;
	values = kmemdup(header, len, GFP_KERNEL);
	if (!values)
		goto free_reply;
	news = genlmsg_new(len, GFP_KERNEL);
	if (!news)
		goto free_values;
	header = genlmsg_put(news, 0, 0, &lab_family, 0, NLSCOPE_LAB_CMD_VALUES_NTF);
	if (!header || nla_append(news, len, values))
		goto free_news;
	genlmsg_end(news, header);

	mutex_lock(&lab->lock);
	swap(lab->values, values);
	lab->values_len = len;
	mutex_unlock(&lab->lock);
	kfree(values);
	/* That nobody listens is no error. */
	genlmsg_multicast_netns(&lab_family, lab->net, news, 0, GROUP_VALUES, GFP_KERNEL);
	return genlmsg_reply(skb, info);

free_news:
	nlmsg_free(news);
free_values:
	kfree(values);
free_reply:
	nlmsg_free(skb);
	return err;
}

/* How far a dump has come, in netlink_callback.ctx. */
struct lab_dump {
	u32 next;
	u32 count;
	u32 size;
	bool interrupt;
};

static int lab_entry_start(struct netlink_callback *cb)
{
	struct lab_dump *dump = (void *)cb->ctx;
	struct nlattr **attrs = lab_dump_attrs(cb);
	struct nlattr *count = attrs[NLSCOPE_LAB_ENTRY_A_COUNT], *size = attrs[NLSCOPE_LAB_ENTRY_A_SIZE];

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	dump->count = count ? nla_get_u32(count) : 10;
	dump->size = size ? nla_get_u32(size) : 16;
	dump->interrupt = nla_get_flag(attrs[NLSCOPE_LAB_ENTRY_A_INTERRUPT]);
	cb->seq = 1;
	return 0;
}

static int lab_put_data(struct sk_buff *skb, int type, u32 size, u32 index)
{
	struct nlattr *data;

	if (size == 0)
		return 0;
	data = nla_reserve(skb, type, size);
	if (!data)
		return -EMSGSIZE;
	memset(nla_data(data), (u8)index, size);
	return 0;
}

static int lab_entry_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct lab_dump *dump = (void *)cb->ctx;

	/* As if an entry had been added since the last part. */
	if (dump->interrupt && dump->next > 0)
		cb->seq++;
	for (; dump->next < dump->count; dump->next++) {
		void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &lab_family,
					   NLM_F_MULTI, NLSCOPE_LAB_CMD_ENTRY_GET);

		if (!header)
			break;
		genl_dump_check_consistent(cb, header);
		if (nla_put_u32(skb, NLSCOPE_LAB_ENTRY_A_INDEX, dump->next) ||
		    lab_put_data(skb, NLSCOPE_LAB_ENTRY_A_DATA, dump->size, dump->next)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	return skb->len;
}

static struct sk_buff *lab_tick(const struct lab_burst *burst, u32 index)
{
	struct sk_buff *skb = genlmsg_new(nla_total_size(sizeof(u32)) + nla_total_size(burst->size), GFP_KERNEL);
	void *header;

	if (!skb)
		return NULL;
	header = genlmsg_put(skb, 0, 0, &lab_family, 0, NLSCOPE_LAB_CMD_TICK_NTF);
	if (!header || nla_put_u32(skb, NLSCOPE_LAB_TICK_A_INDEX, index) ||
	    lab_put_data(skb, NLSCOPE_LAB_TICK_A_DATA, burst->size, index)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

/* Nanoseconds until a notification is due; those due within a millisecond are sent at once. */
static s64 lab_ahead(const struct lab_burst *burst, u64 start, u32 index)
{
	s64 ahead;

	if (!burst->rate)
		return 0;
	ahead = start + div_u64((u64)index * NSEC_PER_SEC, burst->rate) - ktime_get_ns();
	return ahead > NSEC_PER_MSEC ? ahead : 0;
}

static void lab_burst_run(struct work_struct *work)
{
	struct lab_net *lab = container_of(work, struct lab_net, burst.work);
	struct lab_burst *burst = &lab->burst;
	u64 start = ktime_get_ns();
	u32 index = 0;

	while (index < burst->count && !READ_ONCE(burst->stop)) {
		s64 ahead = lab_ahead(burst, start, index);
		struct sk_buff *skb;

		if (ahead) {
			/* In short naps: the end of the namespace waits for this. */
			fsleep(div_u64(min_t(u64, ahead, 100 * NSEC_PER_MSEC), NSEC_PER_USEC));
			continue;
		}
		skb = lab_tick(burst, index);
		atomic64_inc(&lab->counters.ticks);
		/* ESRCH: no socket took it, because none listens or because its buffer is full. */
		if (!skb || genlmsg_multicast_netns(&lab_family, lab->net, skb, 0, GROUP_TICKS, GFP_KERNEL))
			atomic64_inc(&lab->counters.undelivered);
		index++;
		cond_resched();
	}
	smp_store_release(&burst->running, false);
}

static int lab_burst_start(struct sk_buff *request, struct genl_info *info)
{
	struct lab_net *lab = lab_net_of(genl_info_net(info));
	struct lab_burst *burst = &lab->burst;
	struct nlattr **attrs = info->attrs;
	int err = 0;

	if (GENL_REQ_ATTR_CHECK(info, NLSCOPE_LAB_TICK_A_COUNT)) {
		NL_SET_ERR_MSG(info->extack, "How many notifications?");
		return -EINVAL;
	}
	mutex_lock(&lab->lock);
	if (smp_load_acquire(&burst->running)) {
		NL_SET_ERR_MSG(info->extack, "A burst is running in this network namespace");
		err = -EBUSY;
	} else {
		burst->count = nla_get_u32(attrs[NLSCOPE_LAB_TICK_A_COUNT]);
		burst->rate = attrs[NLSCOPE_LAB_TICK_A_RATE] ? nla_get_u32(attrs[NLSCOPE_LAB_TICK_A_RATE]) : 0;
		burst->size = attrs[NLSCOPE_LAB_TICK_A_SIZE] ? nla_get_u32(attrs[NLSCOPE_LAB_TICK_A_SIZE]) : 0;
		burst->running = true;
		queue_work(system_unbound_wq, &burst->work);
	}
	mutex_unlock(&lab->lock);
	return err;
}

static int lab_fail_missing_in_nest(struct genl_info *info, int error)
{
	struct nlattr *nest = info->attrs[NLSCOPE_LAB_FAIL_A_NEST];
	struct nlattr *inside[NLSCOPE_LAB_NEST_A_MAX + 1];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NLSCOPE_LAB_FAIL_A_NEST)) {
		NL_SET_ERR_MSG(info->extack, "This failure needs a nest in which something is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(inside, NLSCOPE_LAB_NEST_A_MAX, nest, lab_nest_policy, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, inside, NLSCOPE_LAB_NEST_A_NAME)) {
		NL_SET_ERR_MSG(info->extack, "The nest has no name");
		return -error;
	}
	return 0;
}

static int lab_fail_nested_offset(struct genl_info *info, int error)
{
	struct nlattr *nest = info->attrs[NLSCOPE_LAB_FAIL_A_NEST];
	struct nlattr *inside[NLSCOPE_LAB_NEST_A_MAX + 1] = {};
	int err = nest ? nla_parse_nested(inside, NLSCOPE_LAB_NEST_A_MAX, nest, lab_nest_policy, info->extack) : 0;

	if (err)
		return err;
	if (!inside[NLSCOPE_LAB_NEST_A_ID]) {
		NL_SET_ERR_MSG(info->extack, "This failure needs a nest with an id");
		return -EINVAL;
	}
	NL_SET_ERR_MSG_ATTR(info->extack, inside[NLSCOPE_LAB_NEST_A_ID], "Nobody likes this id");
	return -error;
}

static int lab_fail(struct sk_buff *request, struct genl_info *info)
{
	static const u8 cookie[] = { 'c', 'o', 'o', 'k', 'i', 'e', 0x12, 0x34 };
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **attrs = info->attrs;
	int error = attrs[NLSCOPE_LAB_FAIL_A_ERRNO] ? nla_get_u32(attrs[NLSCOPE_LAB_FAIL_A_ERRNO]) : EINVAL;

	if (GENL_REQ_ATTR_CHECK(info, NLSCOPE_LAB_FAIL_A_KIND)) {
		NL_SET_ERR_MSG(extack, "Which failure?");
		return -EINVAL;
	}
	switch (nla_get_u32(attrs[NLSCOPE_LAB_FAIL_A_KIND])) {
	case NLSCOPE_LAB_FAILURE_ERRNO:
		return -error;
	case NLSCOPE_LAB_FAILURE_MESSAGE:
		NL_SET_ERR_MSG(extack, "It was asked to fail, and it does");
		return -error;
	case NLSCOPE_LAB_FAILURE_OFFSET:
		if (GENL_REQ_ATTR_CHECK(info, NLSCOPE_LAB_FAIL_A_VALUE)) {
			NL_SET_ERR_MSG(extack, "This failure needs an attribute to complain of");
			return -EINVAL;
		}
		NL_SET_BAD_ATTR(extack, attrs[NLSCOPE_LAB_FAIL_A_VALUE]);
		return -error;
	case NLSCOPE_LAB_FAILURE_NESTED_OFFSET:
		return lab_fail_nested_offset(info, error);
	case NLSCOPE_LAB_FAILURE_MISSING_ATTR:
		return GENL_REQ_ATTR_CHECK(info, NLSCOPE_LAB_FAIL_A_REQUIRED) ? -error : 0;
	case NLSCOPE_LAB_FAILURE_MISSING_IN_NEST:
		return lab_fail_missing_in_nest(info, error);
	case NLSCOPE_LAB_FAILURE_COOKIE:
		BUILD_BUG_ON(sizeof(cookie) > NETLINK_MAX_COOKIE_LEN);
		if (extack) {
			memcpy(extack->cookie, cookie, sizeof(cookie));
			extack->cookie_len = sizeof(cookie);
		}
		return 0;
	}
	return -EOPNOTSUPP;
}

static int lab_stats_get(struct sk_buff *request, struct genl_info *info)
{
	struct lab_net *lab = lab_net_of(genl_info_net(info));
	const struct {
		int type;
		const atomic64_t *counter;
	} counters[] = {
		{ NLSCOPE_LAB_STATS_A_RECEIVED, &lab->counters.received },
		{ NLSCOPE_LAB_STATS_A_IGNORED, &lab->counters.ignored },
		{ NLSCOPE_LAB_STATS_A_ECHOED, &lab->counters.echoed },
		{ NLSCOPE_LAB_STATS_A_FORWARDED, &lab->counters.forwarded },
		{ NLSCOPE_LAB_STATS_A_GREETINGS, &lab->counters.greetings },
		{ NLSCOPE_LAB_STATS_A_TICKS, &lab->counters.ticks },
		{ NLSCOPE_LAB_STATS_A_UNDELIVERED, &lab->counters.undelivered },
	};
	bool running = smp_load_acquire(&lab->burst.running);
	struct sk_buff *skb;
	void *header;
	int i;

	skb = lab_reply(info, NLSCOPE_LAB_CMD_STATS_GET, GENLMSG_DEFAULT_SIZE, &header);
	if (!skb)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		if (nla_put_u64_64bit(skb, counters[i].type, atomic64_read(counters[i].counter), NLSCOPE_LAB_STATS_A_PAD))
			goto full;
	}
	if (running && nla_put_flag(skb, NLSCOPE_LAB_STATS_A_RUNNING))
		goto full;
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);

full:
	nlmsg_free(skb);
	return -EMSGSIZE;
}

static const struct genl_ops lab_ops[] = {
	{
		.cmd = NLSCOPE_LAB_CMD_VALUES_GET,
		.doit = lab_values_get,
		.policy = lab_values_policy,
		.maxattr = NLSCOPE_LAB_A_MAX,
	},
	{
		.cmd = NLSCOPE_LAB_CMD_VALUES_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lab_values_set,
		.policy = lab_values_policy,
		.maxattr = NLSCOPE_LAB_A_MAX,
	},
	{
		.cmd = NLSCOPE_LAB_CMD_ENTRY_GET,
		.start = lab_entry_start,
		.dumpit = lab_entry_dump,
		.policy = lab_entry_policy,
		.maxattr = NLSCOPE_LAB_ENTRY_A_MAX,
	},
	{
		.cmd = NLSCOPE_LAB_CMD_BURST_START,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = lab_burst_start,
		.policy = lab_burst_policy,
		.maxattr = NLSCOPE_LAB_TICK_A_MAX,
	},
	{
		.cmd = NLSCOPE_LAB_CMD_FAIL,
		.doit = lab_fail,
		.policy = lab_fail_policy,
		.maxattr = NLSCOPE_LAB_FAIL_A_MAX,
	},
	{
		.cmd = NLSCOPE_LAB_CMD_STATS_GET,
		.doit = lab_stats_get,
	},
};

static struct genl_family lab_family __ro_after_init = {
	.name = NLSCOPE_LAB_GENL_NAME,
	.version = NLSCOPE_LAB_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = lab_ops,
	.n_ops = ARRAY_SIZE(lab_ops),
	.resv_start_op = NLSCOPE_LAB_CMD_UNSPEC + 1,
	.mcgrps = lab_groups,
	.n_mcgrps = ARRAY_SIZE(lab_groups),
};

void lab_genl_init_net(struct lab_net *lab)
{
	INIT_WORK(&lab->burst.work, lab_burst_run);
}

void lab_genl_exit_net(struct lab_net *lab)
{
	WRITE_ONCE(lab->burst.stop, true);
	cancel_work_sync(&lab->burst.work);
	kfree(lab->values);
}

int lab_genl_register(void)
{
	return genl_register_family(&lab_family);
}

void lab_genl_unregister(void)
{
	genl_unregister_family(&lab_family);
}
