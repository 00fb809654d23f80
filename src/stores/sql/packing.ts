import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * What bodies had in common when packing began, the most frequent last, where references to it are shortest.
 *
 * Never changed, as no dictionary is: what was packed with it can only be read with the same. Another one gets another
 * number.
 */
const firstDictionary = Buffer.from(
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

/** Whole bodies of what an approval leaves, without what differs from one to the next. */
const secondDictionary = Buffer.from(
  [
    '{"kind":"operators","event":{"kind":"undecidable","approval":{"id":""}}}{"kind":"opened","approval":{"id":"',
    '{"kind":"vote-counted","have":1,"of":2,"approval":{"id":"{"kind":"over","approval":{"id":"{"kind":"decided","approval":{"id":"',
    '{"kind":"receipt","receipt":{"code":"","approvalId":"","approval":{"id":"',
    '{"id":"T0.U0.C0.17.000000.0.17.000000","approvalId":"","revision":1,"person":{"teamId":"T0","userId":"U0"},"verb":"approve","via":"press","message":{"channel":"C0","ts":"17.000"},"atMs":17,"trace":"',
    '"verb":"deny","via":"modal","comment":"","reason":"","typed":""',
    '{"approval":"","atMs":17,"click":"T0.U0.C0.17.000000.0.17","facts":{"attributes":"","authority":"","definitionVersion":" v1","details":"","digest":"","effectiveDate":"","hidden":"","key":"RSA 2048, SHA-256 (SHA256:","names":"","replaced":"","requester":"\\\\","revocationComment":"","revocationReason":"","serialNumber":"","subject":"CN=","template":"","validity":""},"findings":[],"named":{"by":"person"},"on":"message","person":{"teamId":"T0","userId":"U0"},"revision":1,"rule":{"approveWith":"one-click","name":"","ownRequest":"forbidden","quorum":1},"text":null}',
    '"findings":[{"kind":"wildcard","severity":"medium","named":{"by":"group","approveWith":"comment","approveWith":"reason","text":"*Approval needed*\\n',
    '{"code":"","approvalId":"","vote":{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","atMs":17,"revision":1},"shown":{"requester":"\\\\","subject":"CN=","names":"","key":"EC P-256, SHA-256 (SHA256:)","template":"","authority":"","validity":"","revocationReason":"","serialNumber":"","effectiveDate":"","revocationComment":"","replaced":"","attributes":"","definitionVersion":" v1","details":"","digest":"","hidden":""}}',
    '{"id":"","holder":"","decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","atMs":17,"revision":1}],"atMs":17},"approvalId":"","instance":{"system":"","id":""},"step":"RequireApproval1","revision":1,"phase":"settled","leaseUntilMs":17,"sends":1,"stillWaitingReads":0,"claimedAtMs":17,"trace":"","deadlineMs":17,"sentAtMs":17',
    '{"instance":{"ref":{"system":"","id":""},"referenceId":"","statusMessage":"Awaiting 1 more approval(s) from approval roles.","startedAtMs":17,"modifiedAtMs":17,"title":" is enrolling for a certificate with CN=.","definition":{"id":"","name":"","version":1,"type":"Enrollment"},"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"EndNOOP","name":"End"},"awaitsApproval":false,"facts":{"requesters":["\\\\"],"names":[""],"subject":"CN=,OU=,O=,L=,C=","key":{"algorithm":"RSA","sizeBits":2048,"fingerprint":"SHA256:","hash":"SHA-256"},"key":{"algorithm":"EC","curve":"P-256","sizeBits":256,"fingerprint":"SHA256:","hash":"SHA-256"},"signature":{"algorithm":"SHA-256 with RSA","hash":"SHA-256","fits":"yes"},"signature":{"algorithm":"SHA-256 with ECDSA","hash":"SHA-256","fits":"yes"},"template":"","authority":"","signingRequest":"MIICBDCBrwIBADAdMRswGQYDVQQDExJhcHA',
    'wggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCAwEAATANBgkqhkiG9w0BAQsFAAOCAQEAMIIBCDCBrwIBADAdMRswGQYDVQQDExJ.wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT.oDAwLgYJKoZIhvcNAQkOMSEwHzAdBgNVHREEFjAUghJ.wCgYIKoZIzj0EAwIDSAAwRQI.AiEA',
    '","digest":"","reading":3,"details":[{"kind":"template","name":""},{"kind":"extended-key-usage","usages":["serverAuth"]}],"details":[],"others":[{"label":"KeyRetention","value":"None"},{"label":"","value":""}],"attributes":[": "]},"fingerprint":""},"requirement":{"roles":[""],"needed":1,"nextStep":""},"id":"","code":"","step":"RequireApproval1","attempt":1,"revision":1,"version":3,"state":{"kind":"ended","ending":{"kind":"approved","now":{"status":{"kind":"complete","raw":"Complete"},"step":{"uniqueName":"EndNOOP","name":"End"}},"elsewhere":false},"atMs":17,"decision":{"verdict":"approve","votes":[{"person":{"teamId":"T0","userId":"U0"},"name":"","identities":["\\\\"],"verdict":"approve","atMs":17,"revision":1}],"atMs":17}},"isAssigned":true,"waitingSinceMs":17',
  ].join(''),
);

/** What packed text begins with, and with which dictionary it was packed; no JSON begins so. */
const dictionaries = { 'z1:': firstDictionary, 'z2:': secondDictionary } as const;

const newest = 'z2:';

/** Packs a text for the rest of its life; one that would not become shorter stays as it is. */
export function packed(text: string): string {
  if (text.startsWith(newest)) return text;
  const plain = unpacked(text);
  const deflated = deflateRawSync(plain, { level: 9, dictionary: dictionaries[newest] });
  const short = newest + deflated.toString('base64');
  return short.length < text.length ? short : text;
}

/** Gives a text as it was before it was packed; throws where it cannot be unpacked. */
export function unpacked(text: string): string {
  const mark = markOf(text);
  if (!mark) return text;
  const dictionary = dictionaries[mark];
  return inflateRawSync(Buffer.from(text.slice(mark.length), 'base64'), { dictionary }).toString('utf8');
}

function markOf(text: string): keyof typeof dictionaries | undefined {
  return text.startsWith('z1:') ? 'z1:' : text.startsWith('z2:') ? 'z2:' : undefined;
}
