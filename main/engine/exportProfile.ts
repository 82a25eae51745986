import { fail, ok, type Profile, type Result } from '../../app/contracts/index.ts';
import { writeProfileText } from '../../app/settings/profile.ts';
import { openReplacement, type Replacement, reasonOf } from './fileBytes.ts';

/** Writes a profile to a file that windows import. The file appears under its name only when it is complete. */
export function exportProfile(path: string, name: string, values: Profile): Result<{ path: string; bytes: number }> {
  let file: Replacement | null = null;
  try {
    file = openReplacement(path);
    file.write(Buffer.from(writeProfileText(name, values)));
    file.finish();
    return ok({ path, bytes: file.size });
  } catch (error) {
    file?.abandon();
    return fail(`Cannot export to ${path}: ${reasonOf(error)}.`);
  }
}
