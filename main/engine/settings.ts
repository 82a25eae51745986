import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folders of specs beside the user's own, separated as PATH is. */
export const SPECS_VARIABLE = 'NLSCOPE_SPECS';
/** Set to anything but nothing: the kernel's own specs of this machine too. */
export const SYSTEM_SPECS_VARIABLE = 'NLSCOPE_SYSTEM_SPECS';

/** Names of specs of ours that are left out, separated by commas. */
export const WITHOUT_SPECS_VARIABLE = 'NLSCOPE_WITHOUT_SPECS';

/** The profile of settings that a run is to have. */
export const PROFILE_VARIABLE = 'NLSCOPE_PROFILE';

/** What the user sets up: nlscope in $XDG_CONFIG_HOME, by the XDG base directory specification. */
export function configFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const config = environment['XDG_CONFIG_HOME'];
  return join(config?.startsWith('/') ? config : join(homedir(), '.config'), 'nlscope');
}
