/* SPDX-License-Identifier: MIT */
/*
 * What user space and nlscope_lab.ko say to each other: the generic netlink family "nlscope_lab".
 * The raw half, on a netlink protocol of its own, carries text and needs no numbers.
 */
#ifndef _UAPI_NLSCOPE_LAB_H
#define _UAPI_NLSCOPE_LAB_H

#define NLSCOPE_LAB_GENL_NAME		"nlscope_lab"
#define NLSCOPE_LAB_GENL_VERSION	1
#define NLSCOPE_LAB_MCGRP_VALUES	"values"
#define NLSCOPE_LAB_MCGRP_TICKS		"ticks"

enum {
	NLSCOPE_LAB_CMD_UNSPEC,
	/* The values that were set last in this network namespace. */
	NLSCOPE_LAB_CMD_VALUES_GET,
	/* Sets values, answers with them as the kernel read them and tells the group "values". */
	NLSCOPE_LAB_CMD_VALUES_SET,
	/* Notification of NLSCOPE_LAB_CMD_VALUES_SET. */
	NLSCOPE_LAB_CMD_VALUES_NTF,
	/* A dump of a chosen length. */
	NLSCOPE_LAB_CMD_ENTRY_GET,
	/* Starts a burst of notifications to the group "ticks". */
	NLSCOPE_LAB_CMD_BURST_START,
	/* One notification of a burst. */
	NLSCOPE_LAB_CMD_TICK_NTF,
	/* Fails in the way that is asked for. */
	NLSCOPE_LAB_CMD_FAIL,
	/* Counters of this network namespace. */
	NLSCOPE_LAB_CMD_STATS_GET,

	__NLSCOPE_LAB_CMD_MAX,
	NLSCOPE_LAB_CMD_MAX = (__NLSCOPE_LAB_CMD_MAX - 1)
};

/* One attribute of every type that netlink knows. */
enum {
	NLSCOPE_LAB_A_UNSPEC,
	NLSCOPE_LAB_A_U8,
	NLSCOPE_LAB_A_U16,
	NLSCOPE_LAB_A_U32,
	NLSCOPE_LAB_A_U64,
	NLSCOPE_LAB_A_S8,
	NLSCOPE_LAB_A_S16,
	NLSCOPE_LAB_A_S32,
	NLSCOPE_LAB_A_S64,
	NLSCOPE_LAB_A_BE16,
	NLSCOPE_LAB_A_BE32,
	NLSCOPE_LAB_A_BE64,
	NLSCOPE_LAB_A_UINT,
	NLSCOPE_LAB_A_SINT,
	NLSCOPE_LAB_A_STRING,
	NLSCOPE_LAB_A_NUL_STRING,
	NLSCOPE_LAB_A_BINARY,
	NLSCOPE_LAB_A_FLAG,
	NLSCOPE_LAB_A_NEST,
	NLSCOPE_LAB_A_ARRAY,
	NLSCOPE_LAB_A_MULTI,
	NLSCOPE_LAB_A_BITS,
	NLSCOPE_LAB_A_PAD,

	__NLSCOPE_LAB_A_MAX,
	NLSCOPE_LAB_A_MAX = (__NLSCOPE_LAB_A_MAX - 1)
};

/* In NLSCOPE_LAB_A_NEST, NLSCOPE_LAB_FAIL_A_NEST and each element of NLSCOPE_LAB_A_ARRAY. */
enum {
	NLSCOPE_LAB_NEST_A_UNSPEC,
	NLSCOPE_LAB_NEST_A_ID,
	NLSCOPE_LAB_NEST_A_NAME,

	__NLSCOPE_LAB_NEST_A_MAX,
	NLSCOPE_LAB_NEST_A_MAX = (__NLSCOPE_LAB_NEST_A_MAX - 1)
};

/* Bits of NLSCOPE_LAB_A_BITS. */
enum nlscope_lab_bits {
	NLSCOPE_LAB_BIT_RED	= 1 << 0,
	NLSCOPE_LAB_BIT_GREEN	= 1 << 1,
	NLSCOPE_LAB_BIT_BLUE	= 1 << 2,
};

enum {
	NLSCOPE_LAB_ENTRY_A_UNSPEC,
	NLSCOPE_LAB_ENTRY_A_COUNT,	/* request: how many entries */
	NLSCOPE_LAB_ENTRY_A_SIZE,	/* request: bytes of data in each */
	NLSCOPE_LAB_ENTRY_A_INTERRUPT,	/* request: let the table change during the dump (NLM_F_DUMP_INTR) */
	NLSCOPE_LAB_ENTRY_A_INDEX,	/* reply: from 0 */
	NLSCOPE_LAB_ENTRY_A_DATA,	/* reply */

	__NLSCOPE_LAB_ENTRY_A_MAX,
	NLSCOPE_LAB_ENTRY_A_MAX = (__NLSCOPE_LAB_ENTRY_A_MAX - 1)
};

enum {
	NLSCOPE_LAB_TICK_A_UNSPEC,
	NLSCOPE_LAB_TICK_A_COUNT,	/* request: how many notifications */
	NLSCOPE_LAB_TICK_A_RATE,	/* request: how many in a second, 0 or absent: as fast as it goes */
	NLSCOPE_LAB_TICK_A_SIZE,	/* request: bytes of data in each */
	NLSCOPE_LAB_TICK_A_INDEX,	/* notification: from 0 */
	NLSCOPE_LAB_TICK_A_DATA,	/* notification */

	__NLSCOPE_LAB_TICK_A_MAX,
	NLSCOPE_LAB_TICK_A_MAX = (__NLSCOPE_LAB_TICK_A_MAX - 1)
};

/* What NLSCOPE_LAB_CMD_FAIL answers with. */
enum nlscope_lab_failure {
	NLSCOPE_LAB_FAILURE_ERRNO,		/* an error number alone */
	NLSCOPE_LAB_FAILURE_MESSAGE,		/* NLMSGERR_ATTR_MSG */
	NLSCOPE_LAB_FAILURE_OFFSET,		/* NLMSGERR_ATTR_OFFS of NLSCOPE_LAB_FAIL_A_VALUE */
	NLSCOPE_LAB_FAILURE_NESTED_OFFSET,	/* of NLSCOPE_LAB_NEST_A_ID in NLSCOPE_LAB_FAIL_A_NEST, with a message */
	NLSCOPE_LAB_FAILURE_MISSING_ATTR,	/* NLMSGERR_ATTR_MISS_TYPE: NLSCOPE_LAB_FAIL_A_REQUIRED */
	NLSCOPE_LAB_FAILURE_MISSING_IN_NEST,	/* and NLMSGERR_ATTR_MISS_NEST: NLSCOPE_LAB_NEST_A_NAME */
	NLSCOPE_LAB_FAILURE_COOKIE,		/* no failure: an acknowledgment with NLMSGERR_ATTR_COOKIE */
};

enum {
	NLSCOPE_LAB_FAIL_A_UNSPEC,
	NLSCOPE_LAB_FAIL_A_KIND,	/* enum nlscope_lab_failure */
	NLSCOPE_LAB_FAIL_A_ERRNO,	/* positive error number, EINVAL when absent */
	NLSCOPE_LAB_FAIL_A_VALUE,	/* what NLSCOPE_LAB_FAILURE_OFFSET complains of */
	NLSCOPE_LAB_FAIL_A_RANGED,	/* the policy allows 1 to 10: NLMSGERR_ATTR_POLICY otherwise */
	NLSCOPE_LAB_FAIL_A_NEST,
	NLSCOPE_LAB_FAIL_A_REQUIRED,	/* NLSCOPE_LAB_FAILURE_MISSING_ATTR succeeds when it is there */

	__NLSCOPE_LAB_FAIL_A_MAX,
	NLSCOPE_LAB_FAIL_A_MAX = (__NLSCOPE_LAB_FAIL_A_MAX - 1)
};

enum {
	NLSCOPE_LAB_STATS_A_UNSPEC,
	NLSCOPE_LAB_STATS_A_PAD,
	NLSCOPE_LAB_STATS_A_RECEIVED,		/* raw messages to the kernel or to a group in r_grps */
	NLSCOPE_LAB_STATS_A_IGNORED,		/* raw messages to other groups */
	NLSCOPE_LAB_STATS_A_ECHOED,
	NLSCOPE_LAB_STATS_A_FORWARDED,
	NLSCOPE_LAB_STATS_A_GREETINGS,		/* broadcasts that were tried */
	NLSCOPE_LAB_STATS_A_TICKS,		/* notifications of bursts that were tried */
	NLSCOPE_LAB_STATS_A_UNDELIVERED,	/* of those, the ones that no socket took */
	NLSCOPE_LAB_STATS_A_RUNNING,		/* flag: a burst is going on */

	__NLSCOPE_LAB_STATS_A_MAX,
	NLSCOPE_LAB_STATS_A_MAX = (__NLSCOPE_LAB_STATS_A_MAX - 1)
};

#endif /* _UAPI_NLSCOPE_LAB_H */
