import type { DecodeTargetInfo, Envelope } from '../contracts/index.ts';
import { targetText } from '../specs/index.ts';
import { NETLINK_GENERIC, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN, protocolByNumber } from '../wire/index.ts';
import type { Field } from './field.ts';
import { type DecodedMessage, messagePlace } from './message.ts';
import { isAttr } from './present.ts';

type Target = Omit<DecodeTargetInfo, 'reading'>;

/**
 * What a user may want read otherwise who points at a field: the attribute by its constant and by where it stands, the
 * attributes around it, then the message by type and as one of its protocol or family.
 * @param path positions from the top of the tree; none: the message as a whole
 */
export function decodeTargets(decoded: DecodedMessage, envelope: Envelope, path: readonly number[]): Target[] {
  const inside = attributeTargets(decoded, envelope, path);
  return [...inside.reverse().flat(), ...messageTargets(decoded, envelope)];
}

/** Targets for each attribute on the way to a field, the outermost first. */
function attributeTargets(decoded: DecodedMessage, envelope: Envelope, path: readonly number[]): Target[][] {
  const found: Target[][] = [];
  let level: readonly Field[] = decoded.fields;
  let place = decoded.message?.space?.id ?? messagePlace(envelope.protocol, typeOf(decoded), decoded.genlFamily);
  for (const position of path) {
    const field = level[position];
    // What is guessed or derived is no field of the message.
    if (field === undefined) break;
    const number = field.wireType & NLA_TYPE_MASK;
    const isAttribute =
      (field.kind === 'attr' || field.kind === 'nest') && field.payloadStart - field.start === NLA_HDRLEN;
    if (isAttribute) {
      const def = isAttr(field.def) ? (field.def.chosen === undefined ? field.def : field.def.chosen.original) : null;
      const here = `attr:${place}/${number}`;
      const byNumber: Target = { target: here, about: `attribute ${number} of ${place} only`, kind: 'attribute' };
      const byName: Target[] =
        def === null || !/^[A-Za-z][A-Za-z0-9_]*$/.test(def.name)
          ? []
          : [{ target: `attr:${def.name}`, about: `${def.name} wherever it stands`, kind: 'attribute' }];
      found.push([...byName, byNumber]);
    }
    place = field.space?.id ?? (isAttribute ? `${place}/${number}` : place);
    level = field.children;
  }
  return found;
}

function messageTargets(decoded: DecodedMessage, { protocol }: Envelope): Target[] {
  const { bytes } = decoded.state;
  const type = typeOf(decoded);
  if (protocol !== NETLINK_GENERIC) {
    const whole = targetText({ kind: 'protocol', protocol, type: '' });
    const all: Target = {
      target: whole,
      about: `all messages of ${protocolByNumber(protocol).name}`,
      kind: 'protocol',
    };
    if (decoded.form === 'uevent' || decoded.form === 'datagram' || decoded.form === 'broken') return [all];
    return [{ target: `${whole}/${type}`, about: `messages of type ${decoded.typeName}`, kind: 'protocol' }, all];
  }
  if (decoded.form !== 'data') return [];
  const family = decoded.genlFamily || String(type);
  const all: Target = { target: `genl:${family}`, about: `all messages of family ${family}`, kind: 'genl' };
  if (bytes.length <= NLMSG_HDRLEN) return [all];
  const cmd = bytes[NLMSG_HDRLEN];
  return [{ target: `genl:${family}/${cmd}`, about: `messages of command ${decoded.typeName}`, kind: 'genl' }, all];
}

function typeOf({ state }: DecodedMessage): number {
  return state.bytes.length >= NLMSG_HDRLEN ? state.u16(4) : 0;
}
