import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { openCapture } from '../../app/captureFile/index.ts';
import { type AbandonedCapture, fail, ok, type Result } from '../../app/contracts/index.ts';
import { FileSource, reasonOf } from './fileBytes.ts';
import { fileOfNotes, removeNotes } from './notesJournal.ts';
import { notesPath } from './spool.ts';

const HOST_FOLDER = /^nlscope-host-/;
const SPOOL_FOLDER = /^spool-/;
const SPOOL_FILE = /^capture-\d+\.pcapng$/;
/** What `fileNotesPath` makes of a spool's name. */
const FILE_NOTES = /^capture-\d+\.pcapng\.file\.notes$/;
const OWNER_FILE = 'host.json';
/** Field 22 of /proc/PID/stat, counted from the one after the name in brackets (proc_pid_stat(5)). */
const START_TIME_FIELD = 19;

/** Which process a folder belongs to: a pid alone may be another process's by now. */
const owner = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Clock ticks since boot. */
  started: v.string(),
  boot: v.string(),
  pidNamespace: v.string(),
});
type Owner = v.InferOutput<typeof owner>;

/** Where hosts keep their folders: $TMPDIR, else /var/tmp, which is on disk where /tmp is memory. */
export function hostFoldersRoot(): string {
  if (process.env['TMPDIR']) return tmpdir();
  try {
    accessSync('/var/tmp', constants.W_OK | constants.X_OK);
    return '/var/tmp';
  } catch {
    return tmpdir();
  }
}

/** Makes the private folder of this process, marked as its own. Throws what mkdtemp(3) and open(2) throw. */
export function makeHostFolder(): string {
  const folder = mkdtempSync(join(hostFoldersRoot(), 'nlscope-host-'));
  writeFileSync(join(folder, OWNER_FILE), JSON.stringify(thisProcess()), { mode: 0o600 });
  return folder;
}

/**
 * Removes the folder of this process, except for the captures with messages and the notes on files in `lost`, folders of
 * spools that an engine of this process lost.
 */
export function leaveHostFolder(folder: string, lost: readonly string[]): void {
  const kept = new Set(lost.filter((spools) => capturesIn(spools).length > 0 || outlivingNotes(spools).length > 0));
  if (kept.size === 0) {
    rmSync(folder, { recursive: true, force: true });
    return;
  }
  for (const path of entries(folder, /^/)) {
    if (!kept.has(path) && basename(path) !== OWNER_FILE) rmSync(path, { recursive: true, force: true });
  }
}

/** Path of a spool in a folder that `spoolFolder` made. */
export function spoolPath(folder: string, number: number): string {
  return join(folder, `capture-${number}.pcapng`);
}

/** Makes a folder for the spools of one engine inside its host's. */
export function makeSpoolFolder(hostFolder: string): string {
  return mkdtempSync(join(hostFolder, 'spool-'));
}

/**
 * Captures with messages that processes of this user left behind when they died, the latest first. Folders that hold
 * nothing worth keeping are removed on the way. Other users' folders and those of living processes are not looked at.
 * @param lost folders of spools that an engine of this process lost
 */
export function abandonedCaptures(lost: readonly string[] = []): AbandonedCapture[] {
  const found = lost.flatMap(capturesIn);
  for (const folder of deadHostFolders()) {
    const spools = entries(folder, SPOOL_FOLDER);
    const captures = spools.flatMap(capturesIn);
    if (captures.length === 0 && spools.every((spool) => outlivingNotes(spool).length === 0))
      rmSync(folder, { recursive: true, force: true });
    found.push(...captures);
  }
  return found.sort((a, b) => (a.writtenAt < b.writtenAt ? 1 : -1));
}

/**
 * Journals of notes on a capture file that processes of this user left behind when they died with the file open, the
 * first written first.
 * @param file its absolute path
 * @param lost folders of spools that an engine of this process lost
 */
export function abandonedFileNotes(file: string, lost: readonly string[] = []): string[] {
  const folders = [...lost, ...deadHostFolders().flatMap((folder) => entries(folder, SPOOL_FOLDER))];
  const writtenAt = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return folders
    .flatMap(fileNotesIn)
    .filter((path) => fileOfNotes(path) === file)
    .sort((a, b) => writtenAt(a) - writtenAt(b));
}

/** Removes such journals. One that stays tells nothing new the next time. */
export function discardFileNotes(journals: readonly string[]): void {
  for (const path of journals) {
    try {
      removeNotes(path);
    } catch {
      // Another user's, or on a file system that is read only by now.
    }
  }
}

/** Removes one of the captures that `abandonedCaptures` tells, and no other file. */
export function discardAbandoned(path: string, lost: readonly string[] = []): Result<null> {
  if (!abandonedCaptures(lost).some((capture) => capture.path === path)) return fail(`${path} is not there any more.`);
  try {
    rmSync(path);
    removeNotes(notesPath(path));
    if (entries(dirname(path), SPOOL_FILE).length === 0) rmdirSync(dirname(path));
    return ok(null);
  } catch (error) {
    return fail(`Cannot remove ${path}: ${reasonOf(error)}.`);
  }
}

function deadHostFolders(): string[] {
  return entries(hostFoldersRoot(), HOST_FOLDER).filter((folder) => isOurs(folder) && ownerIsDead(folder));
}

/** A folder that another user planted in a place for everybody is none of ours. */
function isOurs(folder: string): boolean {
  const info = lstatSync(folder, { throwIfNoEntry: false });
  return info?.isDirectory() === true && info.uid === process.getuid?.() && (info.mode & 0o077) === 0;
}

/** False whenever it cannot be told. */
function ownerIsDead(folder: string): boolean {
  const known = readOwner(folder);
  if (known === null) return false;
  const here = thisProcess();
  if (known.boot !== here.boot) return true;
  if (known.pidNamespace !== here.pidNamespace) return false;
  try {
    process.kill(known.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const started = startTime(known.pid);
  return started !== null && started !== known.started;
}

function readOwner(folder: string): Owner | null {
  try {
    const parsed = v.safeParse(owner, JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function thisProcess(): Owner {
  return {
    pid: process.pid,
    started: startTime(process.pid) ?? '',
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: readlinkSync('/proc/self/ns/pid'),
  };
}

/** When a process started; null when it is gone or hidden. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // A zombie's files are closed: it writes no more.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[START_TIME_FIELD] ?? null);
  } catch {
    return null;
  }
}

function capturesIn(folder: string): AbandonedCapture[] {
  return entries(folder, SPOOL_FILE).flatMap((path) => {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (!info?.isFile() || isEmpty(path)) return [];
    return [{ path, bytes: info.size, writtenAt: info.mtime.toISOString() }];
  });
}

/** Journals in a folder of spools that are about files which are still there. */
function fileNotesIn(folder: string): string[] {
  return entries(folder, FILE_NOTES).filter((path) => {
    if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return false;
    const file = fileOfNotes(path);
    return file !== '' && existsSync(file);
  });
}

/** Those about files that stay when the folder of the host goes: what a browser sent or is to have lies in there. */
function outlivingNotes(folder: string): string[] {
  return fileNotesIn(folder).filter((path) => !fileOfNotes(path).startsWith(`${dirname(folder)}/`));
}

/** False for a file that cannot be read now: what is in it may be wanted. */
function isEmpty(path: string): boolean {
  try {
    const source = new FileSource(path);
    try {
      const reader = openCapture(source);
      return !reader.ok || reader.value.next() === 'end';
    } finally {
      source.close();
    }
  } catch {
    return false;
  }
}

function entries(folder: string, names: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => names.test(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
