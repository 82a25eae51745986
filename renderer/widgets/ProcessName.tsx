/**
 * "ip[820]" with the process number muted; the kernel and addresses without a process are muted as a whole.
 * @param fits whether so many characters have room: of an address that has not, the number alone is shown
 */
export function ProcessName({ name, fits }: { name: string; fits?: (characters: number) => boolean }) {
  const bracket = name.indexOf('[');
  if (name === 'kernel' || name.startsWith('portid') || name.startsWith('('))
    return <span className="muted">{fits?.(name.length) === false ? name.replace('portid ', '') : name}</span>;
  if (bracket < 0) return name;
  return (
    <>
      {name.slice(0, bracket)}
      <span className="muted">{name.slice(bracket)}</span>
    </>
  );
}
