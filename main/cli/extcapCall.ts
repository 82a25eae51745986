/** True for the arguments that Wireshark gives to a program in its extcap folder. */
export function isExtcapCall(args: readonly string[]): boolean {
  return args.some((arg) => /^--extcap-(interfaces?|dlts|config|version)\b/.test(arg));
}
