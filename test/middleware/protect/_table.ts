/** What comes of a request: it reaches the app (or Ory), or an answer of the guard's. */
export type Outcome = 'passes' | 'to sign-in' | 'to the second factor' | '401 JSON' | '401 page' | '503'

/** Who asks, by the cookie that a scripted Ory knows. */
export type Who = 'nobody' | 'alice' | 'a stranger' | 'one factor' | 'no answer'

/** One request and what it comes to. */
export interface Row {
  readonly what: string
  readonly method?: string
  readonly path: string
  readonly who?: Who
  readonly headers?: Readonly<Record<string, string>>
  readonly becomes: Outcome
}

export const RULES: readonly string[] = [
  '/api/app/*',
  '!/api/app/health',
  '/api/members',
  '/api/*/own',
  '/@mine',
]

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const PAGE = { ...HTML, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }
const FRAME = { ...HTML, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }
const FETCH = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
const PREFLIGHT = { origin: 'https://shop.test', 'access-control-request-method': 'POST' }

/** Forty requests, and what the guard makes of each, on every face. */
export const TABLE: readonly Row[] = [
  { what: 'a page', path: '/api/app/x', headers: PAGE, becomes: 'to sign-in' },
  { what: 'a page with a query', path: '/api/app/x?a=1&b=%26', headers: PAGE, becomes: 'to sign-in' },
  { what: 'HEAD of a page', method: 'HEAD', path: '/api/app/h', headers: PAGE, becomes: 'to sign-in' },
  {
    what: 'a page in a browser without Sec-Fetch',
    path: '/api/app/old',
    headers: HTML,
    becomes: 'to sign-in',
  },
  { what: 'the folder itself', path: '/api/app', headers: PAGE, becomes: 'to sign-in' },
  { what: 'the folder with a slash', path: '/api/app/', headers: PAGE, becomes: 'to sign-in' },
  { what: 'a rule that is one path', path: '/api/members', headers: PAGE, becomes: 'to sign-in' },
  { what: 'one with a star inside', path: '/api/shop/own', headers: PAGE, becomes: 'to sign-in' },
  {
    what: 'a page of a session Ory does not know',
    path: '/api/app/s',
    who: 'a stranger',
    headers: PAGE,
    becomes: 'to sign-in',
  },
  { what: 'in other letters', path: '/api/APP/y', headers: PAGE, becomes: 'to sign-in' },
  { what: 'spelt with percent signs', path: '/api/%61pp/y', headers: PAGE, becomes: 'to sign-in' },
  { what: 'spelt so twice', path: '/api/%2561pp/y', headers: FETCH, becomes: '401 JSON' },
  { what: 'with a parameter in a segment', path: '/api/members;a=b', headers: FETCH, becomes: '401 JSON' },
  { what: 'with dots', path: '/api/x/%2e%2e/members', headers: FETCH, becomes: '401 JSON' },
  { what: 'with two slashes', path: '/api//app/x', headers: FETCH, becomes: '401 JSON' },
  { what: 'past an exception', path: '/api/app/health/%2e%2e/x', headers: FETCH, becomes: '401 JSON' },
  { what: 'a fetch', path: '/api/app/x', headers: FETCH, becomes: '401 JSON' },
  {
    what: 'an XMLHttpRequest that takes HTML',
    path: '/api/app/x',
    headers: { ...HTML, 'x-requested-with': 'XMLHttpRequest' },
    becomes: '401 JSON',
  },
  { what: 'curl', path: '/api/app/x', headers: { accept: '*/*' }, becomes: '401 JSON' },
  { what: 'nothing but a path', path: '/api/app/x', becomes: '401 JSON' },
  {
    what: 'an image',
    path: '/api/app/x.png',
    headers: { accept: 'image/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    becomes: '401 JSON',
  },
  {
    what: 'a script',
    path: '/api/app/x.js',
    headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
    becomes: '401 JSON',
  },
  { what: 'a form', method: 'POST', path: '/api/app/x', headers: PAGE, becomes: '401 JSON' },
  { what: 'DELETE', method: 'DELETE', path: '/api/app/x', headers: FETCH, becomes: '401 JSON' },
  {
    what: 'a prefetch',
    path: '/api/app/x',
    headers: { ...PAGE, 'sec-purpose': 'prefetch' },
    becomes: '401 JSON',
  },
  {
    what: 'a prerender',
    path: '/api/app/x',
    headers: { ...PAGE, 'sec-purpose': 'prefetch;prerender' },
    becomes: '401 JSON',
  },
  {
    what: 'an older prefetch',
    path: '/api/app/x',
    headers: { ...HTML, 'x-moz': 'prefetch' },
    becomes: '401 JSON',
  },
  { what: 'a frame', path: '/api/app/x', headers: FRAME, becomes: '401 page' },
  { what: 'an OPTIONS that is no preflight', method: 'OPTIONS', path: '/api/app/x', becomes: '401 JSON' },
  {
    what: 'a page that lacks a second factor',
    path: '/api/app/two',
    who: 'one factor',
    headers: PAGE,
    becomes: 'to the second factor',
  },
  {
    what: 'a fetch that lacks one',
    path: '/api/app/x',
    who: 'one factor',
    headers: FETCH,
    becomes: '401 JSON',
  },
  { what: 'a page while Ory is gone', path: '/api/app/x', who: 'no answer', headers: PAGE, becomes: '503' },
  { what: 'a fetch while Ory is gone', path: '/api/app/x', who: 'no answer', headers: FETCH, becomes: '503' },
  { what: 'a page of somebody', path: '/api/app/x', who: 'alice', headers: PAGE, becomes: 'passes' },
  { what: 'a form of somebody', method: 'POST', path: '/api/app/x', who: 'alice', becomes: 'passes' },
  { what: 'an exception', path: '/api/app/health', headers: PAGE, becomes: 'passes' },
  { what: 'a longer name', path: '/api/apple', headers: PAGE, becomes: 'passes' },
  { what: 'below a rule that is one path', path: '/api/members/x', headers: PAGE, becomes: 'passes' },
  { what: 'a preflight', method: 'OPTIONS', path: '/api/app/x', headers: PREFLIGHT, becomes: 'passes' },
  { what: 'Ory', path: '/.ory/self-service/login/browser', headers: PAGE, becomes: 'passes' },
]
