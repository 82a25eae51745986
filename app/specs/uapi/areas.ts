import areasDocument from './areas.yaml';
import namesDocument from './names.yaml?lazy';

/** A part of netlink whose message types and attributes the uapi headers declare: see areas.yaml. */
export interface Area {
  readonly protocol: string;
  readonly subsystem?: string;
  readonly family?: string;
  readonly part?: string;
  readonly headers?: readonly string[];
  readonly source?: string;
  readonly messages?: readonly string[];
  readonly attributes?: readonly string[];
  readonly sets?: readonly string[];
  readonly values?: readonly string[];
  readonly defines?: boolean;
  readonly kinds?: boolean;
  readonly aliases?: boolean;
  readonly former?: readonly string[];
}

/** What the headers declare for an area. */
export interface AreaNames {
  readonly messages: readonly string[];
  readonly attributes: readonly string[];
}

export const AREAS = areasDocument as readonly Area[];

/** "ROUTE link", "NETFILTER CTNETLINK", "GENERIC nl80211". */
export function areaTitle({ protocol, subsystem, family, part }: Area): string {
  return [protocol, subsystem, family, part].filter((word) => word !== undefined).join(' ');
}

interface DeclaredNames {
  readonly kernel: string;
  readonly areas: { readonly [title: string]: { readonly messages?: string; readonly attributes?: string } };
}

let names: DeclaredNames | undefined;

function allNames(): DeclaredNames {
  names ??= namesDocument.read() as DeclaredNames;
  return names;
}

/** The kernel release whose headers the names are from: "7.2". */
export function headersVersion(): string {
  return allNames().kernel;
}

/** The names the headers have for an area; none where no uapi header declares it. */
export function declaredNames(area: Area): AreaNames {
  const { messages, attributes } = allNames().areas[areaTitle(area)] ?? {};
  return { messages: words(messages), attributes: words(attributes) };
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
