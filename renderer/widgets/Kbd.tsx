/** A key or a combination, as it is written on the keyboard ("Ctrl+Shift+P"). */
export function Kbd({ keys }: { keys: string }) {
  return <kbd className="kbd">{keys}</kbd>;
}
