/** As much of WebAssembly as the kernel needs: ECMAScript's own types do not have it, nor do Node's. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    readonly buffer: ArrayBufferLike;
    /** @throws RangeError when there is no more */
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module, imports: { env: { memory: Memory }; [module: string]: object });
    readonly exports: { readonly [name: string]: unknown };
  }
}
