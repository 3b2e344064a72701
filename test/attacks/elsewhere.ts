/** A promise whose test lives beside what it tests. */
export interface Elsewhere {
  readonly threat: string
  readonly precedent: string
  readonly file: string
  /** The test's title, as it is written there. */
  readonly title: string
}

const at = (file: string, threat: string, precedent: string, ...titles: string[]): Elsewhere[] =>
  titles.map(title => ({ threat, precedent, file, title }))

/** Rows of the table of threats that need more than one request to show. */
export const ELSEWHERE: readonly Elsewhere[] = [
  ...at(
    'test/attacks/hidden-headers.test.ts',
    'a header hides where only some look',
    'found here: Node shows 1,000 headers in `headers`, some more in `rawHeaders`',
    'an Authorization among a thousand headers is not found by those who read rawHeaders',
    'nor where a server shows fewer or all of them',
    'nor in a handshake',
    'what only we may say to Ory is not said by a client among a thousand headers',
  ),
  ...at(
    'test/attacks/browser.test.ts',
    'a page of another origin changes something as the person who looks at it (CSRF)',
    'CWE-352',
    'a form on another port of this machine posts with the cookie of a person, but not as that person',
  ),
  ...at(
    'test/attacks/mixups.test.ts',
    'one person gets the identity of another',
    'Oathkeeper GHSA-4mq7-pvjg-xp2r',
    'two people and a stranger in $requests interleaved requests, sessions kept for $sessionCache s: nobody is somebody else',
  ),
  ...at(
    'test/middleware/session.test.ts',
    'an identity is believed for too long',
    'cache lifetimes that slide',
    'ten seconds, not longer for being used',
    'never past the end of the session',
    '"nobody" for two seconds',
  ),
  ...at(
    'test/middleware/session.test.ts',
    'whoami carries what a request said about caching, ranges or forwarding',
    'Kratos builds addresses from X-Forwarded-Host',
    'the question is a fresh request with the credentials and the request id alone',
  ),
  ...at(
    'test/jwt.test.ts',
    'a token that does not verify, or says something else than Ory',
    'CVE-2015-9235; numbers above 2^53',
    'carry the session byte for byte and verify against the set',
  ),
  ...at(
    'test/verify.test.ts',
    'alg confusion and foreign keys',
    'CVE-2015-9235; MinIO CVE-2026-33322; python-jose#419',
    'no signature is nobody',
    'the public key taken for a shared secret signs nothing',
    'a key of somebody else signs nothing, under its own name or ours',
    'a key inside the token, or behind an address in it, is not looked at',
  ),
  ...at('test/jwt.test.ts', 'others read the signing key', 'CWE-732', 'is refused when others can read it'),
  ...at(
    'test/faults/disk.test.ts',
    'a key or a state is lost or half-written',
    'full disks, kill -9',
    'a full disk: the key lives in memory, and no half of it is kept',
    'killed at any moment: a whole key or none, never a broken one',
    'a full disk: the old state stays, the error says so',
    'killed while it writes the state: the old one or the new one, never a broken one',
  ),
  ...at(
    'test/faults/ory.test.ts',
    'an Ory that answers garbage takes connections or identities with it',
    'undici CVE-2026-22036; ory/cli#450',
    '%s: every request gets its 502, and the app its anonymous ones',
    'a whoami without an end is given up, and its connection with it',
    'a session that nests 100,000 deep is a session',
    'a chain of content codings is not undone link by link',
    'answers that nobody waits for any more are not read on',
  ),
  ...at(
    'test/middleware/proxy.test.ts',
    'a decompression bomb',
    'undici CVE-2026-22036',
    'a compressed bomb, without being unpacked',
    'more than the limit, as a stream',
  ),
  ...at(
    'test/faults/ory.test.ts',
    'Ory is down, hangs or is overloaded',
    '`ory proxy` waits 30 s and asks five times',
    'the app is reached all the same, anonymously',
    'one that comes and goes loses nobody for good',
    'a request that changes something is never sent twice',
    'with Retry-After %d ms is not asked in a loop',
  ),
  ...at(
    'test/faults/app.test.ts',
    'an app that answers garbage, breaks off or restarts',
    'CVE-2016-2216; http-proxy hangs on an unexpected 101',
    '%s: 502, and the next request is answered',
    'more bytes than announced are not the answer to the next request',
    'in the middle of an answer %s: it does not look whole',
    'an app that restarts under load is found again, and nobody is somebody else meanwhile',
  ),
  ...at(
    'test/faults/upgrade.test.ts',
    'WebSocket handshakes that break, wait or name another protocol',
    'httpxy#79; node-http-proxy#1439; webpack-dev-server CVE-2026-9595',
    'a refused handshake holds no connection, even of a client that never hangs up',
    'a client that leaves while Ory is asked is nobody for the app, and nothing breaks',
    'frames sent along with the handshake are not lost while Ory is asked',
    'calling itself hot update brings no Authorization along',
  ),
  ...at(
    'test/faults/http2.test.ts',
    'HTTP/2 is a way around the rules for HTTP/1.1',
    'RFC 9113, section 8.3.1',
    'over HTTP/2 a forged Authorization does not arrive, and everybody is themselves',
    'over HTTP/2 a Host besides :authority, or another :authority, is refused',
    'over HTTP/2 paths are what they are',
  ),
  ...at(
    'test/faults/command.test.ts',
    'many or slow clients, and ends under load',
    'Node CVE-2018-12122 (slowloris)',
    '%s under load: open answers end, no new ones are taken, the exit code is 0',
    'an answer without an end does not keep it alive, nor does a WebSocket',
    '2,000 open connections and 500 slow clients: everybody else is served as themselves',
  ),
  ...at(
    'test/faults/command.test.ts',
    'secrets in the log',
    'CWE-532, CWE-117',
    'nothing it says holds a secret, however much it is asked to say',
  ),
  ...at(
    'test/middleware/rewrite.test.ts',
    'rewriting hits what is not an address of Ory',
    'parse and stringify loses numbers; prefixes hit port 44339',
    '%s stays as it is',
  ),
  ...at(
    'test/attacks/dev-tools.test.ts',
    'another page signs in or resets through the dev tools, or frames our pages',
    'webpack-dev-server CVE-2025-30360; Vite CVE-2025-24010',
    'a page of another site does not reach the dev tools %s',
    'a form or an image of another site does not reach them either, a page of ours does',
    'the emulator itself is no way for a page whose name points here: %j',
    'who comes through a tunnel on this machine is not on this machine: %j',
    '%s cannot be framed and runs no script that is not its own',
  ),
  ...at(
    'test/fuzz/pure.test.ts',
    'input nobody thought of',
    'path-to-regexp CVE-2024-45296 (backtracking)',
    'never becomes a foreign address by being rewritten',
    'what does not climb stays below the path in front of Ory, however often it is decoded',
    'a name that is allowed is ours also to a browser',
    'sends nobody to a place that is not listed, as a browser reads it',
    'rewriting takes time in proportion to the text',
  ),
  ...at(
    'test/fuzz/emulator.test.ts',
    'input nobody thought of',
    'deep JSON exhausts the stack',
    'to %s is answered, never with an error of our own',
    '%s that nest deep are a bad request',
    'a million quotes without an end are a bad request',
    'a million digits are no duration',
  ),
  ...at(
    'test/fuzz/port.test.ts',
    'input nobody thought of',
    'Node CVE-2018-12121 and the smuggling family',
    'whatever bytes arrive: no error of ours, no forged identity, and at the end a right answer',
    '%s is a bad request',
  ),
  ...at(
    'test/fuzz/tls-port.test.ts',
    'input nobody thought of',
    'HTTP/2 floods and malformed frames (CVE-2019-9511 to -9518)',
    'whatever arrives over TLS, or instead of it: no error of ours, no forged identity, and at the end a right answer',
  ),
]
