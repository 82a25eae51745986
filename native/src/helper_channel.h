// The host's end of the channel to the privileged helper (native/helper/).
#pragma once

#include <napi.h>

namespace nlscope {

Napi::Function DefineHelperChannel(Napi::Env env);

}  // namespace nlscope
