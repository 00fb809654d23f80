import type { LabelledValue, RequestFacts } from '../../../domain/request-facts.js';
import { initiatorOf } from '../translate/title-facts.js';
import type { InstanceDetail } from '../wire/instance-wire.js';
import { createDataBag, type DataBag } from './data-bag.js';
import {
  readAuthority,
  readRequesters,
  readSubject,
  readTemplate,
  readValidity,
  readWantedKey,
} from './named-values.js';
import { distinctNames, readNames } from './other-names.js';
import { otherValues } from './other-values.js';
import { readReplacedCertificate } from './replaced-certificate.js';
import { readRevocation } from './revocation.js';
import { readSigningRequest } from './signing-request.js';
import type { SigningRequest } from './x509.js';

const requestKeys = [
  'csr',
  'csrraw',
  'rawcsr',
  'certificaterequest',
  'signingrequest',
  'pkcs10',
  'pkcs10request',
];
const renewedKeys = [
  'certificatetoberenewed',
  'certificatetorenew',
  'renewedcertificate',
  'renewalcertificate',
  'previouscertificate',
  'certificatetobereplaced',
];
const nameKeys =
  /^(san|sans|subjectalt(ernative)?names?|alternativenames|dnsnames)(dns|dnsnames?|ip|ips|ipv4|ipv6|ipaddress(es)?|emails?|upns?|uris?|urls?)?$/;

/**
 * Reads what a request asks for out of the free-form values of its instance.
 *
 * The signing request is believed before the values beside it. Names are those of both, since the server may add
 * some. Never throws, whatever the values hold.
 */
export async function readFacts(detail: InstanceDetail): Promise<RequestFacts> {
  const bag = createDataBag(detail.initialdata, detail.currentstatedata);
  const requesters = readRequesters(bag);
  const initiator = initiatorOf(detail.title);
  const encoded = bag.take(requestKeys);
  const read = encoded === undefined ? undefined : await readSigningRequest(encoded);
  const request = read?.kind === 'read' ? read.request : undefined;
  const listed = bag.takeMatching(nameKeys).flatMap(({ value }) => readNames(value));
  const renewed = bag.take(renewedKeys);
  const reported = {
    ...readSubjects(bag, request),
    key: request?.key ?? readWantedKey(bag),
    template: readTemplate(bag),
    authority: readAuthority(bag),
    validity: readValidity(bag),
    revocation: readRevocation(bag, detail.definition?.workflowtype ?? ''),
    replaces: renewed === undefined ? undefined : await readReplacedCertificate(renewed),
    unreadableRequest: read?.kind === 'unreadable' ? read.reason : undefined,
  };
  const { otherSubject, ...facts } = reported;
  return {
    requesters: withInitiator(requesters, initiator),
    names: distinctNames([...(request?.names ?? []), ...listed]),
    ...withoutGaps(facts),
    others: [...otherSubject, ...otherValues(bag.unreported())],
  };
}

/** The title names who started the run, whoever the values beside it name; neither may decide about it. */
function withInitiator(requesters: readonly string[], initiator: string | undefined): readonly string[] {
  if (initiator === undefined) return requesters;
  const isNamed = requesters.some((name) => name.toLowerCase() === initiator.toLowerCase());
  return isNamed ? requesters : [...requesters, initiator];
}

/** Takes the request's own subject; one beside it that differs is shown too, so that nobody misses it. */
function readSubjects(bag: DataBag, request: SigningRequest | undefined) {
  const beside = readSubject(bag);
  const subject = request?.subject ?? beside;
  const otherSubject: readonly LabelledValue[] =
    beside !== undefined && subject !== undefined && !isWithin(beside, subject)
      ? [{ label: 'Subject beside the signing request', value: beside.slice(0, 200) }]
      : [];
  return { subject, otherSubject };
}

/** Compares names by their parts, since order and blanks differ between sources. */
function isWithin(part: string, whole: string): boolean {
  const parts = (name: string) =>
    name
      .toLowerCase()
      .split(',')
      .map((text) => text.replace(/\s*=\s*/, '=').trim());
  const all = new Set(parts(whole));
  return parts(part).every((text) => all.has(text));
}

type WithoutGaps<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutGaps<T extends object>(values: T): WithoutGaps<T>;
function withoutGaps(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
