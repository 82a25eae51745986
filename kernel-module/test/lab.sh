# What the scenarios in this folder share.
. /root/guest.sh

lab_op() {
  name=$1 op=$2
  shift 2
  kept "$name" nlscope send --protocol generic --op "NLSCOPE_LAB_CMD_$op" "$@"
}
