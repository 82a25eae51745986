import type { Profile, SettingsState } from '../../app/contracts/index.ts';
import { differing, freeName, isUsual, profileOf } from '../../app/settings/profile.ts';
import type { App } from './app.ts';
import { pushToast } from './session.ts';

/** What is changed within this time is sent at once. */
const SETTLE_MS = 200;
/** What a browser kept is called where the host has something else already. */
const BROUGHT = 'From a browser';

/** Keeps the profile in the preferences and the host's settings the same. */
export interface SettingsLink {
  /** Asks for the settings: they are, or may be, others than before. */
  pull(): Promise<void>;
  /** Asks for them if the host's are of another revision. */
  follow(revision: number): void;
}

/**
 * Keeps the profile of the preferences with the host: what is changed here is sent, and what changes there comes here. While
 * something of ours is on its way, nothing is taken over; it is asked for afterwards.
 */
export function linkSettings(app: App): SettingsLink {
  const { api, preferences, session } = app;
  /** The profile as the host has it, as far as it is known here. */
  let held: Profile | null = null;
  let revision = 0;
  let wanted = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let sending = false;

  const take = (state: SettingsState) => {
    held = state.values;
    revision = state.revision;
    session.setState({ settings: state });
    preferences.setState({ ...differing(state.values, profileOf(preferences.getState())), handedOver: true });
  };

  const pull = async (): Promise<void> => {
    if (timer !== null || sending) return;
    const state = await app.run(api.settings());
    if (state === undefined || timer !== null || sending) return;
    if (preferences.getState().handedOver) take(state);
    else await handOver(app, state, take);
  };

  const send = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const profile = session.getState().settings?.profile;
    if (sending || held === null || profile === undefined) return;
    const now = profileOf(preferences.getState());
    const changed = differing(now, held);
    if (Object.keys(changed).length > 0) {
      sending = true;
      held = now;
      const kept = await app.attempt(api.changeProfile(profile, changed), 'settings');
      sending = false;
      // Where somebody else changed something in between, it has not been seen yet.
      if (kept === revision + 1) revision = kept;
      else wanted = Math.max(wanted, kept ?? 0);
      if (kept !== undefined && Object.keys(differing(profileOf(preferences.getState()), now)).length > 0)
        return send();
    }
    if (wanted > revision) await pull();
  };

  preferences.subscribe((now) => {
    if (held === null || Object.keys(differing(profileOf(now), held)).length === 0) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void send(), SETTLE_MS);
  });
  // Closing the window must not cost the last change.
  if (typeof window !== 'undefined') window.addEventListener('pagehide', () => timer !== null && void send());

  return {
    pull,
    follow(next) {
      wanted = next;
      if (next !== revision && held !== null) void pull();
    },
  };
}

/** Gives the host what the browser kept when hosts kept nothing: as the profile in force, else beside those it has. */
async function handOver(app: App, state: SettingsState, take: (state: SettingsState) => void): Promise<void> {
  const { api, preferences, session } = app;
  const own = profileOf(preferences.getState());
  const isNew = !isUsual(own) && Object.keys(differing(own, state.values)).length > 0;
  if (!isNew) return take(state);
  if (!state.stored) {
    const kept = await app.attempt(api.changeProfile(state.profile, own));
    // What cannot be kept there stays here.
    if (kept !== undefined) take({ ...state, revision: kept, stored: true, values: own });
    return;
  }
  const name = freeName(BROUGHT, state.profiles);
  const added = await app.attempt(api.editProfiles({ kind: 'add', name, values: own }));
  if (added === undefined) return;
  const back = await app.attempt(api.editProfiles({ kind: 'switch', name: state.profile }));
  take(back ?? added);
  pushToast(session, {
    severity: 'note',
    text: `Settings are kept by the host now. What this browser had is in the profile “${name}”.`,
  });
}
