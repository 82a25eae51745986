import type { Failure, Result } from '../../app/contracts/index.ts';
import { errnoMeaning, errnoName } from '../../app/wire/index.ts';
import { loadAddon, type NativeCounters, type NativeError, type NativeTap } from '../../native/index.ts';
import { BatchPump, handOverUntil } from './batchPump.ts';
import { type Helper, helperMissing, privilegedHelper, withHelper } from './helper.ts';

/** A tap to make: in which network namespace, and who listens. */
export interface TapOptions {
  /** Path of a network namespace; absent or "" for our own. */
  readonly netns?: string;
  /** Bytes that may wait for `onBatch` (64 MiB by default). */
  readonly queueLimit?: number;
  /** Receives batches (native/batch.ts) of RECORD_TAPPED and losses. The bytes are the listener's to keep. */
  readonly onBatch: (batch: Uint8Array) => void;
  /** The device vanished: somebody removed it or set it down. */
  readonly onError?: (failure: Failure) => void;
}

const EOPNOTSUPP = 95;
const ENODEV = 19;

/** Making a tap needs both: the device, and the packet socket that reads it (netlink_tap_init_net, packet(7)). */
const TAP_CAPABILITIES = ['CAP_NET_ADMIN', 'CAP_NET_RAW'];

function isNativeError(error: unknown): error is NativeError {
  return error instanceof Error && 'errno' in error && 'call' in error;
}

function tapFailure(netns: string, error: unknown): Failure {
  return { ...whyNoTap(netns, error), source: 'tap' };
}

function whyNoTap(netns: string, error: unknown): Failure {
  if (!isNativeError(error)) return { message: error instanceof Error ? error.message : String(error) };
  const { errno, call } = error;
  const name = errnoName(errno);
  const where = netns === '' ? '' : ` in ${netns}`;
  if (call === 'nlmon' && (errno === EOPNOTSUPP || errno === ENODEV)) {
    return {
      message: `A tap${where} cannot be made: this kernel has no nlmon device (${name}).`,
      // The command last: the window shows what follows it as part of it.
      hint: 'The kernel has to be built with CONFIG_NLMON, and its module loaded: sudo modprobe nlmon',
      errno: name,
    };
  }
  return { message: `A tap${where} cannot be made: ${call} failed: ${name}, ${errnoMeaning(errno)}.`, errno: name };
}

/**
 * Makes an nlmon device in a network namespace and reads it. The privileged helper makes the device and removes it, so
 * that it goes when this process ends, however that comes. Fails with what is missing; never throws.
 */
export function openTap(options: TapOptions): Result<Tap> {
  const { netns = '' } = options;
  const able = privilegedHelper()?.capabilities ?? [];
  const missing = TAP_CAPABILITIES.find((name) => !able.includes(name));
  const refused = (capability: string) => ({
    ok: false as const,
    error: { ...helperMissing('Making an nlmon device', capability), source: 'tap' as const },
  });
  if (missing !== undefined) return refused(missing);
  try {
    const tap = withHelper(privilegedHelper, (helper) => new Tap(helper, options));
    return tap === null ? refused(TAP_CAPABILITIES[0]) : { ok: true, value: tap };
  } catch (error) {
    return { ok: false, error: tapFailure(netns, error) };
  }
}

/** How long the device's last messages are waited for, milliseconds. */
const LAST_MS = 500;

/** An nlmon device of ours that is being read. Made by `openTap`; must be closed. */
export class Tap {
  /** The interface's name. */
  readonly name: string;
  readonly #helper: Helper;
  readonly #tap: number;
  readonly #native: NativeTap;
  readonly #pump: BatchPump;
  #last: Partial<NativeCounters> | undefined;

  /** @throws NativeError when a system call fails. Use `openTap`. */
  constructor(helper: Helper, options: TapOptions) {
    this.#helper = helper;
    const made = helper.channel.makeTap(options.netns ?? '');
    this.name = made.name;
    this.#tap = made.tap;
    this.#pump = new BatchPump(
      () => this.#native,
      options.onBatch,
      () => this.#reportFailure(options),
    );
    const { queueLimit } = options;
    try {
      this.#native = new (loadAddon().PacketTap)(
        { fd: made.fd, interface: made.interface, ...(queueLimit === undefined ? {} : { queueLimit }) },
        this.#pump.wake,
      );
    } catch (error) {
      helper.channel.removeTap(made.tap);
      throw error;
    }
  }

  /** Datagrams that the device saw and the packet socket's ring had no room for, and that this process was too slow for. */
  get dropped(): { readonly kernel: number; readonly queue: number } {
    const { socketDropped = 0, queueDropped = 0 } = this.#counters();
    return { kernel: socketDropped, queue: queueDropped };
  }

  /** Datagrams that were read for `onBatch`. */
  get received(): number {
    const { datagrams = 0, queueDropped = 0 } = this.#counters();
    return datagrams - queueDropped;
  }

  /** True when nothing waits to be handed over, as far as this process can know. */
  get isIdle(): boolean {
    return (this.#counters().queuedBytes ?? 0) === 0;
  }

  /**
   * Removes the device, hands over everything it has seen, for about so many milliseconds, and closes. False when some of
   * it may have been given up.
   */
  close(budgetMs = LAST_MS): boolean {
    if (this.#last !== undefined) return true;
    const removed = this.#helper.channel.removeTap(this.#tap) === 0;
    const hasEnded = () => !removed || (this.#native.counters().failure ?? 0) !== 0;
    const whole = handOverUntil(this.#pump, budgetMs, hasEnded);
    this.#pump.stop();
    this.#last = this.#native.counters();
    this.#native.close();
    return whole;
  }

  #counters(): Partial<NativeCounters> {
    return this.#last ?? this.#native.counters();
  }

  #reportFailure(options: TapOptions): void {
    const { failure = 0 } = this.#counters();
    if (failure === 0 || this.#last !== undefined) return;
    this.close();
    const where = options.netns ? ` in ${options.netns}` : '';
    options.onError?.({
      message: `The tap ${this.name}${where} ended: the device is gone or was set down (${errnoName(failure)}).`,
      hint: 'Start the capture anew to make another one.',
      errno: errnoName(failure),
    });
  }
}
