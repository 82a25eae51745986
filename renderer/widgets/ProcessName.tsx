/** "ip[820]" with the process number muted; the kernel and addresses without a process are muted as a whole. */
export function ProcessName({ name }: { name: string }) {
  const bracket = name.indexOf('[');
  if (name === 'kernel' || name.startsWith('portid') || name.startsWith('('))
    return <span className="muted">{name}</span>;
  if (bracket < 0) return name;
  return (
    <>
      {name.slice(0, bracket)}
      <span className="muted">{name.slice(bracket)}</span>
    </>
  );
}
