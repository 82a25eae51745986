import type { GroupRef, ProtocolInfo } from '../../app/contracts/index.ts';

/** Groups of a protocol as they are named after it: "link", "nlctrl/notify". */
export function groupNames({
  groups,
  genlFamilies,
}: ProtocolInfo): { readonly ref: GroupRef; readonly name: string }[] {
  return [
    ...groups.map(({ ref, name }) => ({ ref, name })),
    ...genlFamilies.flatMap((family) =>
      family.groups.map((info) => ({ ref: info.ref, name: `${family.name}/${info.name}` })),
    ),
  ];
}

/** Groups of a protocol as `--group` takes them: "ROUTE/link". */
export function groupPaths(info: ProtocolInfo): string[] {
  return groupNames(info).map(({ name }) => `${info.name.replace('NETLINK_', '')}/${name}`);
}
