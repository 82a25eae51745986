# What the scenarios in this folder share; they run in a guest of the VM lab and leave what they saw in /out.

# await FILE TEXT: until the file has the text; gives up after five minutes.
await() {
  tries=0
  until grep -q "$2" "$1" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 3000 ] || {
      echo "no \"$2\" in $1 but:" >&2
      cat "$1" >&2
      exit 99
    }
    sleep 0.1
  done
}

# background NAME COMMAND…: output in /out/NAME.out and /out/NAME.err.
background() {
  name=$1
  shift
  echo "starting $name" >&2
  "$@" >"/out/$name.out" 2>"/out/$name.err" &
}

# kept NAME COMMAND…: the same, and its exit status in /out/NAME.status.
kept() {
  name=$1
  shift
  echo "running $name" >&2
  "$@" >"/out/$name.out" 2>"/out/$name.err"
  echo $? >"/out/$name.status"
}

lab_op() {
  name=$1 op=$2
  shift 2
  kept "$name" nlscope send --protocol generic --op "NLSCOPE_LAB_CMD_$op" "$@"
}
