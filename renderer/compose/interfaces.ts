import { createContext, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { HostApi, InterfaceInfo } from '../../app/contracts/index.ts';

/** The interfaces of where a request goes, and a way to ask for them again: they come and go. */
export interface Interfaces {
  readonly all: readonly InterfaceInfo[];
  refresh(): void;
}

export const InterfacesContext = createContext<Interfaces>({ all: [], refresh: () => {} });

/** Follows the interfaces of a network namespace, by its path. Where they cannot be told there are none. */
export function useInterfaces(host: Pick<HostApi, 'interfaces'>, netns: string): Interfaces {
  const [all, setAll] = useState<readonly InterfaceInfo[]>([]);
  const asked = useRef(0);
  const refresh = useCallback(() => {
    asked.current += 1;
    const mine = asked.current;
    host.interfaces(netns).then(
      (answer) => mine === asked.current && setAll(answer.ok ? answer.value : []),
      () => {},
    );
  }, [host, netns]);
  useEffect(refresh, [refresh]);
  return useMemo(() => ({ all, refresh }), [all, refresh]);
}
