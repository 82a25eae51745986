/** What every JavaScript host of app/ (Node, browsers, workers) offers beyond ECMAScript itself. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean });
  decode(input?: Uint8Array): string;
}
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare function atob(text: string): string;
