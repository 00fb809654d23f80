import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What packed text begins with; no JSON does. The number names the dictionary, which is kept for as long as stores are. */
const mark = 'z1:';

/**
 * What bodies have in common, the most frequent last, where references to it are shortest.
 *
 * Never changed: what was packed with it can only be read with the same. Another one gets another number.
 */
const dictionary = Buffer.from(
  [
    '"isPlanned":"plan":{"rule":"","revision":1,"holdMs":"sinceMs":"untilMs":"over":"stopped""questions":[{"number":1,"text":"answer":{"',
    '"serialNumber":"revocation":{"reason":"","comment":"","effectiveAt":"replaces":{"subject":"unreadableRequest":true,"hiddenBytes":',
    '"kind":"template","sid":"version":"name-value","attribute","extension","basic-constraints","isAuthority":false,"pathLength":',
    '"kind":"key-usage","usages":["digitalSignature","keyEncipherment"],"isCritical":true},{"kind":"extended-key-usage","usages":["serverAuth","clientAuth"],"oid":"2.5.29.',
    '"kind":"refused","why":{"kind":"no-rule","not-an-approver","own-request"},"vote-counted","have":1,"of":2,"decided-elsewhere","overtaken","denied","rejected","raw":"Rejected","failed","raw":"Failed"',
    '{"kind":"operators","event":{"kind":"","released","vote-void","opened","question","answered","late-answer","answer":{"kind":"over","approval":{',
    '"authority":"attributes":["validity":"revocationReason":"definitionVersion":"details":"requester":"names":"subject":"key":"template":"digest":"',
    '{"id":"","approvalId":"","instance":{"system":"","id":""},"step":"","revision":1,"decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["',
    '"phase":"settled","holder":"","leaseUntilMs":1,"claimedAtMs":1,"sends":1,"stillWaitingReads":0,"deadlineMs":1',
    '{"id":"T0.U0.C0.17.17","approvalId":"","revision":1,"person":{"teamId":"T0","userId":"U0"},"verb":"approve","comment":"","via":"modal","message":{"channel":"C0","ts":"17',
    '{"kind":"receipt","receipt":{"code":"","approvalId":"","vote":{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","comment":"","atMs":17,"revision":1},"shown":{"requester":"","subject":"CN=","names":"dns ","key":"EC 256","template":"","authority":"","definitionVersion":1,"details":"","digest":"","attributes":""}},',
    '{"kind":"outcome","approval":{"instance":{"ref":{"system":"","id":"-4"},"referenceId":"","startedAtMs":17,"modifiedAtMs":17,"title":"\\\\ is enrolling for a certificate with CN=.","definition":{"id":"-4","name":"","version":1,"type":"Enrollment"},"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"","name":"End"},"awaitsApproval":false,',
    '"facts":{"requesters":["\\\\"],"names":[""],"subject":"CN=","key":{"algorithm":"RSA","sizeBits":2048,"algorithm":"EC","curve":"P-256","sizeBits":256,"fingerprint":"SHA256:","hash":"SHA-256"},"signature":{"algorithm":"SHA-256 with ECDSA","SHA-256 with RSA","hash":"SHA-256","fits":"yes"},"template":"","authority":"","signingRequest":"MII","digest":"","reading":3,"details":[],"others":[{"label":"","value":""}],"attributes":[]},"fingerprint":""},',
    '"requirement":{"roles":[""],"needed":1,"nextStep":""},"id":"","code":"","step":"","attempt":1,"revision":1,"version":3,"state":{"kind":"ended","ending":{"kind":"approved","now":{"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"","name":"End"}},"elsewhere":false},"atMs":17,"decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","comment":"","atMs":17,"revision":1}],"atMs":17}},"isAssigned":true,"waitingSinceMs":17',
  ].join(''),
);

/** Packs a text for the rest of its life; one that would not become shorter stays as it is. */
export function packed(text: string): string {
  if (text.startsWith(mark)) return text;
  const short = mark + deflateRawSync(text, { level: 9, dictionary }).toString('base64');
  return short.length < text.length ? short : text;
}

/** Gives a text as it was before it was packed; throws where it cannot be unpacked. */
export function unpacked(text: string): string {
  if (!text.startsWith(mark)) return text;
  return inflateRawSync(Buffer.from(text.slice(mark.length), 'base64'), { dictionary }).toString('utf8');
}
