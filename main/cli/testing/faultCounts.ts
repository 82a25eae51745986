/** How many faults the fault tests cause in all; NLSCOPE_FAULTS says otherwise. */
const FAULTS = Number(process.env['NLSCOPE_FAULTS'] ?? 100);

/** Shares of what is brought down: a host costs a process or five each time, an engine a thread, a helper next to nothing. */
const SHARES = { host: 0.06, capture: 0.06, helper: 0.38, engine: 0.5 } as const;

/** How often something is brought down, at least once. */
export function faultsOf(what: keyof typeof SHARES): number {
  return Math.max(1, Math.round(FAULTS * SHARES[what]));
}
