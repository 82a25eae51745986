# The user-space half against the module: greeting, groups, unicast, uevents, every type, dumps, failures.
. /root/test/lab.sh

background both nlscope listen --protocol 31 --groups 10 --portid 4242
both=$!
background greeted nlscope listen --protocol 31 --groups 2
greeted=$!
background uevents nlscope listen --protocol 15 --groups 1
uevents=$!
background udevadm udevadm monitor --kernel
udevadm=$!
for name in both greeted uevents; do await /out/$name.err Listening; done
await /out/udevadm.out KERNEL

kept to-kernel nlscope send --protocol 31 --groups 1 --text 'to group one'
kept to-both nlscope send --protocol 31 --groups 9 --text 'to groups one and four'
kept to-portid nlscope send --protocol 31 --portid 4242 --text 'straight to it'
kept by-kernel nlscope send --protocol 31 --text '4242 by way of the kernel'
await /out/both.out 'way of the kernel'
await /out/both.out Greeting
await /out/greeted.out Greeting

echo add >/sys/class/net/lo/uevent
echo change >/sys/devices/virtual/mem/null/uevent
echo remove >/sys/devices/virtual/mem/zero/uevent
await /out/udevadm.out mem/zero
await /out/uevents.out mem/zero
kill $udevadm $uevents

lab_op stats STATS_GET --json '{}'
lab_op values VALUES_GET --json '{}'
lab_op values-set VALUES_SET --json '{"NLSCOPE_LAB_A_U8":200,"NLSCOPE_LAB_A_SINT":-5000000000,"NLSCOPE_LAB_A_BE32":16909060}'
lab_op entries ENTRY_GET --dump --json '{"NLSCOPE_LAB_ENTRY_A_COUNT":500,"NLSCOPE_LAB_ENTRY_A_SIZE":64}'
lab_op interrupted ENTRY_GET --dump --json '{"NLSCOPE_LAB_ENTRY_A_COUNT":500,"NLSCOPE_LAB_ENTRY_A_SIZE":64,"NLSCOPE_LAB_ENTRY_A_INTERRUPT":true}'

fail() {
  lab_op "fail-$1" FAIL --json "$2"
}
fail errno '{"NLSCOPE_LAB_FAIL_A_KIND":0,"NLSCOPE_LAB_FAIL_A_ERRNO":28}'
fail message '{"NLSCOPE_LAB_FAIL_A_KIND":1}'
fail offset '{"NLSCOPE_LAB_FAIL_A_KIND":2,"NLSCOPE_LAB_FAIL_A_VALUE":7}'
fail nested '{"NLSCOPE_LAB_FAIL_A_KIND":3,"NLSCOPE_LAB_FAIL_A_NEST":{"NLSCOPE_LAB_NEST_A_ID":5}}'
fail missing '{"NLSCOPE_LAB_FAIL_A_KIND":4}'
fail missing-in-nest '{"NLSCOPE_LAB_FAIL_A_KIND":5,"NLSCOPE_LAB_FAIL_A_NEST":{"NLSCOPE_LAB_NEST_A_ID":5}}'
fail cookie '{"NLSCOPE_LAB_FAIL_A_KIND":6}'
fail policy '{"NLSCOPE_LAB_FAIL_A_KIND":0,"NLSCOPE_LAB_FAIL_A_RANGED":99}'

# A family that no spec describes: what is said to it is captured, and a spec to begin with is made of its policy.
background unknown nlscope capture --tap --without-spec nlscope_lab -w /out/unknown.pcapng
unknown=$!
await /out/unknown.err Capturing
lab_op unknown-set VALUES_SET --json '{"NLSCOPE_LAB_A_U8":200,"NLSCOPE_LAB_A_U16":60000,"NLSCOPE_LAB_A_U32":4000000000,
  "NLSCOPE_LAB_A_U64":"18000000000000000000","NLSCOPE_LAB_A_S8":-100,"NLSCOPE_LAB_A_S16":-30000,
  "NLSCOPE_LAB_A_S32":-2000000000,"NLSCOPE_LAB_A_S64":"-9000000000000000000","NLSCOPE_LAB_A_UINT":7,
  "NLSCOPE_LAB_A_SINT":-5000000000,"NLSCOPE_LAB_A_NUL_STRING":"no spec","NLSCOPE_LAB_A_FLAG":true,
  "NLSCOPE_LAB_A_NEST":{"NLSCOPE_LAB_NEST_A_ID":5,"NLSCOPE_LAB_NEST_A_NAME":"five"}}'
await /out/unknown.out 'nlscope_lab cmd 2'
finished $unknown
kept infer nlscope spec infer nlscope_lab

# The module goes and comes back while a group of its family is captured: its group is joined again.
kill $both $greeted
wait $both $greeted
background returning nlscope capture --group generic/nlscope_lab/values
returning=$!
await /out/returning.err Capturing
module=$(find / -xdev -name nlscope_lab.ko | head -n 1)
( waited_for 'the module to go' rmmod nlscope_lab )
insmod "$module" interval_ms=0
lab_op returned VALUES_SET --json '{"NLSCOPE_LAB_A_SINT":-77000000000}'
await /out/returning.out 77000000000
finished $returning
dmesg >/out/dmesg
