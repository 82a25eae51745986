import type { Field } from './field.ts';
import { briefText } from './present.ts';

/** A flag that is there, or the number in its place, as true or false; the text of anything else. */
export function truthText(field: Field): string {
  const { def, raw } = field;
  if (def?.layout === 'flag') return 'true';
  return typeof raw === 'number' || typeof raw === 'bigint' ? String(Number(raw) !== 0) : briefText(field, 'plain');
}

/** Length after which no further value is begun: what a reporter kept may have megabytes. */
const LONGEST = 160;

/**
 * A message of a health reporter, DEVLINK_ATTR_FMSG: names and values one after the other, as devlink prints them. Starts
 * and ends of objects and arrays say nothing in a line (net/devlink/health.c, devlink_fmsg_obj_nest_start and others).
 */
export function devlinkMessageText(message: Field): string {
  let text = '';
  let isFlag = false;
  for (const item of message.children) {
    if (text.length > LONGEST) return `${text}…`;
    switch (item.name) {
      case 'DEVLINK_ATTR_FMSG_OBJ_NAME':
        text += `${briefText(item, 'plain')}: `;
        break;
      case 'DEVLINK_ATTR_FMSG_OBJ_VALUE_TYPE':
        isFlag = briefText(item, 'name') === 'DEVLINK_VAR_ATTR_TYPE_FLAG';
        break;
      case 'DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA':
        text += `${isFlag ? truthText(item) : item.raw === null ? item.text : String(item.raw)} `;
        break;
    }
  }
  return text.trimEnd();
}
