/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _NLSCOPE_LAB_LAB_H
#define _NLSCOPE_LAB_LAB_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/sock.h>

/* Of one network namespace. */
struct lab_counters {
	atomic64_t received;
	atomic64_t ignored;
	atomic64_t echoed;
	atomic64_t forwarded;
	atomic64_t greetings;
	atomic64_t ticks;
	atomic64_t undelivered;
};

struct lab_burst {
	struct work_struct work;
	u32 count;
	u32 rate;
	u32 size;
	bool running;
	bool stop;
};

/* What the module keeps for each network namespace. */
struct lab_net {
	struct net *net;
	struct sock *sk;
	struct delayed_work greet;
	u32 greet_seq;
	struct lab_burst burst;
	/* Guards values and the start of a burst. */
	struct mutex lock;
	/* Attributes that were set last, as in a message. */
	void *values;
	int values_len;
	struct lab_counters counters;
};

struct lab_net *lab_net_of(const struct net *net);

int lab_raw_init_net(struct lab_net *lab);
void lab_raw_exit_net(struct lab_net *lab);
int lab_raw_check_params(void);

void lab_genl_init_net(struct lab_net *lab);
void lab_genl_exit_net(struct lab_net *lab);
int lab_genl_register(void);
void lab_genl_unregister(void);

#endif
