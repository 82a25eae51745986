import { align4 } from '../wire/index.ts';

/** Walks the options of a pcapng block (code, length, value padded to 4 bytes) up to its end or a broken option. */
export class OptionWalker {
  code = 0;
  /** Index of the value in the view, and its length. */
  at = 0;
  size = 0;
  private view: DataView = new DataView(new ArrayBuffer(0));
  private littleEndian = true;
  private following = 0;
  private end = 0;

  begin(view: DataView, start: number, length: number, littleEndian: boolean): this {
    this.view = view;
    this.littleEndian = littleEndian;
    this.following = start;
    this.end = start + length;
    return this;
  }

  next(): boolean {
    const start = this.following;
    if (start + 4 > this.end) return false;
    this.code = this.view.getUint16(start, this.littleEndian);
    this.size = this.view.getUint16(start + 2, this.littleEndian);
    this.at = start + 4;
    this.following = this.at + align4(this.size);
    return this.code !== 0 && this.at + this.size <= this.end;
  }
}
