import type { MessageValue } from '../../../app/contracts/index.ts';
import { compare, Findings, type Json, type Table } from './compare.ts';
import { type Kernel, NamespaceKernel } from './kernel.ts';
import { type Links, linksOf } from './links.ts';
import { NotRecorded } from './recording.ts';
import { type Kind, Scene, type Shown } from './scene.ts';

/** A scene, and the questions that a tool and we answer about it. */
export interface Oracle {
  readonly name: string;
  readonly tools: readonly string[];
  readonly kinds: readonly Kind[];
  /** It watches events, which a recording does not hold. */
  readonly isLive?: boolean;
  ask(asking: Asking): Promise<void>;
}

/** A question to a tool and to us. */
export interface Question {
  /** What the tool is to print, in JSON. */
  readonly command: string;
  readonly request: Request;
  readonly strictCheck?: boolean;
  table(links: Links): Table;
  /** The tool's objects, in the order of ours, out of what it prints (a list of objects when absent). */
  theirs?(printed: Json): readonly Json[];
  /** Ours, in the order of the tool's. */
  ours?(dump: readonly Shown[], links: Links): readonly Shown[];
}

/** A question to a tool that prints no JSON. */
export interface TextQuestion {
  readonly command: string;
  readonly request: Request;
  table(links: Links): Table;
  parse(text: string): readonly Json[];
  ours?(dump: readonly Shown[], links: Links): readonly Shown[];
}

export type Request = Partial<MessageValue> & Pick<MessageValue, 'protocol'>;

export const LINK_DUMP: Request = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_GETLINK',
  header: { ifi_family: 'AF_UNSPEC' },
  attributes: [{ name: 'IFLA_EXT_MASK', value: ['RTEXT_FILTER_VF'] }],
};

/** A dump of rtnetlink. */
export const rt = (type: string, header: Request['header']): Request => ({ protocol: 'NETLINK_ROUTE', type, header });

/** A dump of a generic netlink family. */
export const genl = (genlFamily: string, cmd: string): Request => ({
  protocol: 'NETLINK_GENERIC',
  genlFamily,
  genl: { cmd, version: 1 },
});

/** How often something is looked at that changes while it is. */
const MOST_LOOKS = 5;

/** Asks a scene's questions and collects what came out. */
export class Asking {
  readonly findings = new Findings();
  objects = 0;
  #links: Links | undefined;

  readonly scene: Scene;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  /** The links of the scene, asked for once: nobody makes any while questions are asked. */
  async links(): Promise<Links> {
    this.#links ??= linksOf(await this.scene.ask(LINK_DUMP));
    return this.#links;
  }

  /** The tool looks between two dumps of ours. */
  async compare(question: Question): Promise<void> {
    const { command, request, strictCheck, theirs } = question;
    const links = await this.links();
    await this.#between(question, links, request, strictCheck, () => {
      const printed = this.scene.json(command) as Json | undefined;
      return printed === undefined ? undefined : theirs === undefined ? listed(printed) : theirs(printed);
    });
  }

  /** The same for a tool whose words `parse` reads. */
  async compareText(question: TextQuestion): Promise<void> {
    const { command, request, parse } = question;
    await this.#between(question, await this.links(), request, false, () => parse(this.scene.run(command)));
  }

  async #between(
    { command, ours, table }: Pick<Question, 'command' | 'ours' | 'table'>,
    links: Links,
    request: Request,
    strictCheck: boolean | undefined,
    look: () => readonly Json[] | undefined,
  ): Promise<void> {
    const chosen = (dump: readonly Shown[]) => ours?.(dump, links) ?? dump;
    for (let looks = 1; ; looks++) {
      const before = await this.#read(request, strictCheck, command);
      const things = look();
      const after = await this.#read(request, strictCheck, command);
      if (things === undefined || before === undefined || after === undefined) return;
      // The kernel may still be at work on the scene (an IPv6 address waits for duplicates).
      if (chosen(before).length !== chosen(after).length && looks < MOST_LOOKS) continue;
      this.compareAll(things, chosen(before), chosen(after), table(links), command);
      return;
    }
  }

  /** A dump of ours; a difference (and undefined) where it cannot be read. */
  async #read(request: Request, strictCheck: boolean | undefined, path: string): Promise<Shown[] | undefined> {
    try {
      return await this.scene.ask(request, strictCheck);
    } catch (error) {
      if (error instanceof NotRecorded) throw error;
      this.findings.differences.push({ path, theirs: 'a dump', ours: error instanceof Error ? error.message : error });
      return undefined;
    }
  }

  /** Compares things in order; another number of them is a difference. */
  compareAll(
    theirs: readonly Json[],
    before: readonly Shown[],
    after: readonly Shown[],
    table: Table,
    name: string,
  ): void {
    const { differences } = this.findings;
    if (theirs.length !== before.length || theirs.length !== after.length) {
      differences.push({
        path: `${name}: number of objects`,
        theirs: theirs.length,
        ours: [before.length, after.length],
      });
      return;
    }
    // Where this kernel refused things, there may be none.
    if (theirs.length === 0 && this.scene.refused.size === 0)
      differences.push({ path: `${name}: number of objects`, theirs: 0, ours: 'a scene with some' });
    for (const [index, thing] of theirs.entries()) {
      const pair = [before[index] ?? {}, after[index] ?? {}] as const;
      this.objects++;
      compare(thing, pair, table, `${name}[${nameOf(thing, index)}]`, this.findings);
    }
  }
}

function listed(printed: Json): readonly Json[] {
  if (!Array.isArray(printed)) throw new Error('the tool printed no list');
  return printed.filter((item: Json) => item !== null && typeof item === 'object' && Object.keys(item).length > 0);
}

function nameOf(thing: Json, index: number): string {
  const named = thing as { readonly ifname?: string } | null;
  return named?.ifname ?? String(index);
}

/** What a scene's questions brought. */
export interface Outcome {
  readonly name: string;
  readonly objects: number;
  readonly findings: Findings;
  /** Kinds of things that could not be made here, with what was said. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Sets a scene up, asks its questions and takes it down. */
export async function consult(oracle: Oracle, kernel: Kernel = new NamespaceKernel()): Promise<Outcome> {
  const scene = new Scene(kernel);
  try {
    scene.make(oracle.kinds);
    const asking = new Asking(scene);
    await oracle.ask(asking);
    return { name: oracle.name, objects: asking.objects, findings: asking.findings, refused: scene.refused };
  } finally {
    kernel.remove();
  }
}
