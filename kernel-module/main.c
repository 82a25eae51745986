// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * nlscope_lab: a netlink peer inside the kernel, to learn and to test with. One half talks text on a netlink protocol
 * of its own (raw.c), the other is a generic netlink family (genl.c); both live in every network namespace.
 */
#include <linux/module.h>
#include <net/netns/generic.h>

#include "lab.h"

static unsigned int lab_net_id __read_mostly;

struct lab_net *lab_net_of(const struct net *net)
{
	return net_generic(net, lab_net_id);
}

static int __net_init lab_init_net(struct net *net)
{
	struct lab_net *lab = lab_net_of(net);

	lab->net = net;
	mutex_init(&lab->lock);
	lab_genl_init_net(lab);
	return lab_raw_init_net(lab);
}

static void __net_exit lab_exit_net(struct net *net)
{
	struct lab_net *lab = lab_net_of(net);

	lab_raw_exit_net(lab);
	lab_genl_exit_net(lab);
	mutex_destroy(&lab->lock);
}

static struct pernet_operations lab_net_ops = {
	.init = lab_init_net,
	.exit = lab_exit_net,
	.id = &lab_net_id,
	.size = sizeof(struct lab_net),
};

static int __init lab_init(void)
{
	int err = lab_raw_check_params();

	if (err)
		return err;
	err = register_pernet_subsys(&lab_net_ops);
	if (err)
		return err;
	err = lab_genl_register();
	if (err)
		unregister_pernet_subsys(&lab_net_ops);
	return err;
}

static void __exit lab_exit(void)
{
	/* No request starts a burst after this; the namespaces then end what is running. */
	lab_genl_unregister();
	unregister_pernet_subsys(&lab_net_ops);
}

module_init(lab_init);
module_exit(lab_exit);

MODULE_AUTHOR("nlscope authors");
MODULE_DESCRIPTION("A netlink peer to learn and to test with");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION("1.0");
MODULE_ALIAS("net-pf-16-proto-16-family-nlscope_lab");
