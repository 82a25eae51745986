# What the scenarios of tests share; they run in a guest of the lab and leave what they saw in /out.

# waited_for TEXT COMMAND…: until the command succeeds; gives up after some minutes.
waited_for() {
  what=$1 tries=0
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 1500 ] || {
      echo "waited in vain for $what" >&2
      exit 99
    }
    sleep 0.1
  done
}

# await FILE TEXT: until the file has the text.
await() {
  ( waited_for "\"$2\" in $1" grep -q "$2" "$1" ) || {
    cat "$1" >&2
    exit 99
  }
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

# finished PID…: interrupts what runs in the background and waits for its end.
finished() {
  kill -INT "$@"
  wait "$@"
}
