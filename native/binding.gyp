{
  "target_defaults": {
    "cflags": ["-Wall", "-Wextra", "-fvisibility=hidden"],
    "cflags_cc!": ["-fno-exceptions", "-std=gnu++17", "-std=gnu++20"],
    "cflags_cc": ["-std=c++17", "-fexceptions"],
    "ldflags": ["-static-libstdc++", "-static-libgcc"]
  },
  "targets": [
    {
      "target_name": "nlscope",
      "sources": [
        "src/addon.cc",
        "src/batch_queue.cc",
        "src/helper_channel.cc",
        "src/namespace.cc",
        "src/netlink_socket.cc",
        "src/receive_thread.cc",
        "src/receiver.cc",
        "src/script.cc",
        "src/tap_receiver.cc",
        "helper/channel.cc"
      ],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include\")"],
      "defines": [
        "NAPI_VERSION=8",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ]
    },
    {
      "target_name": "nlscope-helper",
      "type": "executable",
      "sources": [
        "helper/channel.cc",
        "helper/main.cc",
        "helper/nlmon_device.cc",
        "helper/privileges.cc",
        "helper/service.cc",
        "helper/system_calls.cc",
        "src/namespace.cc",
        "src/netlink_socket.cc"
      ]
    }
  ]
}
