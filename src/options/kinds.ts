import type { Kind } from './table.js'

/** How values of a kind are told right from wrong, and read where they come as text. */
export interface KindRules {
  readonly test: (value: unknown) => boolean
  /** Completes "must be …". */
  readonly example: string
  /** From a flag or a variable; what cannot be read stays text, and fails the test. */
  readonly fromText: (text: string) => unknown
}

const asItIs = (text: string): unknown => text

/** Comma-separated. */
const asList = (text: string): string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)

const listOf = (each: RegExp, example: string): KindRules => ({
  test: v => Array.isArray(v) && v.every(x => typeof x === 'string' && each.test(x)),
  example: `a list of ${example}`,
  fromText: asList,
})

/** A project's slug is a label of a host name; an id looks like one too. */
export const SLUG: RegExp = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i

/** The rules of every kind. */
export const KINDS: Readonly<Record<Kind, KindRules>> = {
  text: { test: v => typeof v === 'string' && v !== '', example: 'a text', fromText: asItIs },
  project: {
    test: v => typeof v === 'string' && SLUG.test(v),
    example: 'a slug or id like "happy-ant-x1y2z3"',
    fromText: asItIs,
  },
  // Kratos' own rule for the names below session.whoami.tokenizer.templates.
  template: {
    test: v => typeof v === 'string' && /^[\w.-]+$/.test(v),
    example: 'the name of a template like "backend"',
    fromText: asItIs,
  },
  provider: {
    test: v => v === 'own' || v === 'devcert',
    example: '"own" or "devcert"',
    fromText: asItIs,
  },
  url: {
    test: isHttpUrl,
    example: 'an address like "https://slug.projects.oryapis.com"',
    fromText: asItIs,
  },
  switch: {
    test: v => typeof v === 'boolean',
    example: 'true or false',
    fromText: text => ({ true: true, false: false })[text] ?? text,
  },
  seconds: {
    test: v => typeof v === 'number' && Number.isFinite(v) && v >= 0,
    example: 'a number of seconds like 10',
    fromText: text => secondsOf(text) ?? text,
  },
  port: {
    test: v => Number.isInteger(v) && (v as number) >= 0 && (v as number) <= 65535,
    example: 'a number from 0 to 65535 like 4000',
    fromText: text => (/^\d+$/.test(text) ? Number(text) : text),
  },
  hosts: listOf(/^\.?[a-z\d](?:[a-z\d._-]*[a-z\d])?$/i, 'host names without port like "app.test"'),
  paths: listOf(/^!?(?:\/(?:\*|[^\s?#\\,*/]*))+$/, 'paths like "/app/*" or "!/app/health"'),
  routes: listOf(
    /^(?:\/|[a-z\d])[^=\s?#\\%*,]*(?:\/\*)?=[^=\s]+$/i,
    'rules like "/api=http://localhost:3001" or "api.localhost=3002"',
  ),
  headers: listOf(/^[\w!#$%&'*+.^`|~-]+$/, 'header names like "X-Tenant"'),
  origins: {
    test: v => Array.isArray(v) && v.every(isOriginRule),
    example: 'a list of origins like "https://app.test:8443" or "https://*.app.test"',
    fromText: asList,
  },
  domain: {
    test: v => typeof v === 'string' && /^\.?[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(v),
    example: 'a domain like "app.test"',
    fromText: asItIs,
  },
  object: {
    test: v => typeof v === 'object' && v !== null && !Array.isArray(v),
    example: 'an object',
    fromText: asItIs,
  },
}

function isHttpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  return ['http:', 'https:'].includes(new URL(value).protocol)
}

/** An origin, or one whose first label is a star; a lone star would mean everybody's pages, with credentials. */
function isOriginRule(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const exact = value.replace('://*.', '://')
  return isHttpUrl(exact) && !exact.includes('*') && new URL(exact).origin === exact.replace(/\/$/, '')
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 }

/** `10`, `1.5`, and spans as Go writes them: `24h`, `1h30m`. */
function secondsOf(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text)
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/([\d.]+)(h|ms|m|s)/g)]
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0)
}
