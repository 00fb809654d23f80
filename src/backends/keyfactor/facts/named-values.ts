import type { KeyFacts } from '../../../domain/request-facts.js';
import type { DataBag } from './data-bag.js';
import { plainText } from './plain-text.js';

/** Reads everybody who is said to have asked, the chief one first; each once. */
export function readRequesters(bag: DataBag): readonly string[] {
  const names = bag
    .takeAll([
      'initiatingusername',
      'initiatinguser',
      'requester',
      'requestername',
      'requestor',
      'requestorname',
      'requestedby',
    ])
    .flatMap((value) => nameOf(value) ?? []);
  const first = new Map(names.map((name) => [name.toLowerCase(), name] as const).reverse());
  return [...new Set(names.map((name) => first.get(name.toLowerCase()) ?? name))];
}

/** Reads the subject from the keys that hold a whole name, or else from a common name. */
export function readSubject(bag: DataBag): string | undefined {
  const whole = plainText(
    bag.take(['subject', 'subjectname', 'subjectdn', 'subjectdistinguishedname', 'distinguishedname', 'dn']),
  );
  if (whole !== undefined) return whole;
  const common = plainText(bag.take(['cn', 'commonname']));
  if (common === undefined) return undefined;
  return /^cn\s*=/i.test(common) ? common : `CN=${common}`;
}

/** Reads the template or pattern a certificate would be made by. */
export function readTemplate(bag: DataBag): string | undefined {
  return nameOf(
    bag.take([
      'template',
      'templatename',
      'templateshortname',
      'templatedisplayname',
      'certificatetemplate',
      'certificatetemplatename',
      'enrollmentpattern',
      'enrollmentpatternname',
    ]),
  );
}

/** Reads the authority that would act. */
export function readAuthority(bag: DataBag): string | undefined {
  return nameOf(
    bag.take(['certificateauthority', 'certificateauthorityname', 'ca', 'caname', 'authority', 'issuingca']),
  );
}

/** Reads for how long a certificate is wanted. */
export function readValidity(bag: DataBag): string | undefined {
  const period = plainText(
    bag.take([
      'validityperiod',
      'validity',
      'certificatevalidity',
      'requestedvalidity',
      'validityperiodvalue',
    ]),
  );
  const unit = plainText(
    bag.take(['validityperiodunits', 'validityperiodunit', 'validityunits', 'validityunit']),
  );
  return period !== undefined && unit !== undefined && /^\d+$/.test(period) ? `${period} ${unit}` : period;
}

/** Reads the key the server is to make itself, when it does. */
export function readWantedKey(bag: DataBag): KeyFacts | undefined {
  const algorithm = plainText(bag.take(['keytype', 'keyalgorithm']));
  if (algorithm === undefined) return undefined;
  const size = Number(plainText(bag.take(['keylength', 'keysize', 'keybits'])));
  const curve = plainText(bag.take(['keycurve', 'curve', 'ellipticcurve']));
  return {
    algorithm,
    ...(Number.isInteger(size) && size > 0 ? { sizeBits: size } : {}),
    ...(curve === undefined ? {} : { curve }),
  };
}

/** Gives a value as a name, be it text or an object that has one. */
function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return plainText(value);
  const fields = new Map(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
  const name = ['displayname', 'name', 'logicalname', 'commonname', 'username', 'templatename']
    .map((key) => plainText(fields.get(key)))
    .find((text) => text !== undefined);
  const host = plainText(fields.get('hostname'));
  return host !== undefined && name !== undefined ? `${host}\\${name}` : name;
}
